import { excerpt } from '../base/errors.ts'
import { shortText, SHORT_BYTES_MAX } from './short-text.ts'

/**
 * Where the values of a JSON text lie: four numbers a row. A container's contents follow its own row; in an object each key
 * has a row, and the next one is its value's. A row whose last byte is 0 was still being read when a fault was found.
 */
export type JsonTable = readonly number[]

export const ROW_LENGTH = 4
/** What stands in a row behind the offset of the first byte: the offset behind the last byte, */
export const END = 1
/** the row behind the last row inside, */
export const BEHIND = 2
/** and how many bytes longer a string is written than what it says, for its escapes. */
export const SAVED = 3

const KEY_BYTES_READ = 1_024
export const BRACE_OPEN = 0x7b
export const BRACKET_OPEN = 0x5b

export type JsonKind = 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null'

const KINDS: readonly (readonly [firstBytes: string, kind: JsonKind])[] = [
  ['{', 'object'],
  ['[', 'array'],
  ['"', 'string'],
  ['-0123456789', 'number'],
  ['tf', 'boolean'],
  ['n', 'null'],
]
const KIND_OF_BYTE: readonly (JsonKind | undefined)[] = Array.from({ length: 256 }, (_, byte) => {
  return KINDS.find(([firstBytes]) => firstBytes.includes(String.fromCharCode(byte)))?.[1]
})

/** The kind of value that starts with this byte, which is all it takes to tell. */
export function kindOfByte(byte: number): JsonKind | undefined {
  return KIND_OF_BYTE[byte]
}

/** The JSON pointer (RFC 6901) of the innermost value at a byte; works on a table that is still being filled. */
export function pointerAt(bytes: Buffer, table: JsonTable, offset: number): string {
  let pointer = ''
  for (let found = childAt(bytes, table, { row: 0, offset }); found !== null;) {
    pointer += `/${found.name}`
    found = found.row === null ? null : childAt(bytes, table, { row: found.row, offset })
  }
  return pointer
}

/** The member or item at a byte. Its row is null where only its key has been read. */
type Child = { readonly name: string; readonly row: number | null }

function childAt(bytes: Buffer, table: JsonTable, place: { row: number; offset: number }): Child | null {
  const opener = bytes[cell(table, place.row)]
  if (opener !== BRACE_OPEN && opener !== BRACKET_OPEN) return null
  const isObject = opener === BRACE_OPEN
  const behind = cell(table, place.row + BEHIND) || table.length
  let index = 0
  for (let row = place.row + ROW_LENGTH; row < behind; index += 1) {
    const valueRow = isObject ? row + ROW_LENGTH : row
    if (place.offset < cell(table, row)) return null
    const end = cell(table, valueRow + END) || Infinity
    if (place.offset < end) return child(bytes, table, { keyRow: isObject ? row : null, valueRow, index })
    row = cell(table, valueRow + BEHIND)
  }
  return null
}

function child(
  bytes: Buffer,
  table: JsonTable,
  at: { keyRow: number | null; valueRow: number; index: number },
): Child | null {
  if (at.keyRow === null) return { name: String(at.index), row: at.valueRow }
  if (cell(table, at.keyRow + END) === 0) return null
  const name = pointerSegment(keyText(bytes, table, at.keyRow))
  return { name, row: at.valueRow < table.length ? at.valueRow : null }
}

/** Of a key that is longer than a pointer shows, the beginning as it was written will do. */
function keyText(bytes: Buffer, table: JsonTable, row: number): string {
  const start = cell(table, row)
  return cell(table, row + END) - start > KEY_BYTES_READ
    ? bytes.toString('utf8', start + 1, start + KEY_BYTES_READ)
    : textAt(bytes, table, row)
}

/** What the string in a row says. */
export function textAt(bytes: Buffer, table: JsonTable, row: number): string {
  const start = cell(table, row)
  const end = cell(table, row + END)
  if (cell(table, row + SAVED) > 0) return JSON.parse(bytes.toString('utf8', start, end)) as string
  return end - start - 2 > SHORT_BYTES_MAX
    ? bytes.toString('utf8', start + 1, end - 1)
    : shortText(bytes, start + 1, end - 1)
}

/** A key as a part of a pointer, shortened like all that is echoed. */
export function pointerSegment(key: string): string {
  return excerpt(key).replaceAll('~', '~0').replaceAll('/', '~1')
}

/** A number of the table; the rows that are asked for exist. */
function cell(table: JsonTable, index: number): number {
  return table[index] as number
}
