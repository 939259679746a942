/** Prices as written: a decimal in quotes, or an object where one price has units, a source or a note of its own. */
import { readPrice } from '../money/read-price.ts'
import { COMPONENTS, isComponent, type Component } from './component.ts'
import type { Rate, Rates } from './row.ts'
import {
  choiceOf,
  compact,
  complain,
  entriesOf,
  fieldsOf,
  isObject,
  listOf,
  optionalOf,
  pathOf,
  textOf,
  wholeOf,
  type Spot,
} from './spot.ts'

const MILLION = 1_000_000
const RATE_KEYS = new Set(['price', 'per', 'source', 'note'])

/** `per`: the units a price is for where it does not say so itself. */
export function readRates(spot: Spot, per: number): Rates {
  const rates: Partial<Record<Component, Rate>> = {}
  for (const entry of entriesOf(spot)) {
    const component = choiceOf({ ...entry, value: entry.key }, COMPONENTS)
    const rate = component && readRate(entry, per)
    if (component !== null && rate !== null) rates[component] = rate
  }
  return rates
}

/** In a book prices stand below `rates`; in paddock.yaml they stand beside the other keys. */
export type Form = 'book' | 'operator'

/** The keys an object with prices may have, in either form. */
export function keysBesideRates(names: readonly string[]): Readonly<Record<Form, ReadonlySet<string>>> {
  return { book: new Set([...names, 'rates']), operator: new Set([...names, ...COMPONENTS]) }
}

/** Where the prices of an object stand. */
export function ratesIn(spot: Spot, field: (key: string) => Spot, form: Form): Spot {
  const { value } = spot
  if (form === 'book' || !isObject(value)) return field('rates')
  return { ...spot, value: Object.fromEntries(Object.entries(value).filter(([key]) => isComponent(key))) }
}

/** The units a price is for. A price has twelve decimals at most: of a millionth of it, eighteen are exact. */
export function readPer(spot: Spot): number | null {
  const per = wholeOf(spot)
  const isExact = per !== null && per > 0 && MILLION % per === 0
  return per === null || isExact ? per : complain(spot, 'must be 1, 1000, 1000000 or another divisor of a million')
}

function readRate(spot: Spot, rowPer: number): Rate | null {
  if (!isObject(spot.value)) return priceOf(spot, rowPer)
  const field = fieldsOf(spot, RATE_KEYS)
  if (field === null) return null
  const per = optionalOf(field('per'), readPer) ?? rowPer
  const rate = priceOf(field('price'), per)
  const beside = { source: listOf(field('source'), textOf), note: optionalOf(field('note'), textOf) }
  return rate && compact<Rate>({ ...rate, ...beside })
}

function priceOf(spot: Spot, per: number): Rate | null {
  if (typeof spot.value !== 'string') return complain(spot, 'must be a price in quotes, such as "0.8"')
  const read = readPrice(spot.value)
  if (read.kind === 'refused') {
    spot.report(pathOf(spot), read.problem)
    return null
  }
  return { price: read.price, per }
}
