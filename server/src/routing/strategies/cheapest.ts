import type { Decimal } from '@paddock/contract/decimal'
import { compareDecimals } from '../compare-decimals.ts'
import type { Rank } from './rank.ts'

/**
 * The lowest price of this very request first: at the prices of this instant, with as much of the prompt cached as was
 * measured at each candidate. What has no price comes last, because unknown is not free; equals stay as written.
 */
export const rankByPrice: Rank = (units, senses) =>
  units
    .map((unit) => ({ unit, price: senses.price(unit.first) }))
    .sort((one, other) => compare(one.price, other.price))
    .map(({ unit, price }) => ({ unit, reason: describe(price, senses.cachedShare(unit.first)) }))

function compare(one: Decimal | null, other: Decimal | null): number {
  if (one === null || other === null) return Number(one === null) - Number(other === null)
  return compareDecimals(one, other)
}

function describe(price: Decimal | null, cachedShare: number): string {
  if (price === null) return 'no price known, so behind those with one'
  const cached = cachedShare === 0 ? '' : `, ${(cachedShare * 100).toFixed(0)} % of its prompts cached`
  return `about ${price} for this request${cached}`
}
