import type { Decimal } from '@paddock/contract/decimal'
import type { Amount } from '@paddock/contract/entry'
import { assert } from '../base/errors.ts'
import { formatPico, parsePico, type Pico } from '../money/fixed-point.ts'

/** Amounts as the control plane gives them: null where there is none, one for each currency where several are added. */

export type PlainAmount = { readonly amount: Decimal; readonly currency: string }

export function plainAmount({ amount, currency }: Amount): PlainAmount | null {
  return amount === null || currency === null ? null : { amount, currency }
}

/** Adds up exactly, each currency by itself, in the order of their names. */
export function addAmounts(amounts: Iterable<Amount>): PlainAmount[] {
  const sums = new Map<string, bigint>()
  for (const { amount, currency } of amounts) {
    if (amount === null || currency === null) continue
    const pico = parsePico(amount)
    assert(pico !== null, 'an amount of the books is a decimal of at most twelve places')
    sums.set(currency, (sums.get(currency) ?? 0n) + pico)
  }
  return [...sums]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([currency, sum]) => ({ amount: formatPico(sum as Pico), currency }))
}
