import { useText } from '@paddock/webkit/text/language.tsx'
import { TextField } from '@paddock/webkit/ui/field.tsx'
import { useId } from 'react'
import { useAsk } from '../../query.ts'
import { text } from './text.ts'

type NameFieldProps = { readonly value: string; readonly onChange: (name: string) => void }

/** A name callers may ask for: those that are offered are proposed, and others that a provider may know can be typed. */
export function NameField({ value, onChange }: NameFieldProps) {
  const t = useText(text)
  const list = useId()
  const models = useAsk('routes.models', {})
  return (
    <>
      <TextField
        label={t.name}
        list={list}
        required
        spellCheck={false}
        autoComplete="off"
        value={value}
        onChange={(event) => onChange(event.target.value.trim())}
      />
      <datalist id={list}>
        {models.data?.items.map(({ name }) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </>
  )
}
