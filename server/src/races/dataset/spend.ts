import type { Amount } from '@paddock/contract/entry'
import type { Decimal } from '@paddock/contract/decimal'
import { divideHalfEven } from '../../money/divide-half-even.ts'
import { formatPico, parseAtto, parsePico, type Pico } from '../../money/fixed-point.ts'

/** Rates into the race's currency, as the operator gave them: 1 USD = 7.27 CNY is ["USD", "7.27"]. */
export type Rates = ReadonlyMap<string, Decimal>

const ATTO_PER_UNIT = 10n ** 18n

/** An amount in the race's currency; null when it is not priced or no rate leads there. Exact but for one rounding. */
export function convert({ amount, currency }: Amount, into: string, rates: Rates): Pico | null {
  if (amount === null || currency === null) return null
  const pico = parsePico(amount)
  if (pico === null || currency === into) return pico
  const rate = rates.get(currency)
  const atto = rate === undefined ? null : parseAtto(rate)
  return atto === null ? null : (divideHalfEven(pico * atto, ATTO_PER_UNIT) as Pico)
}

/** Exact sums by currency, as the books have them. */
export function sumByCurrency(amounts: Iterable<Amount>): { amount: Decimal; currency: string }[] {
  const sums = new Map<string, bigint>()
  for (const { amount, currency } of amounts) {
    const pico = amount === null ? null : parsePico(amount)
    if (pico !== null && currency !== null) sums.set(currency, (sums.get(currency) ?? 0n) + pico)
  }
  return [...sums].map(([currency, pico]) => ({ amount: formatPico(pico as Pico), currency }))
}

/** For statistics only: a cost as a float. */
export function asNumber(pico: Pico): number {
  return Number(pico) / 1e12
}
