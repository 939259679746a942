import type { Answer } from '@paddock/webkit/api/operation.ts'
import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Money } from '@paddock/webkit/ui/money.tsx'
import { text } from './text.ts'

type Month = Answer<'price_proposals.events'>['items'][number]['month']

/** What a month of traffic cost and would cost, currency by currency; and what has no price. */
export function MonthEffect({ of: { before, after, requests, unpriced } }: { readonly of: Month }) {
  const t = useText(text)
  const { number } = useFormat()
  if (requests === 0) return <span className="text-xs text-ink-3">{t.noTraffic}</span>
  const currencies = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return (
    <span className="inline-flex flex-col items-end">
      {currencies.map((currency) => (
        <span key={currency} className="whitespace-nowrap">
          <span className="text-ink-3">
            <Money of={amountIn(before, currency)} />
          </span>
          {' → '}
          <Money of={amountIn(after, currency)} />
        </span>
      ))}
      {unpriced.before > 0 && <span className="text-xs text-warn">{t.unpricedBefore(number(unpriced.before))}</span>}
      {unpriced.after > 0 && <span className="text-xs text-warn">{t.unpricedAfter(number(unpriced.after))}</span>}
    </span>
  )
}

function amountIn(amounts: Month['before'], currency: string) {
  const amount = amounts[currency]
  return amount === undefined ? null : { amount, currency }
}
