import { useText } from '@paddock/webkit/text/language.tsx'
import { SelectField, TextField } from '@paddock/webkit/ui/field.tsx'
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
    <div className="grid gap-2 sm:grid-cols-2 lg:w-5/6 lg:grid-cols-4">
      <TextField
        quiet
        label={t.model}
        placeholder={t.model}
        key={search.model}
        defaultValue={search.model}
        onBlur={(event) => setModel(event.target.value)}
        onKeyDown={(event) => event.key === 'Enter' && setModel(event.currentTarget.value)}
      />
      <SelectField
        quiet
        label={t.state}
        value={search.state ?? ''}
        onChange={(event) => onChange({ state: STATES.find((state) => state === event.target.value) })}
        options={[{ value: '', label: t.anyState }, ...STATES.map((value) => ({ value, label: t.states[value] }))]}
      />
      <SelectField
        quiet
        label={t.key}
        value={search.key ?? ''}
        onChange={(event) => onChange({ key: event.target.value === '' ? undefined : event.target.value })}
        options={[
          { value: '', label: t.anyKey },
          ...(keys.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name })),
        ]}
      />
      <SelectField
        quiet
        label={t.team}
        value={search.team ?? ''}
        onChange={(event) => onChange({ team: event.target.value === '' ? undefined : event.target.value })}
        options={[
          { value: '', label: t.anyTeam },
          ...(teams.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name })),
        ]}
      />
    </div>
  )
}
