import { useFormat, type Amount } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Monies } from '@paddock/webkit/ui/money.tsx'
import { Skeleton } from '@paddock/webkit/ui/panel.tsx'
import { Check } from 'lucide-react'
import { useAsk } from '../../query.ts'
import { useNow } from '../../use-now.ts'
import { amountsOf, makeUp, shownOf, type WhatIf } from './sums.ts'
import { text } from './text.ts'
import type { Span } from './use-what-if.ts'

type BaselineProps = {
  readonly span: Span
  readonly found: WhatIf | undefined
  /** The same in the currencies that were booked. */
  readonly own: WhatIf | undefined
}

/** What was booked, beside which the scenarios stand; and that it is what the ledger says. */
export function Baseline({ span, found, own }: BaselineProps) {
  const t = useText(text)
  const { number } = useFormat()
  const sums = found && shownOf(found)
  return (
    <section
      aria-label={t.asBooked}
      className="flex min-w-0 flex-col gap-3 rounded-card border border-line bg-side p-4"
    >
      <h2 className="text-base font-semibold">{t.asBooked}</h2>
      {sums === undefined ? (
        <Skeleton className="h-24" />
      ) : (
        <>
          <span className="text-2xl leading-tight font-semibold">
            <Monies of={amountsOf(sums, 'before')} />
          </span>
          <p className="text-sm text-ink-2">
            {t.requests(number(sums.requests))}
            {sums.unpriced.before > 0 && (
              <span className="text-warn"> · {t.unpricedBefore(number(sums.unpriced.before))}</span>
            )}
          </p>
        </>
      )}
      {own !== undefined && <LedgerCheck span={span} own={own} />}
    </section>
  )
}

/** The ledger's own sum, asked for by itself: answers and attempts without one make it up. */
function LedgerCheck({ span, own }: { readonly span: Span; readonly own: WhatIf }) {
  const t = useText(text)
  const { practice } = useNow()
  const ledger = useAsk('overview.overview', { query: { ...span, practice: practice && 'true' } })
  if (ledger.data === undefined || ledger.isPlaceholderData) return null
  const { cost } = ledger.data.now
  const answers = Object.entries(shownOf(own).before).map(([currency, amount]): Amount => ({ amount, currency }))
  const lost = practice ? [] : own.retry_loss
  const isSame = makeUp(cost, [...answers, ...lost])
  const lines = [
    [t.answers, answers],
    [t.lost, lost],
    [t.ledger, cost],
  ] as const
  return (
    <div className="mt-auto flex flex-col gap-2 border-t border-line pt-3 text-xs">
      <dl className="grid grid-cols-[1fr_auto] gap-x-3 gap-y-1">
        {lines
          .filter(([, amounts]) => amounts.length > 0)
          .map(([name, amounts]) => (
            <div key={name} className="contents">
              <dt className="text-ink-3" title={name === t.lost ? t.lostHint : undefined}>
                {isSame || name !== t.ledger ? name : t.ledgerOther}
              </dt>
              <dd className="text-right">
                <Monies of={amounts} />
              </dd>
            </div>
          ))}
      </dl>
      {isSame && (
        <p className="flex items-center gap-1 text-ok">
          <Check size={12} aria-hidden />
          {t.equals}
        </p>
      )}
    </div>
  )
}
