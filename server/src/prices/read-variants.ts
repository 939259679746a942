/** The variants of a row as written: each a condition and the prices that hold under it. */
import type { Calendars } from './calendar.ts'
import { keysBesideRates, ratesIn, readPer, readRates, type Form } from './read-rates.ts'
import { readWhen } from './read-when.ts'
import type { Variant } from './row.ts'
import { compact, complain, fieldsOf, isEmpty, itemsOf, listOf, optionalOf, textOf, type Spot } from './spot.ts'

export type VariantContext = {
  readonly form: Form
  readonly calendars: Calendars
  /** The units of the row's prices, for variants that say nothing else. */
  readonly per: number
}

const KEYS = keysBesideRates(['name', 'when', 'per', 'source', 'note'])

export function readVariants(spot: Spot, context: VariantContext): readonly Variant[] {
  const variants = itemsOf(spot).flatMap((item) => readVariant(item, context) ?? [])
  const names = new Set(variants.map(({ name }) => name))
  if (names.size < variants.length) complain(spot, 'must have names that differ')
  return variants
}

function readVariant(spot: Spot, { form, calendars, per }: VariantContext): Variant | null {
  const field = fieldsOf(spot, KEYS[form])
  const when = field && readWhen(field('when'), calendars)
  if (field === null || when === null) return null
  const rates = ratesIn(spot, field, form)
  if (isEmpty(rates)) complain(rates, 'must price something')
  return compact<Variant>({
    name: nameOf(field('name'), spot),
    when,
    rates: readRates(rates, optionalOf(field('per'), readPer) ?? per),
    source: listOf(field('source'), textOf),
    note: optionalOf(field('note'), textOf),
  })
}

/** A variant without a name goes by its number. */
function nameOf(spot: Spot, variant: Spot): string {
  const name = textOf(spot, `${Number(variant.key) + 1}`) ?? ''
  if (!/^[^\s#]*$/.test(name)) complain(spot, 'must have no blanks and no "#"')
  return name
}
