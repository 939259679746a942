import type { Answer } from '@paddock/webkit/api/operation.ts'
import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Badge } from '@paddock/webkit/ui/badge.tsx'
import { Instant } from '@paddock/webkit/ui/instant.tsx'
import { ErrorNote } from '@paddock/webkit/ui/note.tsx'
import { Panel } from '@paddock/webkit/ui/panel.tsx'
import { Table, type Column } from '@paddock/webkit/ui/table.tsx'
import { Link } from '@tanstack/react-router'
import { Price, useComponentName } from '../../price-book/prices.tsx'
import { useAsk } from '../../query.ts'
import type { Span } from './changes.tsx'
import { MonthEffect } from './month-effect.tsx'
import { Percent } from './percent.tsx'
import { text } from './text.ts'

type PriceEvent = Answer<'price_proposals.events'>['items'][number]
type EventsProps = { readonly span: Span | null; readonly onOpen: (model: string) => void }

const MONTH = 30 * 86_400_000

/** Changes of models that are in use here, and what each did to a month of their traffic. */
export function Events({ span, onOpen }: EventsProps) {
  const t = useText(text)
  const events = useAsk('price_proposals.events', { query: { ...span } }, { when: span !== null })
  const columns = useEventColumns()
  return (
    <Panel flush title={t.events} hint={t.eventsHint}>
      {events.error !== null && <ErrorNote error={events.error} onRetry={() => void events.refetch()} />}
      <Table
        name="price-events"
        label={t.events}
        columns={columns}
        rows={events.data?.items}
        rowKey={({ at, model, noted_at }) => [at, model, noted_at].join(' ')}
        onOpen={({ model }) => onOpen(model)}
        empty={<p className="px-4 py-6 text-sm text-ink-3">{t.noEvents}</p>}
      />
    </Panel>
  )
}

function useEventColumns(): Column<PriceEvent>[] {
  const t = useText(text)
  const { compact, number } = useFormat()
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
      cell: ({ model, cause, before, after }) => (
        <span className="flex flex-wrap items-center gap-1.5">
          <span className="whitespace-nowrap">{model}</span>
          {cause === 'book' && <Badge>{t.causeBook}</Badge>}
          {before === null && <Badge tone="accent">{t.firstPrice}</Badge>}
          {after === null && <Badge tone="warn">{t.priceEnds}</Badge>}
        </span>
      ),
    },
    { id: 'prices', head: t.price, cell: (event) => <Prices event={event} /> },
    {
      id: 'requests',
      head: t.monthRequests,
      align: 'right',
      sort: ({ month }) => month.requests,
      cell: ({ at, model, month }) => (
        <Link
          to="/requests"
          search={{ model, from: new Date(Date.parse(at) - MONTH).toISOString(), to: at }}
          title={number(month.requests)}
          onClick={(event) => event.stopPropagation()}
          className="hover:underline"
        >
          {compact(month.requests)}
        </Link>
      ),
    },
    { id: 'effect', head: t.monthEffect, align: 'right', cell: ({ month }) => <MonthEffect of={month} /> },
    { id: 'percent', head: t.change, align: 'right', cell: ({ month }) => <Percent of={month.percent} /> },
  ]
}

/** From what to what: input and output say the most. */
function Prices({ event: { changes, before, after } }: { readonly event: PriceEvent }) {
  const componentName = useComponentName()
  const shown = changes.filter(
    ({ component, when }) => when === null && (component === 'input' || component === 'output'),
  )
  return (
    <span className="flex flex-col text-xs">
      {shown.map(({ component, from, to, per }) => (
        <span key={component} className="whitespace-nowrap">
          <span className="text-ink-3">{componentName(component)}</span>{' '}
          <Price
            component={component}
            rate={from === null ? undefined : { price: from, per }}
            currency={before?.currency ?? after?.currency ?? ''}
          />
          {' → '}
          <Price
            component={component}
            rate={to === null ? undefined : { price: to, per }}
            currency={after?.currency ?? before?.currency ?? ''}
          />
        </span>
      ))}
    </span>
  )
}
