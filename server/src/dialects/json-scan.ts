import { PaddockError } from '../base/errors.ts'
import type { ErrorCode } from '@paddock/contract/errors'
import { byteSet, endOfRun } from './byte-run.ts'
import { notJsonMessage } from './json-fault.ts'
import {
  BACKSLASH,
  endOfPlainBytes,
  endOfPlainText,
  escapedCodeUnit,
  QUOTE,
  SHORT_ESCAPE,
  utf8Length,
} from './json-string.ts'
import {
  BEHIND,
  BRACE_OPEN,
  BRACKET_OPEN,
  END,
  kindOfByte,
  pointerAt,
  ROW_LENGTH,
  SAVED,
  textAt,
  type JsonTable,
} from './json-table.ts'

/**
 * Checks JSON (RFC 8259) from strangers in one pass over its bytes, without recursion, and notes where every value lies.
 * Nothing is built and nothing is rounded: what nobody looks at costs nothing, and leaves as it came.
 */

export type JsonRules = {
  readonly depthMax: number
  /** Items of one array, or members of one object. */
  readonly itemsMax: number
  /** Keys and values of the whole text. */
  readonly nodesMax: number
  /** Refuse keys that come twice and halves of surrogate pairs, which two readers would understand in two ways. */
  readonly strict: boolean
}

/**
 * Scans UTF-8 that holds one object and nothing else. Throws body_empty, type, json_invalid, json_too_deep,
 * json_too_many_items, and when strict json_duplicate_key and text_invalid.
 */
export function scanJson(bytes: Buffer, rules: JsonRules): JsonTable {
  return new Scanner(bytes, rules).scan()
}

/** A container that is being read. */
type Open = {
  row: number
  /** The byte that ends it. */
  closer: number
  /** How many items or members stand before the present one. */
  count: number
  /** The keys so far, once they are too many to be compared one by one. */
  keys: Set<string> | null
}

const COMMA = 0x2c
const MINUS = 0x2d
const PLUS = 0x2b
const POINT = 0x2e
const COLON = 0x3a
const ZERO = 0x30
const BRACKET_CLOSE = 0x5d
const BRACE_CLOSE = 0x7d
const SMALL_E = 0x65
const LARGE_E = 0x45
const SMALL_F = 0x66
const SMALL_N = 0x6e
const SMALL_T = 0x74

const SPACE = byteSet(' \t\r\n')
const SPACE_MAX = 0x20
const NO_SPACE = 0xff
const DIGIT = byteSet('0123456789')

const CODE_UNIT_MAX = 0xffff

/** How many bytes of a string are looked at one by one, until there is a long one in a text: keys and most of the others end within. */
const NEAR_BYTES = 16

/** Up to so many keys are compared one by one, which costs less than a set. */
const COMPARED_KEYS_MAX = 8

/**
 * The table is written here and copied when it is whole: an array that grows row by row is copied again and again, and a
 * number is written faster over another one than behind the last.
 */
let draft: number[] = []
const DRAFT_GROWTH = 1_024
/** After a text with more rows the draft is given up, so that it does not keep the room of the largest one. */
const DRAFT_ROWS_MAX = 30_000

/** The containers around the present value, one for each depth. They are used again: a conversation has hundreds. */
let places: Open[] = []

class Scanner {
  private readonly bytes: Buffer
  private readonly rules: JsonRules
  private readonly table = draft
  /** How much of the draft is this text's. */
  private length = 0
  /** How many containers are around the present value. */
  private depth = 0
  private at = 0
  private escapedKeys = false
  /** The bytes four at a time; null until there is a string for which that pays. */
  private words: DataView | null = null

  constructor(bytes: Buffer, rules: JsonRules) {
    this.bytes = bytes
    this.rules = rules
  }

  scan(): JsonTable {
    this.skipSpace()
    this.expectObject()
    let more = true
    while (more) more = this.readValue() || this.goOn()
    this.skipSpace()
    if (this.at < this.bytes.length) throw this.notJson(this.at, 'the end')
    return this.finishTable()
  }

  /** Reads the value that starts here. True when it is a container that holds something, whose first value comes next. */
  private readValue(): boolean {
    const row = this.startRow()
    const byte = this.bytes[this.at]
    if (byte === QUOTE) this.readString(row)
    else if (byte === BRACE_OPEN || byte === BRACKET_OPEN) return this.enter(row, byte)
    else if (byte === SMALL_T) this.readWord('true')
    else if (byte === SMALL_F) this.readWord('false')
    else if (byte === SMALL_N) this.readWord('null')
    else this.readNumber()
    this.endRow(row)
    return false
  }

