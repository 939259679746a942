import type { Series } from '@paddock/webkit/charts/prepare.ts'
import { TimeChart } from '@paddock/webkit/charts/time-chart.tsx'
import type { Answer } from '@paddock/webkit/api/operation.ts'
import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { ErrorNote } from '@paddock/webkit/ui/note.tsx'
import { Panel, Skeleton } from '@paddock/webkit/ui/panel.tsx'
import { Segments } from '@paddock/webkit/ui/segments.tsx'
import { useMemo } from 'react'
import { useAsk } from '../../query.ts'
import { useWho } from '../../session/session.tsx'
import type { overviewSearch } from './search.ts'
import { hasStory, linesIn, marksOf, type Timeline } from './story.ts'
import { Events } from './events.tsx'
import { text } from './timeline-text.ts'

type SearchOf = ReturnType<typeof overviewSearch>
type TimelineProps = {
  readonly query: { readonly from: string; readonly to: string | undefined }
  readonly overview: Answer<'overview.overview'> | undefined
  readonly search: SearchOf
  readonly onChange: (part: Partial<SearchOf>) => void
}

/** A price falls, a race starts, somebody is promoted, the bill falls: as one picture. Not shown while there is nothing to tell. */
export function TimelinePanel({ query: { from, to }, overview, search, onChange }: TimelineProps) {
  const t = useText(text)
  const { installation } = useWho()
  const currencies = currenciesOf(overview)
  const currency = currencies.find((one) => one === search.currency) ?? currencies[0]
  const routes = [...new Set(overview?.savings?.routes.map(({ route }) => route))]
  const route = routes.find((one) => one === search.story)
  const query = { from, to, currency, route }
  const timeline = useAsk(
    'overview.timeline',
    { query },
    { every: 60_000, when: installation && currency !== undefined },
  )
  if (timeline.error !== null) return <ErrorNote error={timeline.error} onRetry={() => void timeline.refetch()} />
  // Where something was saved there is a story, so its place is kept.
  if (!timeline.data) return installation && overview?.savings ? <Skeleton className="h-[40rem]" /> : null
  if (currency === undefined || !hasStory(timeline.data)) return null
  return (
    <Panel
      title={t.title}
      hint={t.hint}
      actions={
        <div className="flex flex-wrap gap-2">
          {routes.length > 0 && (
            <Segments
              label={t.route}
              value={route ?? ''}
              onChange={(value) => onChange({ story: value === '' ? undefined : value })}
              options={[{ value: '', label: t.allRoutes }, ...routes.map((value) => ({ value, label: value }))]}
            />
          )}
          {currencies.length > 1 && (
            <Segments
              label={t.currency}
              value={currency}
              onChange={(value) => onChange({ currency: value })}
              options={currencies.map((value) => ({ value, label: value }))}
            />
          )}
        </div>
      }
    >
      <Chart of={timeline.data} currency={currency} until={Date.parse(to ?? timeline.data.as_of)} />
      <Events of={timeline.data.events} />
    </Panel>
  )
}

const DAY = 86_400_000
const BAND = [1, 0] as const

type ChartProps = { readonly of: Timeline; readonly currency: string; readonly until: number }

function Chart({ of, currency, until }: ChartProps) {
  const t = useText(text)
  const { money } = useFormat()
  const times = useMemo(() => of.starts.map((start) => Date.parse(start)), [of])
  // The bill lies over the other line, so that one sees the other only where they part.
  const series = useMemo((): Series[] => {
    const { bill, without } = linesIn(of, currency)
    return [
      { name: 'without', label: t.without, values: without, dashed: true, colour: 3 },
      { name: 'bill', label: t.bill, values: bill, colour: 1 },
    ]
  }, [of, currency, t])
  const marks = useMemo(() => marksOf(of.events, t), [of, t])
  return (
    <TimeChart
      label={t.title}
      days
      height={320}
      times={times}
      series={series}
      band={BAND}
      marks={marks}
      lastIsOpen={(times.at(-1) ?? 0) + DAY > until}
      write={(value) => money({ amount: String(value), currency })}
    />
  )
}

function currenciesOf(overview: Answer<'overview.overview'> | undefined): string[] {
  return (overview?.now.cost ?? []).map(({ currency }) => currency).toSorted()
}
