import type { Answer } from '@paddock/webkit/api/operation.ts'
import type { Amount } from '@paddock/webkit/format/format.ts'

/** What a what-if says, as it is shown. Nothing is added up here: amounts are chosen, compared and painted. */

export type WhatIf = Answer<'what_if.ask'>
export type Sums = WhatIf['total']
export type Which = 'before' | 'after' | 'difference'

/** In the currency of the report, where the table has its rates, or else in their own, one for each. */
export function amountsOf(sums: Sums, which: Which): Amount[] {
  if (sums.reported) return [{ amount: sums.reported[which], currency: sums.reported.currency }]
  return Object.entries(sums[which]).map(([currency, amount]) => ({ amount, currency }))
}

/** To be painted beside others of the same currency; null where there are several, or another. */
export function sizeOf(sums: Sums, which: Which, currency: string | null): number | null {
  const [amount, ...others] = amountsOf(sums, which)
  if (others.length > 0 || currency === null) return null
  if (amount === undefined) return 0
  return amount.currency === currency ? Number(amount.amount) : null
}

/** The one currency of everything, where there is one. */
export function commonCurrency(all: readonly Sums[]): string | null {
  const currencies = new Set(
    all.flatMap((sums) =>
      (['before', 'after'] as const).flatMap((which) => amountsOf(sums, which).map(({ currency }) => currency)),
    ),
  )
  const [only] = currencies
  return currencies.size === 1 && only !== undefined ? only : null
}

/** The traffic that is looked at: where there is nothing but practice, that. */
export function shownOf(found: WhatIf): Sums {
  return found.total.requests === 0 && found.practice !== null ? found.practice : found.total
}

/** Whether parts make up a whole, currency by currency, to the last digit. A check: what is shown is what the server added. */
export function makeUp(whole: readonly Amount[], parts: readonly Amount[]): boolean {
  const left = new Map<string, bigint>()
  for (const { amount, currency } of whole) left.set(currency, (left.get(currency) ?? 0n) + digitsOf(amount))
  for (const { amount, currency } of parts) left.set(currency, (left.get(currency) ?? 0n) - digitsOf(amount))
  return [...left.values()].every((rest) => rest === 0n)
}

const PLACES = 18

function digitsOf(amount: string): bigint {
  const [whole = '0', decimals = ''] = amount.split('.')
  return BigInt(whole + decimals.padEnd(PLACES, '0'))
}

const UNPRICED = 'Unpriced: '

/** What is taken for granted, and apart from it why something has no price: of that, the like of each other once. */
export function assumptionsOf({ assumptions }: WhatIf): { readonly taken: string[]; readonly unpriced: string[] } {
  const reasons = assumptions
    .filter((sentence) => sentence.startsWith(UNPRICED))
    .map((sentence) => sentence.slice(UNPRICED.length))
  const first = new Map<string, string>()
  for (const reason of reasons) {
    // The same of one model at several instants says the same.
    const model = reason.split(' ', 1)[0] ?? reason
    if (!first.has(model)) first.set(model, reason)
  }
  return { taken: assumptions.filter((sentence) => !sentence.startsWith(UNPRICED)), unpriced: [...first.values()] }
}