  private enter(row: number, opener: number): boolean {
    if (this.depth === this.rules.depthMax) throw this.tooDeep()
    const closer = opener === BRACE_OPEN ? BRACE_CLOSE : BRACKET_CLOSE
    const inside = this.placeFor(row, closer)
    this.depth += 1
    this.at += 1
    this.skipSpace()
    if (this.bytes[this.at] === closer) return false
    if (closer === BRACE_CLOSE) this.readKey(inside)
    return true
  }

  private placeFor(row: number, closer: number): Open {
    const place = places[this.depth]
    if (place === undefined) {
      const added: Open = { row, closer, count: 0, keys: null }
      places.push(added)
      return added
    }
    place.row = row
    place.closer = closer
    place.count = 0
    return place
  }

  /** After a value: over the ends of containers, and over one comma. True when another value comes next. */
  private goOn(): boolean {
    while (this.depth > 0) {
      const inside = places[this.depth - 1] as Open
      this.skipSpace()
      const byte = this.bytes[this.at]
      if (byte === COMMA) {
        this.startNext(inside)
        return true
      }
      if (byte !== inside.closer) throw this.notJson(this.at, isObject(inside) ? '"," or "}"' : '"," or "]"')
      this.at += 1
      this.endRow(inside.row)
      inside.keys = null
      this.depth -= 1
    }
    return false
  }

  private startNext(inside: Open): void {
    this.at += 1
    this.skipSpace()
    inside.count += 1
    if (inside.count === this.rules.itemsMax)
      throw this.tooMany(`${inside.count} ${isObject(inside) ? 'members in an object' : 'items in an array'}`)
    if (isObject(inside)) this.readKey(inside)
  }

  private readKey(inside: Open): void {
    if (this.bytes[this.at] !== QUOTE) throw this.notJson(this.at, 'a key in double quotes')
    const row = this.startRow()
    this.readString(row)
    this.endRow(row)
    if (this.cell(row + SAVED) > 0) this.escapedKeys = true
    if (this.rules.strict && this.repeatsKey(inside, row)) throw this.duplicateKey(row)
    this.skipSpace()
    if (this.bytes[this.at] !== COLON) throw this.notJson(this.at, '":"')
    this.at += 1
    this.skipSpace()
  }

  private repeatsKey(inside: Open, keyRow: number): boolean {
    if (inside.keys === null && !this.escapedKeys && inside.count < COMPARED_KEYS_MAX)
      return this.repeatsBytes(inside, keyRow)
    inside.keys ??= new Set(this.keysBefore(inside, keyRow))
    const known = inside.keys.size
    return inside.keys.add(this.textOf(keyRow)).size === known
  }

  private repeatsBytes(inside: Open, keyRow: number): boolean {
    for (let row = inside.row + ROW_LENGTH; row < keyRow; row = this.rowAfterMember(row)) {
      if (this.sameBytes(row, keyRow)) return true
    }
    return false
  }

  private keysBefore(inside: Open, keyRow: number): string[] {
    const keys: string[] = []
    for (let row = inside.row + ROW_LENGTH; row < keyRow; row = this.rowAfterMember(row)) keys.push(this.textOf(row))
    return keys
  }

  /** From the end: where many keys look alike, it is their beginnings that do. */
  private sameBytes(one: number, other: number): boolean {
    const start = this.cell(one)
    const end = this.cell(one + END)
    const shift = this.cell(other) - start
    if (end + shift !== this.cell(other + END)) return false
    let at = end - 1
    while (at > start && this.bytes[at] === this.bytes[at + shift]) at -= 1
    return at === start
  }

  /** Steps over the string that starts here, and notes how much shorter than its escapes is what they stand for. */
  private readString(row: number): void {
    const { bytes } = this
    const from = this.at + 1
    const near = Math.min(from + NEAR_BYTES, bytes.length)
    let at = endOfPlainBytes(bytes, from, near)
    if (at === near || bytes[at] === BACKSLASH) at = this.readLongString(row, at)
    if (bytes[at] !== QUOTE) throw this.notJson(at, 'more of a string or its closing quote')
    this.at = at + 1
  }

  private readLongString(row: number, from: number): number {
    const { bytes } = this
    const words = (this.words ??= new DataView(bytes.buffer, bytes.byteOffset, bytes.length))
    let saved = 0
    let at = endOfPlainText(bytes, words, from)
    while (bytes[at] === BACKSLASH) {
      if (SHORT_ESCAPE[bytes[at + 1] ?? 0] === 1) {
        saved += 1
        at += 2
      } else {
        const character = this.escapedCharacter(at)
        const length = character > CODE_UNIT_MAX ? 12 : 6
        saved += length - utf8Length(character)
        at += length
      }
      at = endOfPlainText(bytes, words, at)
    }
    this.table[row + SAVED] = saved
    return at
  }

