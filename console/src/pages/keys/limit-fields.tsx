import { errorOf } from '@paddock/webkit/api/error.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { TextField } from '@paddock/webkit/ui/field.tsx'
import { LIMITS, MORE_LIMITS, type LimitDraft, type LimitName } from './draft.ts'
import { text } from './text.ts'

type LimitFieldsProps = {
  readonly draft: LimitDraft
  readonly onChange: (draft: LimitDraft) => void
  readonly error: Error | null
}

/** The limits of a key: those that most need in sight, the others behind a fold. */
export function LimitFields({ draft, onChange, error }: LimitFieldsProps) {
  const t = useText(text)
  const field = (name: LimitName) => (
    <TextField
      key={name}
      label={t.limits[name]}
      value={draft[name]}
      onChange={({ target: { value } }) => onChange({ ...draft, [name]: value })}
      pattern={name === 'weight' ? '[0-9]+' : '[0-9]+|none'}
      title={t.limitShape}
      autoComplete="off"
      error={errorOf(error, name)}
    />
  )
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-2 text-sm font-semibold">{t.limitsHead}</legend>
      <div className="grid items-end gap-3 sm:grid-cols-3">{LIMITS.map(field)}</div>
      <p className="text-xs text-ink-3">{t.limitHint}</p>
      <details open={MORE_LIMITS.some((name) => draft[name] !== '')}>
        <summary className="cursor-pointer text-xs text-ink-2 hover:text-ink">{t.moreLimits}</summary>
        <div className="mt-3 grid items-end gap-3 sm:grid-cols-2">{MORE_LIMITS.map(field)}</div>
      </details>
    </fieldset>
  )
}
