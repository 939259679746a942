import type { PriceRow } from './row.ts'

/** When a row applies, in words: "from 2024-05-20T16:00:00.000Z on". */
export function describeSpan({ valid_from, valid_to }: Pick<PriceRow, 'valid_from' | 'valid_to'>): string {
  if (valid_from === null) return valid_to === null ? 'at any time' : `before ${valid_to}`
  return valid_to === null ? `from ${valid_from} on` : `from ${valid_from} to ${valid_to}`
}
