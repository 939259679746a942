import { useText } from '@paddock/webkit/text/language.tsx'
import { FilterField, TextField } from '@paddock/webkit/ui/field.tsx'
import { X } from 'lucide-react'
import { useAsk } from '../../query.ts'
import { STATES, type requestsSearch } from './search.ts'
import { text } from './text.ts'

type SearchOf = ReturnType<typeof requestsSearch>
type FiltersProps = { readonly search: SearchOf; readonly onChange: (part: Partial<SearchOf>) => void }

/** What is left of the list; all of it stands in the address. */
export function Filters({ search, onChange }: FiltersProps) {
  const t = useText(text)
  const keys = useAsk('keys.list', { query: { limit: 200 } })
  const teams = useAsk('people.teams', {})
  const setModel = (model: string): void => onChange({ model: model === '' ? undefined : model })
  return (
    <div className="flex flex-col gap-2 lg:w-5/6">
      <div className="grid gap-2 sm:grid-cols-2 lg:grid-cols-4">
        <TextField
          quiet
          label={t.model}
          placeholder={t.model}
          key={search.model}
          defaultValue={search.model}
          onBlur={(event) => setModel(event.target.value)}
          onKeyDown={(event) => event.key === 'Enter' && setModel(event.currentTarget.value)}
        />
        <FilterField
          label={t.state}
          any={t.anyState}
          value={search.state}
          options={STATES.map((value) => ({ value, label: t.states[value] }))}
          onChange={(state) => onChange({ state })}
        />
        <FilterField
          label={t.key}
          any={t.anyKey}
          value={search.key}
          options={(keys.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }))}
          onChange={(key) => onChange({ key })}
        />
        <FilterField
          label={t.team}
          any={t.anyTeam}
          value={search.team}
          options={(teams.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }))}
          onChange={(team) => onChange({ team })}
        />
      </div>
      <Narrowed search={search} onChange={onChange} />
    </div>
  )
}

/** What other pages have led here with; a click takes it away again. */
function Narrowed({ search, onChange }: FiltersProps) {
  const t = useText(text)
  const narrowed = [
    { name: 'provider', value: search.provider },
    { name: 'route', value: search.route },
  ] as const
  const shown = narrowed.filter(({ value }) => value !== undefined)
  if (shown.length === 0) return null
  return (
    <ul className="flex flex-wrap gap-2">
      {shown.map(({ name, value }) => (
        <li key={name}>
          <button
            type="button"
            title={t.clear}
            aria-label={`${t.clear}: ${t[name]} ${value}`}
            onClick={() => onChange({ [name]: undefined })}
            className="inline-flex h-7 max-w-full items-center gap-1.5 rounded-full bg-raised px-2.5 text-xs hover:text-ink pointer-coarse:h-9"
          >
            <span className="text-ink-3">{t[name]}</span>
            <span className="truncate">{value}</span>
            <X size={12} aria-hidden />
          </button>
        </li>
      ))}
    </ul>
  )
}
