import type { Decimal } from '@paddock/contract/decimal'
import { compareDecimals } from '../compare-decimals.ts'
import type { Money } from '../price.ts'
import type { Rank, Senses, Unit } from './rank.ts'

type Priced = {
  readonly unit: Unit
  readonly price: Money | null
  /** In the currency of the first candidate that has a price, in which all are compared. */
  readonly worth: Decimal | null
}

/**
 * The lowest price of this very request first: at the prices of this instant, with as much of the prompt cached as was
 * measured at each candidate. What has no price comes last, because unknown is not free, and so does one in a currency that
 * cannot be compared; equals stay as written.
 */
export const rankByPrice: Rank = (units, senses) => {
  const prices = units.map((unit) => ({ unit, price: senses.price(unit.first) }))
  const currency = prices.find(({ price }) => price !== null)?.price?.currency ?? ''
  const ranked = prices
    .map(({ unit, price }): Priced => ({ unit, price, worth: price && senses.worth(price, currency) }))
    .sort((one, other) => compare(one.worth, other.worth))
  return ranked.map((priced, index) => ({
    unit: priced.unit,
    reason: describe(priced, { currency, next: ranked[index + 1], senses }),
  }))
}

function compare(one: Decimal | null, other: Decimal | null): number {
  if (one === null || other === null) return Number(one === null) - Number(other === null)
  return compareDecimals(one, other)
}

type Beside = { readonly currency: string; readonly next: Priced | undefined; readonly senses: Senses }

function describe({ unit, price, worth }: Priced, { currency, next, senses }: Beside): string {
  if (price === null) return 'no price known, so behind those with one'
  const asked = `about ${price.amount} ${price.currency} for this request`
  if (worth === null)
    return `${asked}; no rate from ${price.currency} to ${currency}, so behind those that can be compared`
  const share = senses.cachedShare(unit.first)
  return [
    asked,
    ...(price.currency === currency ? [] : [`which is ${worth} ${currency}`]),
    ...(share === 0 ? [] : [`${(share * 100).toFixed(0)} % of its prompts cached`]),
    ...(next === undefined || next.worth === null ? [] : [compareToNext(worth, next.worth, currency)]),
  ].join(', ')
}

function compareToNext(worth: Decimal, next: Decimal, currency: string): string {
  return compareDecimals(worth, next) === 0
    ? 'as much as the next, which is written behind it'
    : `the next ${next} ${currency}`
}
