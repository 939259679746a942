/** What a model costs at an instant in a few lines, to keep and to compare with what it costs later. */
import type { Decimal } from '@paddock/contract/decimal'
import type { EffectiveChange, EffectivePrice, EffectivePrices } from '@paddock/contract/price-event'
import { rateOf } from '../money/amount.ts'
import { formatAtto, type Atto } from '../money/fixed-point.ts'
import { percentChange } from '../money/percent-change.ts'
import { REFERENCE, referencePrices } from './changes.ts'
import type { RateCard } from './compile.ts'
import { describeWhen } from './conditions.ts'
import { findRow, type Index } from './find-row.ts'

/** Prices of the small standard request of `prices changes`, and those under conditions of every variant; null: unpriced. */
export function effectivePrices(
  index: Index,
  { provider, name, at }: { readonly provider: string; readonly name: string; readonly at: number },
): EffectivePrices | null {
  const row = findRow(index, { provider, name, at, currency: null, asOf: null, facts: { ...REFERENCE, at } })
  if (row === null) return null
  const conditional = row.variants.flatMap(({ variant, rates }) => listed(rates, describeWhen(variant.when)))
  return {
    row: row.row.id,
    currency: row.row.currency,
    prices: [...listed(referencePrices(row), null), ...conditional],
  }
}

/** Every price that is another one; none where the same prices merely stand in another row. */
export function compareEffective(before: EffectivePrices | null, after: EffectivePrices | null): EffectiveChange[] {
  const isSameCurrency = before === null || after === null || before.currency === after.currency
  const earlier = new Map(before?.prices.map((price) => [nameOf(price), price]))
  const later = new Map(after?.prices.map((price) => [nameOf(price), price]))
  return [...new Set([...earlier.keys(), ...later.keys()])].flatMap((name) => {
    const [one, other] = [earlier.get(name), later.get(name)]
    const about = other ?? one
    if (about === undefined) return []
    const { component, when, per } = about
    const [from, to] = [priceFor(one, per), priceFor(other, per)]
    if (from === to && isSameCurrency) return []
    const percent = from === null || to === null || !isSameCurrency ? null : percentChange(from, to)
    return { component, when, from, to, per, percent }
  })
}

function listed(rates: RateCard, when: string | null): EffectivePrice[] {
  return [...rates].map(([component, { price, per }]) => ({ component, when, price, per }))
}

function nameOf({ component, when }: EffectivePrice): string {
  return JSON.stringify([component, when])
}

function priceFor(price: EffectivePrice | undefined, per: number): Decimal | null {
  const rate = price === undefined ? null : rateOf(price.price, price.per)
  return rate === null ? null : formatAtto((rate * BigInt(per)) as Atto)
}
