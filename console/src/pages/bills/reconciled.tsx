import type { Answer } from '@paddock/webkit/api/operation.ts'
import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Badge, type Tone } from '@paddock/webkit/ui/badge.tsx'
import { Money } from '@paddock/webkit/ui/money.tsx'
import { Note } from '@paddock/webkit/ui/note.tsx'
import { Panel } from '@paddock/webkit/ui/panel.tsx'
import { Segments } from '@paddock/webkit/ui/segments.tsx'
import { Stat } from '@paddock/webkit/ui/stat.tsx'
import { Table, type Column } from '@paddock/webkit/ui/table.tsx'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { reconcileText } from './reconcile-text.ts'

type Found = Answer<'bills.reconcile'>
type Line = Found['lines'][number]
type Total = Found['totals'][number]
type Kind = Line['kind']

/** Mistakes of the books, what costs money that nobody knows of, and what is fine. */
const TONES: Readonly<Record<Kind, Tone>> = {
  none: 'ok',
  rounding: 'ok',
  orphan: 'warn',
  estimated: 'warn',
  price: 'warn',
  outside: 'bad',
  missing: 'warn',
  unexplained: 'bad',
}

/** What comparing a bill with the books has found. */
export function Reconciled({ provider, found }: { readonly provider: string; readonly found: Found }) {
  const t = useText(reconcileText)
  return (
    <>
      {found.totals.map((total) => (
        <TotalOf key={total.currency} total={total} />
      ))}
      <Lines provider={provider} lines={found.lines} />
      {found.notes.length > 0 && (
        <Note title={t.notes}>
          <ul className="mt-1 flex flex-col gap-0.5">
            {found.notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </Note>
      )}
      <p className="text-xs break-all text-ink-3">
        {t.shape} {found.shape} · {t.fingerprint} {found.sha256}
      </p>
    </>
  )
}

function TotalOf({ total }: { readonly total: Total }) {
  const t = useText(reconcileText)
  const { money, exactMoney } = useFormat()
  const { currency, capture_percent, unexplained_percent } = total
  const amount = (name: 'billed' | 'booked' | 'difference') => ({ amount: total[name], currency })
  const kinds = (Object.entries(total.by_kind) as [Kind, Line['billed']][]).filter(
    ([kind, sum]) => kind !== 'none' && Number(sum) !== 0,
  )
  return (
    <section className="flex flex-col gap-3">
      <div className="grid grid-cols-2 gap-3 lg:grid-cols-4">
        {(['billed', 'booked', 'difference'] as const).map((name) => (
          <Stat key={name} label={t[name]} value={money(amount(name))} title={exactMoney(amount(name))} />
        ))}
        <Stat
          label={t.captured}
          value={capture_percent === null ? '—' : `${capture_percent} %`}
          note={unexplained_percent !== null && t.unexplained(`${unexplained_percent} %`)}
        />
      </div>
      <Panel title={t.why}>
        {kinds.length === 0 ? (
          <p className="text-sm text-ink-2">{t.nothingDiffers}</p>
        ) : (
          <dl className="grid grid-cols-[max-content_max-content_1fr] items-baseline gap-x-4 gap-y-2 text-sm max-sm:grid-cols-[max-content_1fr]">
            {kinds.map(([kind, sum]) => (
              <div key={kind} className="contents">
                <dt>
                  <Badge tone={TONES[kind]}>{t.kinds[kind]}</Badge>
                </dt>
                <dd className="text-right font-medium">
                  <Money of={{ amount: sum, currency }} />
                </dd>
                <dd className="text-ink-2 max-sm:col-span-2">{t.kindHints[kind]}</dd>
              </div>
            ))}
          </dl>
        )}
      </Panel>
    </section>
  )
}

function Lines({ provider, lines }: { readonly provider: string; readonly lines: readonly Line[] }) {
  const t = useText(reconcileText)
  const [shown, setShown] = useState<'all' | 'differing'>('differing')
  const columns = useLineColumns(provider)
  const rows = shown === 'all' ? lines : lines.filter(({ kind }) => kind !== 'none')
  return (
    <Panel
      flush
      title={t.lines}
      hint={t.adjustHint}
      actions={
        <Segments
          label={t.lines}
          value={shown}
          onChange={setShown}
          options={[
            { value: 'differing', label: t.differing },
            { value: 'all', label: t.all },
          ]}
        />
      }
    >
      <Table
        name="reconciliation"
        label={t.lines}
        columns={columns}
        rows={rows}
        rowKey={({ day, model, currency }) => `${day} ${model} ${currency}`}
        empty={<p className="px-4 py-8 text-center text-sm text-ink-2">{t.noneDiffers}</p>}
      />
    </Panel>
  )
}

function useLineColumns(provider: string): Column<Line>[] {
  const t = useText(reconcileText)
  const { number } = useFormat()
  const money = (name: 'billed' | 'booked' | 'difference' | 'adjust'): Column<Line> => ({
    id: name,
    head: t[name],
    align: 'right',
    cell: (line) => {
      const amount = line[name]
      return <Money of={amount === null ? null : { amount, currency: line.currency }} />
    },
    sort: (line) => Number(line[name] ?? 0),
  })
  return [
    {
      id: 'day',
      head: t.day,
      cell: ({ day }) => <span className="tabular whitespace-nowrap">{day}</span>,
      sort: ({ day }) => day,
    },
    {
      id: 'model',
      head: t.model,
      cell: ({ day, model }) => (
        <Link
          to="/requests"
          search={{ model: model.includes('/') ? model : `${provider}/${model}`, from: day, to: dayAfter(day) }}
          className="whitespace-nowrap text-link hover:underline"
        >
          {model}
        </Link>
      ),
      sort: ({ model }) => model,
    },
    {
      id: 'entries',
      head: t.entries,
      align: 'right',
      cell: ({ entries }) => number(entries),
      sort: ({ entries }) => entries,
    },
    money('billed'),
    money('booked'),
    money('difference'),
    {
      id: 'kind',
      head: t.kind,
      cell: ({ kind }) => (
        <span title={t.kindHints[kind]}>
          <Badge tone={TONES[kind]}>{t.kinds[kind]}</Badge>
        </span>
      ),
      sort: ({ kind }) => t.kinds[kind],
    },
    money('adjust'),
  ]
}

function dayAfter(day: string): string {
  return new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10)
}
