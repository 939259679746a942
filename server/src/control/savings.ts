import type { Decimal } from '@paddock/contract/decimal'
import type { WhatIf, WhatIfSums } from '@paddock/contract/what-if'
import { isoInstant } from '../base/clock.ts'
import type { BooksReader } from '../books/reader.ts'
import { edgeFrom } from '../books/whatif/grid.ts'
import type { Traffic } from '../books/whatif/read-cells.ts'
import type { Pricing } from '../books/whatif/run.ts'
import { splitModel } from '../prices/book.ts'
import type { Promoted } from '../races/live/promoted.ts'
import type { PlainAmount } from './amounts.ts'
import type { Span } from './span.ts'

/** What promotions were worth, by the books: what their traffic cost, beside what it would have cost without the switch. */

export type SavingsParts = { readonly reader: Pick<BooksReader, 'whatIf'>; readonly pricing: () => Pricing }

/** Whose traffic. */
export type Whose = Pick<Traffic, 'organisation' | 'team' | 'key'>

/** A promotion, with the sums of each day (UTC) and of all. */
export type Saving = { readonly promoted: Promoted; readonly sums: WhatIf }

/**
 * The counterfactual of a promotion: the usage of every request of the route that the promoted model has answered, at the prices
 * that the old champion had at the instant of each. Cached tokens and tokenizers are those of the model that answered. Priced by
 * the sums of the books; a stretch of the clock belongs to the span in which it begins.
 */
export async function savingsOf(
  { reader, pricing }: SavingsParts,
  promoted: readonly Promoted[],
  { span, whose }: { readonly span: Span; readonly whose: Whose },
): Promise<Saving[]> {
  const savings: Saving[] = []
  for (const each of promoted) {
    const from = Math.max(each.from, edgeFrom(span.from))
    const to = Math.min(each.to, edgeFrom(span.to))
    if (from >= to) continue
    const [champion, model] = [splitModel(each.champion), splitModel(each.model)]
    const asModel = pricing().bookName(champion.provider, champion.name)
    const sums = await reader.whatIf(
      {
        from,
        to,
        model: asModel,
        listAt: null,
        groupBy: 'day',
        traffic: { ...whose, route: each.route, model },
        currency: pricing().prices.currencyOf(asModel),
      },
      pricing(),
    )
    savings.push({ promoted: { ...each, from, to }, sums })
  }
  return savings
}

/** A saving in the shape of the control plane. */
export function savingRow({ promoted, sums: { total } }: Saving) {
  const { race, route, champion, model, from, to } = promoted
  return {
    race,
    route,
    champion,
    model,
    from: isoInstant(from),
    to: isoInstant(to),
    requests: total.requests,
    paid: amountsOf(total.before),
    counterfactual: amountsOf(total.after),
    unpriced: total.unpriced.before + total.unpriced.after,
    reported: reportedOf(total),
  }
}

function reportedOf({ reported }: WhatIfSums) {
  if (!reported) return null
  const { currency, before, after, difference } = reported
  return { currency, paid: before, counterfactual: after, saved: difference }
}

export function amountsOf(sums: Readonly<Record<string, Decimal>>): PlainAmount[] {
  return Object.entries(sums).map(([currency, amount]) => ({ amount, currency }))
}
