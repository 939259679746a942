import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Badge } from '@paddock/webkit/ui/badge.tsx'
import { Bar } from '@paddock/webkit/ui/bar.tsx'
import { Monies } from '@paddock/webkit/ui/money.tsx'
import { Table, type Column } from '@paddock/webkit/ui/table.tsx'
import { useNavigate } from '@tanstack/react-router'
import { ModelHealth } from '../../model-health.tsx'
import { useAsk } from '../../query.ts'
import { conditionWords } from './conditions.ts'
import type { Route } from './route-panel.tsx'
import { text } from './text.ts'

type Row = Route['candidates'][number] & { readonly place: number }

/** The candidates of a route in the order they are written; a click leads to what one has answered for it. */
export function Candidates({ route }: { readonly route: Route }) {
  const t = useText(text)
  const navigate = useNavigate()
  const columns = useColumns(route)
  const rows = route.candidates.map((candidate, at): Row => ({ ...candidate, place: at + 1 }))
  return (
    <Table
      name="candidates"
      label={`${t.candidates}: ${route.name}`}
      columns={columns}
      rows={rows}
      rowKey={({ place }) => String(place)}
      onOpen={({ model, last_day }) =>
        void navigate({
          to: '/requests',
          // A candidate that is a route itself has no requests of its own: its models have.
          search: { route: route.name, model: last_day === null ? undefined : model, span: '24h' },
        })
      }
      empty={<p className="px-4 py-4 text-sm text-warn">{t.noCandidates}</p>}
    />
  )
}

function useColumns({ lead, strategy, last_day, candidates }: Route): Column<Row>[] {
  const t = useText(text)
  const { percent } = useFormat()
  const wordsOf = useConditionWords(candidates)
  const weight: Column<Row> = {
    id: 'weight',
    head: t.weight,
    cell: ({ weight: value, share }) => <Weight weight={value} share={share} />,
  }
  return [
    {
      id: 'model',
      head: t.candidate,
      cell: (row) => (
        <Named row={row} leads={lead?.model === row.model} words={row.when === null ? [] : wordsOf(row.when)} />
      ),
    },
    ...(strategy === 'weight' ? [weight] : []),
    {
      id: 'health',
      head: t.health,
      cell: ({ health }) => (
        <span className="block w-32">
          {health === null ? <span className="text-ink-3">—</span> : <ModelHealth health={health} />}
        </span>
      ),
    },
    {
      id: 'answered',
      head: t.answered,
      cell: (row) => <Answered of={row.last_day?.requests ?? null} all={last_day.requests} />,
    },
    {
      id: 'failed',
      head: t.failed,
      align: 'right',
      cell: ({ last_day: day }) => (day === null || day.requests === 0 ? '—' : percent(day.failed / day.requests)),
    },
    {
      id: 'cost',
      head: t.cost,
      align: 'right',
      cell: ({ last_day: day }) => (
        <span className="inline-block w-24">
          <Monies of={day?.cost ?? []} />
        </span>
      ),
    },
  ]
}

type NamedProps = { readonly row: Row; readonly leads: boolean; readonly words: readonly string[] }

function Named({ row: { place, model, weight, last_day }, leads, words }: NamedProps) {
  const t = useText(text)
  return (
    <span className="flex w-52 items-start gap-3 sm:w-72 xl:w-96">
      <span className="tabular mt-px w-4 shrink-0 text-right text-xs text-ink-3">{place}</span>
      <span className="min-w-0 leading-tight">
        <span className="flex flex-wrap items-center gap-2 font-medium">
          {model}
          {leads && <Badge tone="accent">{t.lead}</Badge>}
          {last_day === null && <Badge>{t.route}</Badge>}
          {weight === 0 && <Badge>{t.listedOnly}</Badge>}
        </span>
        {words.length > 0 && <span className="block text-xs text-ink-3">{words.join(' · ')}</span>}
      </span>
    </span>
  )
}

/** How many requests of the route it has answered, against all of them. */
function Answered({ of, all }: { readonly of: number | null; readonly all: number }) {
  const { compact, number, percent } = useFormat()
  if (of === null) return <span className="block w-34 text-ink-3">—</span>
  const share = all === 0 ? 0 : of / all
  return (
    <span className="flex items-center gap-2">
      <span className="w-20">
        <Bar share={share} label={percent(share)} tone="plain" />
      </span>
      <span className="tabular w-12 text-right text-xs" title={number(of)}>
        {compact(of)}
      </span>
    </span>
  )
}

function Weight({ weight, share }: { readonly weight: number; readonly share: number | null }) {
  const { number, percent } = useFormat()
  const label = share === null ? number(weight) : percent(share)
  return (
    <span className="flex items-center gap-2" title={number(weight)}>
      <span className="w-20">
        <Bar share={share ?? 0} label={label} />
      </span>
      <span aria-hidden className="tabular w-12 text-right text-xs">
        {label}
      </span>
    </span>
  )
}

/** Keys and teams stand in conditions by their ids: names are asked for where there are any. */
function useConditionWords(candidates: Route['candidates']) {
  const t = useText(text)
  const names = (kind: 'key' | 'team'): boolean => candidates.some(({ when }) => when !== null && kind in when)
  const keys = useAsk('keys.list', { query: { limit: 200 } }, { when: names('key') })
  const teams = useAsk('people.teams', {}, { when: names('team') })
  const nameOf = (kind: 'key' | 'team', id: string): string =>
    (kind === 'key' ? keys : teams).data?.items.find((one) => one.id === id)?.name ?? id
  return (when: Row['when']): string[] => conditionWords(when, t.conditions, nameOf)
}
