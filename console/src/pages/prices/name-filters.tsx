import { useText } from '@paddock/webkit/text/language.tsx'
import { FilterField, TextField } from '@paddock/webkit/ui/field.tsx'
import type { TabProps } from './search.ts'
import { text } from './text.ts'

type NameFiltersProps = TabProps & { readonly providers: readonly string[] }

/** Which models a list is left with: by a part of the name, and by the provider. */
export function NameFilters({ providers, search, onChange }: NameFiltersProps) {
  const t = useText(text)
  return (
    <>
      <TextField
        quiet
        type="search"
        label={t.model}
        placeholder={t.findModel}
        value={search.model ?? ''}
        onChange={({ target }) => onChange({ model: target.value === '' ? undefined : target.value })}
      />
      <FilterField
        label={t.provider}
        any={t.anyProvider}
        value={search.provider}
        options={optionsOf(providers)}
        onChange={(provider) => onChange({ provider })}
      />
    </>
  )
}

/** Each once, by name. */
export function optionsOf(values: readonly string[]) {
  return [...new Set(values)].toSorted().map((value) => ({ value, label: value }))
}
