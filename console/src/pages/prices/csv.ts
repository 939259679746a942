import { csvRow } from '@paddock/contract/csv'
import type { PriceRow } from '../../price-book/rows.ts'

const HEAD = [
  'id',
  'provider',
  'model',
  'currency',
  'condition',
  'component',
  'price',
  'per',
  'valid_from',
  'valid_to',
  'level',
  'confidence',
  'sources',
]

/** One line for each price: a row has as many as it has components, and those of its variants. */
export function priceCsv(rows: readonly PriceRow[]): string {
  const lines = rows.flatMap((row) =>
    [{ condition: '', rates: row.rates }, ...row.variants].flatMap(({ condition, rates }) =>
      Object.entries(rates).map(([component, { price, per }]) =>
        csvRow([
          row.id,
          row.provider,
          row.model,
          row.currency,
          condition,
          component,
          price,
          per,
          row.valid_from,
          row.valid_to,
          row.level,
          row.confidence,
          row.sources.map(({ what, url }) => `${what} ${url}`).join(' | '),
        ]),
      ),
    ),
  )
  return csvRow(HEAD) + lines.join('')
}
