import type { Answer } from '@paddock/webkit/api/operation.ts'
import { trimZeros, useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Badge } from '@paddock/webkit/ui/badge.tsx'
import { CopyLine } from '@paddock/webkit/ui/copy.tsx'
import { Dialog } from '@paddock/webkit/ui/dialog.tsx'
import { Money } from '@paddock/webkit/ui/money.tsx'
import { Facts } from '@paddock/webkit/ui/facts.tsx'
import { ErrorNote, Note } from '@paddock/webkit/ui/note.tsx'
import { Skeleton } from '@paddock/webkit/ui/panel.tsx'
import { Section } from '@paddock/webkit/ui/section.tsx'
import type { ReactNode } from 'react'
import { useAsk } from '../../query.ts'
import { StateBadge } from './state-badge.tsx'
import { text } from './text.ts'

type Found = Answer<'requests.find'>

/** One request whole: what was tried, what was counted, and how its price was worked out. */
export function RequestDrawer({ id, onClose }: { readonly id: string | undefined; readonly onClose: () => void }) {
  const t = useText(text)
  const found = useAsk('requests.find', { params: { id: id ?? '' } }, { when: id !== undefined })
  return (
    <Dialog
      shape="drawer"
      open={id !== undefined}
      onClose={onClose}
      title={t.request}
      description={id && <CopyLine value={id} />}
    >
      {found.error !== null && <ErrorNote error={found.error} onRetry={() => void found.refetch()} />}
      {found.data && found.data.request.id === id ? (
        <Whole found={found.data} />
      ) : (
        found.error === null && <Skeleton className="h-96" />
      )}
    </Dialog>
  )
}

function Whole({ found }: { readonly found: Found }) {
  return (
    <div className="flex flex-col gap-6">
      <About found={found} />
      <Attempts attempts={found.attempts} />
      <Arithmetic found={found} />
    </div>
  )
}

function About({ found: { request, usage_method } }: { readonly found: Found }) {
  const t = useText(text)
  const { exactMoment, number, duration } = useFormat()
  const { usage } = request
  const facts: readonly (readonly [string, ReactNode])[] = [
    [t.state, <StateBadge key="state" state={request.state} />],
    [t.time, exactMoment(request.at)],
    [t.model, `${request.provider}/${request.model}`],
    [t.route, request.route],
    [t.team, request.team_name],
    [t.key, request.key_name],
    [t.app, request.app],
    [t.adjusts, request.adjusts],
    [t.input, number(usage.input)],
    [t.cached, usage.cached_input > 0 && number(usage.cached_input)],
    [t.cacheWrite, usage.cache_write + usage.cache_write_1h > 0 && number(usage.cache_write + usage.cache_write_1h)],
    [t.output, number(usage.output)],
    [t.reasoning, usage.reasoning > 0 && number(usage.reasoning)],
    [t.counted, `${t.source[request.usage_source]} · ${usage_method}`],
    [t.firstByte, request.first_byte_ms !== null && duration(request.first_byte_ms)],
    [t.duration, duration(request.duration_ms)],
    [t.cost, <Money key="cost" of={request.cost} />],
    [t.charge, <Money key="charge" of={request.charge} />],
  ]
  return (
    <>
      {request.error !== null && <Note tone="warn">{request.error}</Note>}
      <Facts facts={facts} />
    </>
  )
}

function Attempts({ attempts }: { readonly attempts: Found['attempts'] }) {
  const t = useText(text)
  const { duration } = useFormat()
  return (
    <Section title={t.attempts}>
      <ol className="flex flex-col gap-2">
        {attempts.map((attempt, place) => (
          <li key={place} className="rounded-control border border-line px-3 py-2 text-sm">
            <div className="flex flex-wrap items-center gap-2">
              <span className="text-ink-3">{place + 1}</span>
              <span className="min-w-0 flex-1 truncate">{`${attempt.provider}/${attempt.model}`}</span>
              <Badge tone={attempt.outcome === 'ok' ? 'ok' : 'bad'}>{attempt.status ?? attempt.outcome}</Badge>
              <span className="tabular text-ink-2">{duration(attempt.duration_ms)}</span>
            </div>
            {attempt.error !== null && <p className="mt-1 text-xs text-ink-2">{attempt.error}</p>}
          </li>
        ))}
      </ol>
    </Section>
  )
}

function Arithmetic({ found: { quote, agrees, request } }: { readonly found: Found }) {
  const t = useText(text)
  const { number, compact } = useFormat()
  if (quote.state === 'unpriced') return <Note tone="warn">{t.noPrice}</Note>
  const currency = quote.currency ?? ''
  return (
    <Section title={t.arithmetic}>
      <table className="w-full text-sm">
        <thead>
          <tr className="border-b border-line text-left text-xs text-ink-3">
            <th scope="col" className="py-1 font-medium">
              {t.component}
            </th>
            <th scope="col" className="py-1 text-right font-medium">
              {t.units}
            </th>
            <th scope="col" className="py-1 text-right font-medium">
              {t.price}
            </th>
            <th scope="col" className="py-1 text-right font-medium">
              {t.amount}
            </th>
          </tr>
        </thead>
        <tbody>
          {quote.lines.map((line, place) => (
            <tr key={place} className="border-b border-line">
              <td className="py-1.5">{line.component}</td>
              <td className="text-right">{number(line.units)}</td>
              <td className="text-right" title={line.row}>
                {trimZeros(line.price)} <span className="text-xs text-ink-3">{t.per(compact(line.per))}</span>
              </td>
              <td className="text-right">{trimZeros(line.amount)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr className="font-semibold">
            <th scope="row" colSpan={3} className="py-1.5 text-left">
              {t.sum}
            </th>
            <td className="text-right">{`${trimZeros(quote.amount ?? '0')} ${currency}`}</td>
          </tr>
        </tfoot>
      </table>
      {agrees === true && <p className="text-xs text-ok">✓ {t.agrees}</p>}
      {agrees === false && request.cost !== null && <Note tone="bad">{t.differs}</Note>}
      {quote.notes.map((note) => (
        <p key={note} className="text-xs text-ink-3">
          {note}
        </p>
      ))}
    </Section>
  )
}