  /** What is written as \uXXXX, or as two of these where halves of surrogate pairs must not stand alone. */
  private escapedCharacter(at: number): number {
    const unit = escapedCodeUnit(this.bytes, at)
    if (unit < 0) throw this.notJson(at, 'an escape such as \\n, \\\\ or \\u00e9')
    if (!this.rules.strict || unit < 0xd800 || unit > 0xdfff) return unit
    const low = unit < 0xdc00 ? escapedCodeUnit(this.bytes, at + 6) : -1
    if (low < 0xdc00 || low > 0xdfff) throw this.loneSurrogate(at)
    return 0x10000 + ((unit - 0xd800) << 10) + low - 0xdc00
  }

  private readWord(word: string): void {
    const start = this.at
    for (let index = 1; index < word.length; index += 1) {
      if (this.bytes[start + index] !== word.charCodeAt(index)) throw this.notJson(start, 'a value')
    }
    this.at = start + word.length
  }

  private readNumber(): void {
    const start = this.at
    const whole = this.bytes[start] === MINUS ? start + 1 : start
    let at = this.endOfDigits(whole)
    if (this.bytes[whole] === ZERO && at > whole + 1) throw this.notJson(start, 'a value')
    if (this.bytes[at] === POINT) at = this.endOfDigits(at + 1)
    if (this.bytes[at] === SMALL_E || this.bytes[at] === LARGE_E) {
      const sign = this.bytes[at + 1]
      at = this.endOfDigits(sign === PLUS || sign === MINUS ? at + 2 : at + 1)
    }
    this.at = at
  }

  private endOfDigits(at: number): number {
    const end = endOfRun(this.bytes, at, DIGIT)
    if (end === at) throw this.notJson(this.at, 'a value')
    return end
  }

  private skipSpace(): void {
    if ((this.bytes[this.at] ?? NO_SPACE) <= SPACE_MAX) this.at = endOfRun(this.bytes, this.at, SPACE)
  }

  private startRow(): number {
    const row = this.length
    if (row === this.table.length) this.growTable()
    this.table[row] = this.at
    this.table[row + END] = 0
    this.table[row + BEHIND] = 0
    this.table[row + SAVED] = 0
    this.length = row + ROW_LENGTH
    if (row === this.rules.nodesMax * ROW_LENGTH) throw this.tooMany(`${this.rules.nodesMax} keys and values in all`)
    return row
  }

  private growTable(): void {
    for (let cells = DRAFT_GROWTH * ROW_LENGTH; cells > 0; cells -= 1) this.table.push(0)
  }

  private endRow(row: number): void {
    this.table[row + END] = this.at
    this.table[row + BEHIND] = this.length
  }

  private finishTable(): JsonTable {
    const table = this.table.slice(0, this.length)
    if (this.length > DRAFT_ROWS_MAX * ROW_LENGTH) draft = []
    return table
  }

  private rowAfterMember(keyRow: number): number {
    return this.cell(keyRow + ROW_LENGTH + BEHIND)
  }

  private textOf(row: number): string {
    return textAt(this.bytes, this.table, row)
  }

  private cell(index: number): number {
    return this.table[index] as number
  }

  private expectObject(): void {
    const byte = this.bytes[this.at]
    if (byte === BRACE_OPEN) return
    if (byte === undefined) throw new PaddockError('body_empty', { message: 'The body is empty. Send a JSON object.' })
    const kind = kindOfByte(byte)
    if (kind === undefined) throw this.notJson(this.at, 'a JSON object')
    throw new PaddockError('type', { message: `The body must be a JSON object: expected object, got ${kind}.` })
  }

  private notJson(at: number, expected: string): PaddockError {
    return this.fault('json_invalid', at, notJsonMessage(this.bytes, at, expected))
  }

  private tooDeep(): PaddockError {
    return this.fault(
      'json_too_deep',
      this.at,
      `Arrays and objects may lie ${this.rules.depthMax} deep in one another. Flatten the body.`,
    )
  }

  private tooMany(limit: string): PaddockError {
    return this.fault('json_too_many_items', this.at, `The body may have ${limit}. Split the request.`)
  }

  private duplicateKey(row: number): PaddockError {
    return this.fault(
      'json_duplicate_key',
      this.cell(row),
      'This key comes twice in its object, and readers differ in which one they take. Send it once.',
    )
  }

  private loneSurrogate(at: number): PaddockError {
    const escape = this.bytes.toString('latin1', at, at + 6)
    return this.fault(
      'text_invalid',
      at,
      `${escape} is half of a surrogate pair and no character. Cut texts between characters, not inside of one.`,
    )
  }

  private fault(code: ErrorCode, at: number, message: string): PaddockError {
    places = []
    const param = pointerAt(this.bytes, this.finishTable(), at)
    return new PaddockError(code, param === '' ? { message } : { message, param })
  }
}

function isObject(inside: Open): boolean {
  return inside.closer === BRACE_CLOSE
}
