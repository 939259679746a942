/** Why no row prices a model, for the person who has to add the missing price. */
import { isoInstant } from '../base/clock.ts'
import { isWithin } from './compile.ts'
import { describeSpan } from './describe-span.ts'
import { findCurrency, findRow, rowsEver, type Index, type Search } from './find-row.ts'

export function explainMiss(index: Index, search: Search): string {
  const model = search.provider === '' ? search.name : `${search.provider}/${search.name}`
  const rows = rowsEver(index, search)
  if (rows.length === 0)
    return `${model} is not in the price book${asOfText(search)}: add its price under prices: in paddock.yaml`
  const listed = [...new Set(rows.map(({ row }) => row.currency))].join(' and ')
  const currency = search.currency ?? findCurrency(index, { ...search, at: null })
  if (currency === null) return `${model} has prices in ${listed}: name the currency that is meant`
  const priced = rows.filter(({ row }) => row.currency === currency)
  if (priced.length === 0) return `${model} has no price in ${currency}; the price book has ${listed}`
  const then = `in ${currency} at ${isoInstant(search.at ?? 0)}`
  const isInForce = findRow(index, { ...search, currency, facts: null }) !== null
  if (isInForce) return `${model} has prices ${then}, but their conditions do not hold`
  // A row in force that was not found belongs to a name that only later, or no longer, leads to it.
  const elsewhen = priced.filter(({ valid }) => !isWithin(valid, search.at ?? 0))
  const spans = new Set(elsewhen.map(({ row }) => describeSpan(row)))
  const others = spans.size === 0 ? '' : `; the price book has prices ${[...spans].join(', ')}`
  return `${model} has no price ${then}${others}`
}

function asOfText({ asOf }: Search): string {
  return asOf === null ? '' : ` as it was known at ${isoInstant(asOf)}`
}
