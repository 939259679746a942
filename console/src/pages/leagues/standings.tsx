import type { Answer } from '@paddock/webkit/api/operation.ts'
import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { ErrorNote } from '@paddock/webkit/ui/note.tsx'
import { Empty, Panel } from '@paddock/webkit/ui/panel.tsx'
import { Segments } from '@paddock/webkit/ui/segments.tsx'
import { growth, Stat } from '@paddock/webkit/ui/stat.tsx'
import { Table, type Column } from '@paddock/webkit/ui/table.tsx'
import { Link, useNavigate } from '@tanstack/react-router'
import { ChartLine, Trophy } from 'lucide-react'
import { useAsk } from '../../query.ts'
import { midnight, type Days } from './days.ts'
import { Growth } from './growth.tsx'
import type { TabProps } from './page.tsx'
import { LEAGUES, type League } from './search.ts'
import { Share } from './share.tsx'
import { text } from './text.ts'
import { useValueName } from './value-names.ts'

type Standing = Answer<'leagues.standings'>['items'][number]
type Row = Standing & { readonly place: number }

const KINDS = LEAGUES.filter((league) => league !== 'all')
const ROWS_MAX = 100

/** The league table: everybody together, then one line for each. */
export function Standings({ search, days, ready, onChange }: TabProps) {
  const t = useText(text)
  const { day } = useFormat()
  const by = search.by === undefined || search.by === 'all' ? 'model' : search.by
  const span = { from: days.from, to: days.to }
  const all = useAsk('leagues.standings', { query: { ...span, by: 'all' } }, { when: ready })
  const table = useAsk('leagues.standings', { query: { ...span, by, limit: ROWS_MAX } }, { when: ready })
  const columns = useColumns(by, days)
  const open = useOpen(by, days)
  const error = all.error ?? table.error
  const rows = table.data?.items.map((item, at): Row => ({ ...item, place: at + 1 }))
  return (
    <>
      {error === null && <Together of={all.data?.items[0]} loading={all.data === undefined} days={days} />}
      <Panel
        flush
        title={t.by[by]}
        hint={t.compared(day(midnight(days.from)), day(midnight(days.last)), days.count)}
        actions={
          <Segments
            label={t.league}
            value={by}
            onChange={(value) => onChange({ by: value })}
            options={KINDS.map((value) => ({ value, label: t.by[value] }))}
          />
        }
      >
        {error === null ? (
          <Table
            name="standings"
            label={t.by[by]}
            chooseColumns
            tools={<p className="pt-1.5 pl-1 text-xs text-ink-3">{t.member}</p>}
            columns={columns}
            rows={rows}
            rowKey={({ value }) => value}
            onOpen={open}
            empty={
              <Empty icon={Trophy} title={t.none}>
                {by === 'app' ? t.noneAppHint : t.noneHint}
              </Empty>
            }
          />
        ) : (
          <div className="p-4">
            <ErrorNote error={error} onRetry={() => void table.refetch()} />
          </div>
        )}
      </Panel>
    </>
  )
}

/** A model, provider or team leads to its requests; those of an app cannot be listed, so it leads to its activity. */
function useOpen(by: League, { from, to }: Days): (row: Row) => void {
  const navigate = useNavigate()
  return ({ value }) =>
    void (by === 'app'
      ? navigate({ to: '/leagues', search: (old) => ({ ...old, tab: 'activity', by, of: value }) })
      : navigate({
          to: '/requests',
          search: {
            [by]: value,
            from: new Date(midnight(from)).toISOString(),
            to: new Date(midnight(to)).toISOString(),
          },
        }))
}

type TogetherProps = { readonly of: Standing | undefined; readonly loading: boolean; readonly days: Days }

