import { useText } from '@paddock/webkit/text/language.tsx'
import { TextField } from '@paddock/webkit/ui/field.tsx'
import { useAsk } from '../../query.ts'
import { text } from './text.ts'

type NameFieldProps = { readonly value: string; readonly onChange: (name: string) => void }

/** A name callers may ask for: those that are offered are proposed, and others that a provider may know can be typed. */
export function NameField({ value, onChange }: NameFieldProps) {
  const t = useText(text)
  const models = useAsk('routes.models', {})
  return (
    <TextField
      label={t.name}
      offers={(models.data?.items ?? []).map(({ name }) => name)}
      required
      spellCheck={false}
      autoComplete="off"
      value={value}
      onChange={(event) => onChange(event.target.value.trim())}
    />
  )
}
