/** Rows whose prices are those of another model at an instant: filled in once, when the book is loaded. */
import type { Calendars } from './calendar.ts'
import { compileRow, isWithin, type CompiledRow, type PlacedRow } from './compile.ts'
import type { Problem } from './problem.ts'
import type { PriceRow } from './row.ts'

/** All rows compiled. A copy whose original is not there is left out and reported. */
export function copyPrices(
  rows: readonly PlacedRow[],
  calendars: Calendars,
): { rows: CompiledRow[]; problems: Problem[] } {
  const originals = rows.filter(({ row }) => row.same_as === null).map((placed) => compileRow(placed, calendars))
  const problems: Problem[] = []
  const copies = rows.flatMap(({ row, place }) => {
    if (row.same_as === null) return []
    const original = originalOf(row, row.same_as, originals)
    if (original !== null) return compileRow({ row: withPricesOf(row, original.row), place }, calendars)
    const message = `${row.same_as.model} has no shipped price in ${row.currency} at ${row.same_as.at} to copy`
    problems.push({ severity: 'error', place: place(), path: 'same_as', message })
    return []
  })
  return { rows: [...originals, ...copies], problems }
}

function originalOf(
  copy: PriceRow,
  { model, at }: { model: string; at: string },
  rows: readonly CompiledRow[],
): CompiledRow | null {
  const instant = Date.parse(at)
  const inForce = rows.filter(
    ({ row, valid, known }) =>
      `${row.provider}/${row.model}` === model &&
      row.currency === copy.currency &&
      row.level === 'shipped' &&
      known.to === Infinity &&
      isWithin(valid, instant),
  )
  return inForce.toSorted((left, right) => right.row.revision - left.row.revision)[0] ?? null
}

function withPricesOf(copy: PriceRow, original: PriceRow): PriceRow {
  const { rates, variants, tier_scope, basis, source, confidence, verified } = original
  return { ...copy, rates, variants, tier_scope, basis, source, confidence, verified }
}
