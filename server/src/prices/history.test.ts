import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { openPriceBook } from './book.ts'
import type { QuoteRequest } from './facts.ts'
import type { PriceRow, Rates } from './row.ts'

/** What a price history says about one row, and which price it says applies to which usage at which instant. */
type HistoryRecord = Pick<
  PriceRow,
  'currency' | 'valid_from' | 'valid_to' | 'from_basis' | 'confidence' | 'verified' | 'promo' | 'source'
> & {
  readonly row: string
  readonly model: string
  readonly change_between: readonly string[] | null
  readonly note: string
  readonly note_length: number
  readonly numbers: readonly string[]
  readonly probes: readonly Probe[]
}

type Probe = Pick<QuoteRequest, 'usage' | 'thinking' | 'serviceTier' | 'contextWindow'> & {
  readonly component: string
  readonly price: string
  readonly per: number
  readonly at: string
}

const records = readFileSync(new URL('fixtures/price-history.jsonl', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as HistoryRecord)
const book = openPriceBook({
  folder: fileURLToPath(new URL('../../../pricebook', import.meta.url)),
  billingCurrency: () => null,
})

describe('the shipped book against the history it was made from', () => {
  it('[P25] has one row for each of the 251 records, and no other but those of the practice provider', () => {
    expect(records).toHaveLength(251)
    const shipped = book.rows().filter((row) => row.provider !== 'practice')
    expect(shipped.map((row) => row.id).toSorted()).toEqual(records.map((record) => record.row).toSorted())
  })

  it('[P25] keeps the dates, the doubts and the sources of every record', () => {
    for (const record of records) {
      const { valid_from, valid_to, from_basis, confidence, verified, promo, source, change_between, currency } = record
      const kept = { valid_from, valid_to, from_basis, confidence, verified, promo, source, change_between, currency }
      expect(book.row(record.row)).toMatchObject(kept)
    }
  })

  it('[P25] keeps the note of every record', () => {
    for (const record of records) {
      const kept = (book.row(record.row)?.note ?? '').slice(0, record.note_length)
      expect(createHash('sha256').update(kept).digest('hex').slice(0, 16), record.row).toBe(record.note)
    }
  })

  it('[P25] holds exactly the numbers of every record', () => {
    const numbersOf = (rates: Rates): string[] => Object.values(rates).map((rate) => rate.price)
    for (const record of records) {
      const row = book.row(record.row)
      const numbers = [row?.rates ?? {}, ...(row?.variants ?? []).map((variant) => variant.rates)].flatMap(numbersOf)
      expect(numbers.toSorted(), record.row).toEqual(record.numbers)
    }
  })

  it('[P2][P11][P25] quotes every number of every record where the record says it applies', () => {
    const wrong = records.flatMap(({ row, model, currency, probes }) =>
      probes.filter((probe) => !quotes(probe, { row, model, currency })).map((probe) => ({ row, ...probe })),
    )
    expect(wrong).toEqual([])
    expect(records.flatMap((record) => record.probes)).toHaveLength(1504)
  })
})

/** Whether the row prices the component of the probe as the record says. No record prices thinking but by its output. */
function quotes(
  { at, component, price, per, ...request }: Probe,
  { row, model, currency }: { row: string; model: string; currency: string },
): boolean {
  const quote = book.quote({ ...request, model, currency, at: Date.parse(at) })
  const line = quote.lines.find((each) => each.component === component)
  const isOwn = component === 'reasoning' ? line?.priced_as === 'output' : line?.priced_as === undefined
  return line?.price === price && line.per === per && line.row.split('#', 1)[0] === row && isOwn
}
