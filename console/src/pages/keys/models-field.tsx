import { useText } from '@paddock/webkit/text/language.tsx'
import { Button } from '@paddock/webkit/ui/button.tsx'
import { TextField } from '@paddock/webkit/ui/field.tsx'
import { Segments } from '@paddock/webkit/ui/segments.tsx'
import { X } from 'lucide-react'
import { useState, type KeyboardEvent } from 'react'
import { useAsk } from '../../query.ts'
import { text } from './text.ts'

type ModelsFieldProps = {
  /** Null: all of them. */
  readonly models: readonly string[] | null
  readonly onChange: (models: readonly string[] | null) => void
  readonly error: string | null
}

const SHOWN_MAX = 8

/** Which models a key may call: all, or those that are chosen. */
export function ModelsField({ models, onChange, error }: ModelsFieldProps) {
  const t = useText(text)
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 text-sm font-medium">{t.models}</legend>
      <div>
        <Segments
          label={t.models}
          value={models === null ? 'all' : 'some'}
          onChange={(value) => onChange(value === 'all' ? null : (models ?? []))}
          options={[
            { value: 'all', label: t.everyModel },
            { value: 'some', label: t.theseModels },
          ]}
        />
      </div>
      {models !== null && <Chosen models={models} onChange={onChange} />}
      {error !== null && <p className="text-xs text-bad">{error}</p>}
    </fieldset>
  )
}

type ChosenProps = { readonly models: readonly string[]; readonly onChange: (models: readonly string[]) => void }

function Chosen({ models, onChange }: ChosenProps) {
  const t = useText(text)
  const known = useAsk('routes.models', {})
  const [wanted, setWanted] = useState('')
  const typed = wanted.trim()
  const found = (known.data?.items ?? [])
    .map(({ name }) => name)
    .filter((name) => !models.includes(name) && name.toLowerCase().includes(typed.toLowerCase()))
  const isNew = typed !== '' && !/\s/.test(typed) && !models.includes(typed) && !found.includes(typed)
  const offered = [...found.slice(0, SHOWN_MAX), ...(isNew ? [typed] : [])]
  const add = (name: string | undefined): void => {
    if (name === undefined) return
    onChange([...models, name])
    setWanted('')
  }
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || event.nativeEvent.isComposing) return
    event.preventDefault()
    add(isNew && found.length !== 1 ? typed : found[0])
  }
  return (
    <div className="flex flex-col gap-2">
      {models.length > 0 && (
        <ul className="flex flex-wrap gap-1.5">
          {models.map((name) => (
            <li
              key={name}
              className="flex max-w-full items-center gap-1 rounded-full bg-raised py-0.5 pr-1 pl-2.5 text-xs"
            >
              <span className="truncate">{name}</span>
              <button
                type="button"
                aria-label={t.remove(name)}
                className="rounded-full p-1 text-ink-3 hover:text-ink"
                onClick={() => onChange(models.filter((each) => each !== name))}
              >
                <X size={12} aria-hidden />
              </button>
            </li>
          ))}
        </ul>
      )}
      <TextField
        quiet
        label={t.addModel}
        placeholder={t.addModel}
        hint={t.modelsHint}
        autoComplete="off"
        spellCheck={false}
        value={wanted}
        onKeyDown={onKey}
        onChange={({ target: { value } }) => setWanted(value)}
      />
      <ul className="flex flex-wrap gap-1.5">
        {offered.map((name) => (
          <li key={name} className="max-w-full">
            <Button small className="max-w-full" onClick={() => add(name)}>
              <span className="truncate">{isNew && name === typed ? t.add(name) : name}</span>
            </Button>
          </li>
        ))}
      </ul>
    </div>
  )
}
