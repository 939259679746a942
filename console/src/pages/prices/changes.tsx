import { csvAddress } from '@paddock/webkit/api/call.ts'
import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Button, buttonClass } from '@paddock/webkit/ui/button.tsx'
import { CheckField } from '@paddock/webkit/ui/field.tsx'
import { Instant } from '@paddock/webkit/ui/instant.tsx'
import { ErrorNote } from '@paddock/webkit/ui/note.tsx'
import { Empty, Panel } from '@paddock/webkit/ui/panel.tsx'
import { Segments } from '@paddock/webkit/ui/segments.tsx'
import { Table, type Column } from '@paddock/webkit/ui/table.tsx'
import { Download, TrendingDown } from 'lucide-react'
import { useMemo, useState } from 'react'
import { changesIn, type PriceChange } from '../../price-book/changes.ts'
import { Price, useComponentName, useCondition } from '../../price-book/prices.tsx'
import { useAsk } from '../../query.ts'
import { useWho } from '../../session/session.tsx'
import { useNow } from '../../use-now.ts'
import { Events } from './events.tsx'
import { NameFilters } from './name-filters.tsx'
import { Percent } from './percent.tsx'
import { RANGES, type PricesSearch, type TabProps } from './search.ts'
import { text } from './text.ts'
import { isLarge } from './war.ts'
import { WarChart } from './war-chart.tsx'

const DAY = 86_400_000
const LENGTHS = { '90d': 90 * DAY, '1y': 365 * DAY } as const

export type Span = { readonly from: string; readonly to: string }

/** What became cheaper or dearer, when, by how much, and what that did to the traffic here. */
export function Changes({ search, onChange }: TabProps) {
  const t = useText(text)
  const { installation } = useWho()
  const { isStill } = useNow()
  const range = search.range ?? (isStill ? '90d' : 'all')
  const all = useAsk('prices.changes', { query: {} })
  const span = useRange(range, all.data?.items[0]?.at)
  const { provider } = search
  const changes = useMemo(
    () => (span === null ? undefined : all.data && changesIn(all.data.items, { ...span, provider })),
    [span, all.data, provider],
  )
  return (
    <>
      <div className="flex flex-wrap items-center gap-2">
        <Segments
          label={t.range}
          value={range}
          onChange={(value) => onChange({ range: value })}
          options={RANGES.map((value) => ({ value, label: t.ranges[value] }))}
        />
      </div>
      {all.error !== null && <ErrorNote error={all.error} onRetry={() => void all.refetch()} />}
      <WarChart span={span} changes={changes} search={search} onChange={onChange} />
      {installation && <Events span={span} onOpen={(of) => onChange({ of })} />}
      <List span={span} changes={changes} search={search} onChange={onChange} />
    </>
  )
}

/** From the first change there is, or so far back; null while that is not known. */
function useRange(range: keyof typeof LENGTHS | 'all', first: string | undefined): Span | null {
  const { latest } = useNow()
  return useMemo(() => {
    // A day behind, so that what happened on the last one is in it.
    const to = Math.ceil(latest / DAY) * DAY
    if (range !== 'all') return { from: new Date(to - LENGTHS[range]).toISOString(), to: new Date(to).toISOString() }
    if (first === undefined) return null
    return { from: new Date(Date.parse(first) - 30 * DAY).toISOString(), to: new Date(to).toISOString() }
  }, [latest, range, first])
}

/** Shown at once: a page, and another one for each press. */
const ROWS = 50

type ListProps = TabProps & { readonly span: Span | null; readonly changes: readonly PriceChange[] | undefined }

function List({ span, changes, search, onChange }: ListProps) {
  const t = useText(text)
  const { number } = useFormat()
  const { model, large } = search
  const shown = useMemo(
    () => changes?.filter((change) => isWanted(change, { model, large })).toReversed(),
    [changes, model, large],
  )
  const [most, setMost] = useState(ROWS)
  const columns = useChangeColumns()
  const clear = (): void => onChange({ provider: undefined, model: undefined, large: undefined })
  return (
    <Panel
      flush
      title={t.allChanges}
      hint={shown && t.changesOf(number(shown.length))}
      actions={
        <a
          href={csvAddress('prices.changes', { query: { ...span, provider: search.provider } })}
          download
          className={buttonClass({ small: true })}
        >
          <Download size={14} aria-hidden />
          {t.csv}
        </a>
      }
    >
      <Table
        name="price-changes"
        label={t.allChanges}
        columns={columns}
        tools={<Filters search={search} onChange={onChange} />}
        rows={shown?.slice(0, most)}
        onMore={shown !== undefined && shown.length > most ? () => setMost(most + ROWS) : undefined}
        rowKey={({ at, model: name, component, currency, when }) => [at, name, component, currency, when].join(' ')}
        onOpen={({ model: of }) => onChange({ of })}
        empty={
          <Empty icon={TrendingDown} title={t.noChanges} action={<Button onClick={clear}>{t.clear}</Button>}>
            {t.noChangesHint}
          </Empty>
        }
      />
    </Panel>
  )
}

function Filters({ search, onChange }: TabProps) {
  const t = useText(text)
  const providers = useAsk('prices.changes', { query: {} }).data?.items.map(
    ({ model: name }) => name.split('/')[0] ?? '',
  )
  return (
    <div className="grid items-center gap-x-3 gap-y-2 sm:grid-cols-3 lg:max-w-3xl">
      <NameFilters providers={providers ?? []} search={search} onChange={onChange} />
      <CheckField
        label={t.onlyLarge}
        checked={search.large === true}
        onChange={({ target }) => onChange({ large: target.checked ? true : undefined })}
      />
    </div>
  )
}

function isWanted(change: PriceChange, { model, large }: Pick<PricesSearch, 'model' | 'large'>): boolean {
  return (
    (model === undefined || change.model.toLowerCase().includes(model.toLowerCase())) &&
    (large !== true || isLarge(change))
  )
}

function useChangeColumns(): Column<PriceChange>[] {
  const t = useText(text)
  const componentName = useComponentName()
  const inWords = useCondition()
  return [
    {
      id: 'at',
      head: t.date,
      sort: ({ at }) => at,
      cell: ({ at }) => <Instant at={at} as="day" />,
    },
    {
      id: 'model',
      head: t.model,
      sort: ({ model }) => model,
      cell: ({ model }) => <span className="whitespace-nowrap">{model}</span>,
    },
    {
      id: 'component',
      head: t.component,
      sort: ({ component }) => component,
      cell: ({ component, when }) => (
        <>
          {componentName(component)}
          {when !== null && (
            <span className="block text-xs text-ink-3" title={when}>
              {inWords(when)}
            </span>
          )}
        </>
      ),
    },
    {
      id: 'from',
      head: t.before,
      align: 'right',
      sort: ({ from }) => Number(from),
      cell: (change) => <Side change={change} price={change.from} />,
    },
    {
      id: 'to',
      head: t.after,
      align: 'right',
      sort: ({ to }) => Number(to),
      cell: (change) => <Side change={change} price={change.to} />,
    },
    {
      id: 'percent',
      head: t.change,
      align: 'right',
      sort: ({ percent }) => Number(percent),
      cell: ({ percent }) => <Percent of={percent} />,
    },
  ]
}

function Side({ change, price }: { readonly change: PriceChange; readonly price: string | null }) {
  const rate = price === null ? undefined : { price, per: change.per }
  return <Price component={change.component} rate={rate} currency={change.currency} />
}
