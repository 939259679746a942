import { TimeChart } from '@paddock/webkit/charts/time-chart.tsx'
import type { Series } from '@paddock/webkit/charts/prepare.ts'
import type { Answer } from '@paddock/webkit/api/operation.ts'
import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { SelectField } from '@paddock/webkit/ui/field.tsx'
import { ErrorNote } from '@paddock/webkit/ui/note.tsx'
import { Panel, Skeleton } from '@paddock/webkit/ui/panel.tsx'
import { Segments } from '@paddock/webkit/ui/segments.tsx'
import { useMemo } from 'react'
import { useAsk } from '../../query.ts'
import { GROUPS, MEASURES, type overviewSearch } from './search.ts'
import { text } from './text.ts'

type SearchOf = ReturnType<typeof overviewSearch>
type OverTimeProps = {
  readonly query: { readonly from: string; readonly to: string | undefined; readonly practice: string | undefined }
  readonly search: SearchOf
  readonly onChange: (part: Partial<SearchOf>) => void
}

const TOP = 7

/** How it went, told apart by what one wants to see. A click on an hour or day narrows the span to it. */
export function OverTime({ query, search, onChange }: OverTimeProps) {
  const t = useText(text)
  const { by = 'model', measure = 'cost' } = search
  const series = useAsk('overview.series', { query: { ...query, by, top: TOP } }, { every: 60_000 })
  const currencies = useMemo(() => currenciesOf(series.data), [series.data])
  const currency =
    search.currency !== undefined && currencies.includes(search.currency) ? search.currency : (currencies[0] ?? '')
  return (
    <Panel
      title={t.over}
      actions={
        <div className="flex flex-wrap items-end gap-2">
          <Segments
            label={t.measure}
            value={measure}
            onChange={(value) => onChange({ measure: value })}
            options={MEASURES.map((value) => ({ value, label: t[value] }))}
          />
          {measure === 'cost' && currencies.length > 1 && (
            <Segments
              label={t.currency}
              value={currency}
              onChange={(value) => onChange({ currency: value })}
              options={currencies.map((value) => ({ value, label: value }))}
            />
          )}
          <SelectField
            quiet
            label={t.by}
            value={by}
            onChange={(event) => onChange({ by: GROUPS.find((group) => group === event.target.value) })}
            options={GROUPS.map((value) => ({ value, label: t[value] }))}
          />
        </div>
      }
    >
      {series.error !== null && <ErrorNote error={series.error} onRetry={() => void series.refetch()} />}
      {series.data ? (
        <Chart data={series.data} measure={measure} currency={currency} onChange={onChange} />
      ) : (
        <Skeleton className="h-72" />
      )}
    </Panel>
  )
}

type ChartProps = {
  readonly data: Answer<'overview.series'>
  readonly measure: (typeof MEASURES)[number]
  readonly currency: string
  readonly onChange: OverTimeProps['onChange']
}

function Chart({ data, measure, currency, onChange }: ChartProps) {
  const t = useText(text)
  const { compact, money } = useFormat()
  const times = useMemo(() => data.starts.map((start) => Date.parse(start)), [data])
  const series = useMemo(
    () =>
      data.groups.map((group): Series => ({
        name: group.name,
        label: group.label ?? (group.name === null && data.others > 0 ? t.others(data.others) : t.none),
        values: valuesOf(group, measure, currency),
      })),
    [data, measure, currency, t],
  )
  const zoom = (place: number): void => {
    const from = data.starts[place]
    const step = (times[1] ?? 0) - (times[0] ?? 0)
    if (from !== undefined && step > 0)
      onChange({ from, to: new Date(Date.parse(from) + step).toISOString(), span: undefined })
  }
  return (
    <TimeChart
      label={`${t.over}: ${t[measure]}`}
      kind="stacked"
      height={280}
      times={times}
      series={series}
      write={(value) =>
        measure === 'cost' && currency !== '' ? money({ amount: String(value), currency }) : compact(value)
      }
      lastIsOpen={data.last_is_open}
      onPick={zoom}
    />
  )
}

type Group = Answer<'overview.series'>['groups'][number]

/** Amounts become numbers here, to be painted; they are never added up. */
function valuesOf(group: Group, measure: ChartProps['measure'], currency: string): number[] {
  if (measure === 'requests') return group.requests
  if (measure === 'failed') return group.failed
  if (measure === 'tokens') return group.input_tokens.map((tokens, at) => tokens + (group.output_tokens[at] ?? 0))
  const amounts = group.cost.find((cost) => cost.currency === currency)?.amounts
  return amounts?.map(Number) ?? group.requests.map(() => 0)
}

function currenciesOf(data: Answer<'overview.series'> | undefined): string[] {
  return [...new Set(data?.groups.flatMap(({ cost }) => cost.map(({ currency }) => currency)))].toSorted()
}