function Together({ of, loading, days: { count } }: TogetherProps) {
  const t = useText(text)
  const { compact, number, decimal } = useFormat()
  const eachDay = (sum = 0): string => t.aDay(compact(perDay(sum, count)))
  const each = of === undefined || of.active === 0 ? null : of.calls / of.active
  return (
    <div className="grid grid-cols-2 gap-3 lg:grid-cols-4">
      <Stat
        label={t.calls}
        loading={loading}
        value={compact(of?.calls ?? 0)}
        title={number(of?.calls ?? 0)}
        change={growth(of?.calls, of?.calls_before)}
        note={eachDay(of?.calls)}
      />
      <Stat
        label={t.tokens}
        loading={loading}
        value={compact(of?.tokens ?? 0)}
        title={number(of?.tokens ?? 0)}
        change={growth(of?.tokens, of?.tokens_before)}
        note={eachDay(of?.tokens)}
      />
      <Stat
        label={t.active}
        loading={loading}
        value={number(of?.active ?? 0)}
        change={growth(of?.active, of?.active_before)}
      />
      <Stat label={t.callsEach} loading={loading} value={each === null ? '—' : decimal(each)} />
    </div>
  )
}

function useColumns(by: League, { count }: Days): Column<Row>[] {
  const t = useText(text)
  const nameOf = useValueName(by)
  return [
    {
      id: 'name',
      head: t.by[by],
      cell: ({ value, place }) => (
        <span className="flex items-center gap-3">
          <span className="tabular w-5 shrink-0 text-right text-xs text-ink-3">{place}</span>
          <span title={nameOf(value)} className="block max-w-44 truncate sm:max-w-72 font-medium">
            {nameOf(value)}
          </span>
        </span>
      ),
    },
    {
      id: 'calls',
      head: t.calls,
      align: 'right',
      cell: ({ calls }) => <Sum of={calls} days={count} />,
      sort: ({ calls }) => calls,
    },
    { id: 'share', head: t.share, cell: ({ calls_share }) => <Share of={calls_share} /> },
    {
      id: 'callsGrowth',
      head: t.growth,
      align: 'right',
      cell: ({ calls, calls_before }) => <Growth now={calls} before={calls_before} />,
      sort: ({ calls, calls_before }) => calls / calls_before,
    },
    {
      id: 'tokens',
      head: t.tokens,
      align: 'right',
      cell: ({ tokens }) => <Sum of={tokens} days={count} />,
      sort: ({ tokens }) => tokens,
    },
    {
      id: 'tokensGrowth',
      head: t.tokensGrowth,
      align: 'right',
      cell: ({ tokens, tokens_before }) => <Growth now={tokens} before={tokens_before} />,
      sort: ({ tokens, tokens_before }) => tokens / tokens_before,
    },
    {
      id: 'active',
      head: t.active,
      align: 'right',
      cell: ({ active }) => <Sum of={active} />,
      sort: ({ active }) => active,
    },
    {
      id: 'activeGrowth',
      head: t.activeGrowth,
      align: 'right',
      cell: ({ active, active_before }) => <Growth now={active} before={active_before} />,
      sort: ({ active, active_before }) => active / active_before,
    },
    {
      id: 'activity',
      head: t.tabs.activity,
      align: 'right',
      cell: ({ value }) => <ToActivity by={by} of={value} name={nameOf(value)} />,
    },
  ]
}

/** Parts of one say something of a few only. */
function perDay(sum: number, days: number): number {
  const each = sum / days
  return each < 100 ? each : Math.round(each)
}

/** A number, and under it how much that is a day. */
function Sum({ of, days }: { readonly of: number; readonly days?: number }) {
  const t = useText(text)
  const { compact, number } = useFormat()
  return (
    <span title={number(of)} className="block leading-tight">
      {compact(of)}
      {days !== undefined && <span className="block text-xs text-ink-3">{t.aDay(compact(perDay(of, days)))}</span>}
    </span>
  )
}

function ToActivity({ by, of, name }: { readonly by: League; readonly of: string; readonly name: string }) {
  const t = useText(text)
  return (
    <Link
      to="/leagues"
      search={(old) => ({ ...old, tab: 'activity', by, of })}
      aria-label={`${t.tabs.activity}: ${name}`}
      title={t.tabs.activity}
      onClick={(event) => event.stopPropagation()}
      className="inline-flex size-7 items-center justify-center rounded-control text-ink-3 hover:bg-raised hover:text-ink"
    >
      <ChartLine size={14} aria-hidden />
    </Link>
  )
}
