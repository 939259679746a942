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

type Value = string | bigint | null

/**
 * The checksum of a row: CRC-32C of its written form, which is each column's name and value, the nulls left out. Texts have
 * their length before them, so that no two rows are written the same. They must be such as the database gives back: without
 * NUL, at which it ends them.
 */
export function rowChecksum<Table extends CheckedTable>(table: Table, row: CheckedRow<Table>): bigint {
  const columns: readonly (keyof typeof row)[] = CHECKED_COLUMNS[table]
  // First, because what it is written into may be another place then.
  const end = write(
    table,
    columns.map((column) => row[column]),
  )
  return BigInt(crc32c(written, 0, end))
}

/** The same of values that stand in the order of the columns, perhaps with others behind them; null where a text has a NUL. */
export function checksumOf(table: CheckedTable, values: readonly Value[]): bigint | null {
  const end = write(table, values)
  const nul = written.indexOf(0)
  return nul >= 0 && nul < end ? null : BigInt(crc32c(written, 0, end))
}

/** The name of a column as it is written before texts and before numbers. */
type ColumnName = { readonly beforeText: Buffer; readonly beforeNumber: Buffer }

const NAMES = Object.fromEntries(
  Object.entries(CHECKED_COLUMNS).map(([table, columns]) => [
    table,
    columns.map((name) => ({ beforeText: Buffer.from(`${name}"`), beforeNumber: Buffer.from(`${name}=`) })),
  ]),
) as Record<CheckedTable, ColumnName[]>

const QUOTE = 0x22
const SEMICOLON = 0x3b
const ZERO = 0x30
const UTF8_BYTES_MAX = 3
/** Longer than the name of a column, a number and what stands between them. */
const MARGIN_BYTES = 128
/** Up to here a text is written faster character by character than by a call into the runtime. */
const SHORT = 40

/**
 * Where rows are written for their checksums, one at a time, straight as bytes: this is done for every request, and texts
 * that are put together and thrown away would be a twelfth of all it allots.
 */
let written = Buffer.alloc(4096, ' ')

/**
 * The row that was written last: its values, and where each of them begins and ends. One is mostly like the other before it, and
 * what stands in its place already is not written again.
 */
let lastTable: CheckedTable | null = null
const last: { readonly values: Value[]; readonly starts: number[]; readonly ends: number[] } = {
  values: [],
  starts: [],
  ends: [],
}

/** Writes a row and returns where it ends. */
function write(table: CheckedTable, values: readonly Value[]): number {
  const names = NAMES[table]
  const isLikeLast = table === lastTable
  // Whatever goes wrong in between, what is there then is taken for nothing.
  lastTable = null
  let at = 0
  for (let index = 0; index < names.length; index++) {
    const value = values[index] ?? null
    const name = names[index]
    if (value !== null && name !== undefined) {
      const isThere = isLikeLast && last.values[index] === value && last.starts[index] === at
      last.starts[index] = at
      at = isThere ? (last.ends[index] as number) : writeColumn(name, value, at)
      last.ends[index] = at
    }
    last.values[index] = value
  }
  lastTable = table
  return at
}

function writeColumn(name: ColumnName, value: string | bigint, start: number): number {
  if (typeof value === 'string') {
    reserve(start, value.length * UTF8_BYTES_MAX)
    const at = writeNumber(value.length, writeBytes(name.beforeText, start))
    written[at] = QUOTE
    return writeText(value, at + 1)
  }
  reserve(start, 0)
  const at = writeInteger(value, writeBytes(name.beforeNumber, start))
  written[at] = SEMICOLON
  return at + 1
}

function reserve(at: number, bytes: number): void {
  if (written.length - at >= bytes + MARGIN_BYTES) return
  const grown = Buffer.alloc((at + bytes + MARGIN_BYTES) * 2, ' ')
  written.copy(grown, 0, 0, at)
  written = grown
}

function writeBytes(bytes: Buffer, start: number): number {
  for (let index = 0; index < bytes.length; index++) written[start + index] = bytes[index] as number
  return start + bytes.length
}

function writeText(text: string, start: number): number {
  if (text.length > SHORT) return start + written.write(text, start)
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code > 0x7f) return start + written.write(text, start)
    written[start + index] = code
  }
  return start + text.length
}

/** Nearly every number of a row is exact as a double, and its digits are found without a text. */
function writeInteger(value: bigint, start: number): number {
  const number = Number(value)
  return Number.isSafeInteger(number) && number >= 0 ? writeNumber(number, start) : writeText(value.toString(), start)
}

function writeNumber(value: number, start: number): number {
  let end = start + 1
  for (let bound = 10; value >= bound; bound *= 10) end += 1
  let rest = value
  for (let at = end - 1; at >= start; at--) {
    const digit = rest % 10
    written[at] = ZERO + digit
    rest = (rest - digit) / 10
  }
  return end
}
