import { useText } from '@paddock/webkit/text/language.tsx'
import { Segments } from '@paddock/webkit/ui/segments.tsx'
import type { SpanName, SpanSearch } from '../search.ts'
import { text } from './text.ts'

type SpanPickerProps = { readonly search: SpanSearch; readonly onChange: (search: SpanSearch) => void }

/** How far back a page looks. What is picked takes the place of own days. */
export function SpanPicker({ search, onChange }: SpanPickerProps) {
  const t = useText(text)
  return (
    <Segments<SpanName | 'own'>
      label={t.span}
      value={search.from === undefined ? (search.span ?? '7d') : 'own'}
      onChange={(span) => span !== 'own' && onChange({ span, from: undefined, to: undefined })}
      options={[
        { value: '24h', label: t.lastDay },
        { value: '7d', label: t.lastWeek },
        { value: '30d', label: t.lastMonth },
        { value: '90d', label: t.lastQuarter },
      ]}
    />
  )
}
