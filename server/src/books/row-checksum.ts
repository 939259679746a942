/** The checksum of a row: that a byte of it was changed, in a column that is in no sum, is noticed by it. */
import { crc32c } from './crc32c.ts'

/**
 * What the checksum of a table's rows covers: every column but itself, in this order. A column that comes later is put at the
 * end, and is null in the rows of before, so that their checksums stay as they are.
 */
export const CHECKED_COLUMNS = {
  entries: [
    'id',
    'kind',
    'adjusts',
    'reason',
    'at',
    'ended_at',
    'state',
    'error',
    'organisation_id',
    'team_id',
    'user_id',
    'key_id',
    'end_user',
    'endpoint',
    'stream',
    'route',
    'provider',
    'model',
    'answered_model',
    'provider_request_id',
    'input',
    'cached_input',
    'cache_write',
    'cache_write_1h',
    'output',
    'reasoning',
    'extra',
    'usage_source',
    'usage_method',
    'cost_pico',
    'cost_currency',
    'charge_pico',
    'charge_currency',
    'price_rows',
    'priced_as_of',
    'practice',
    'app',
    'first_byte_ms',
    'duration_ms',
    'attempts',
    'attempt_count',
    'race',
    'arm',
    'unit',
    'phase',
    'mirror_of',
  ],
  price_events: ['model', 'at', 'event'],
  price_watch: ['model', 'looked_at', 'prices'],
  forgotten_months: ['month', 'from_at', 'to_at', 'entries', 'digest', 'archive', 'archive_sha256'],
} as const

export type CheckedTable = keyof typeof CHECKED_COLUMNS

/** A row as far as its checksum covers it, as it goes into the database and comes out of it. */
export type CheckedRow<Table extends CheckedTable> = Readonly<
  Record<(typeof CHECKED_COLUMNS)[Table][number], string | bigint | null>
>

/** The checksum of a row: CRC-32C of its written form. */
export function rowChecksum<Table extends CheckedTable>(table: Table, row: CheckedRow<Table>): bigint {
  return checksumOf(writtenRow(table, row))
}

/**
 * Each column's name and value, the nulls left out. Texts have their length before them, so that no two rows are written the
 * same. They must be such as the database gives back: without NUL, at which it ends them.
 */
function writtenRow<Table extends CheckedTable>(table: Table, row: CheckedRow<Table>): string {
  const columns: readonly (keyof typeof row)[] = CHECKED_COLUMNS[table]
  return writtenValues(
    table,
    columns.map((column) => row[column]),
  )
}

/** The same of values that stand in the order of the columns, perhaps with others behind them. */
export function writtenValues(table: CheckedTable, values: readonly (string | bigint | null)[]): string {
  let written = ''
  for (const [index, column] of CHECKED_COLUMNS[table].entries()) {
    const value = values[index] ?? null
    if (value === null) continue
    written += typeof value === 'string' ? `${column}"${value.length}"${value}` : `${column}=${value};`
  }
  return written
}

/** Where rows are written for their checksums, one at a time: new bytes for each would cost more than the checksum. */
let scratch = Buffer.allocUnsafe(4096)
const UTF8_BYTES_MAX = 3

/** Of a written row. */
export function checksumOf(written: string): bigint {
  const needed = written.length * UTF8_BYTES_MAX
  if (scratch.length < needed) scratch = Buffer.allocUnsafe(needed)
  return BigInt(crc32c(scratch, 0, scratch.write(written)))
}
