import { isUtf8 } from 'node:buffer'
import { PaddockError } from '../base/errors.ts'
import { scanJson, type JsonRules } from './json-scan.ts'
import {
  BEHIND,
  BRACE_OPEN,
  BRACKET_OPEN,
  END,
  kindOfByte,
  pointerAt,
  pointerSegment,
  ROW_LENGTH,
  SAVED,
  textAt,
  type JsonKind,
  type JsonTable,
} from './json-table.ts'
import { numberAt } from './json-number.ts'
import { isAt } from './short-text.ts'
import { notUtf8Message } from './utf8.ts'

/** JSON kept as its bytes: checked whole, read only where asked, changed only where told. */

/** For bodies of callers. A chat of 20,000 messages fits; what is deeper or more is an attack or a mistake. */
export const CALLER_JSON: JsonRules = { depthMax: 64, itemsMax: 20_000, nodesMax: 200_000, strict: true }

/**
 * For answers of providers. Log probabilities make long ones, and their quirks (half an emoji in a chunk, a key sent
 * twice) are the caller's reader's to judge, because the bytes pass through.
 */
export const PROVIDER_JSON: JsonRules = { depthMax: 512, itemsMax: 2_000_000, nodesMax: 2_000_000, strict: false }

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf] as const

/** Checks UTF-8 and JSON. Throws encoding_invalid and what `scanJson` throws. A byte order mark in front is dropped. */
export function readJson(body: Uint8Array, rules: JsonRules = CALLER_JSON): JsonText {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  if (!isUtf8(bytes)) throw new PaddockError('encoding_invalid', { message: notUtf8Message(bytes) })
  const text = isMarked(bytes) ? bytes.subarray(BYTE_ORDER_MARK.length) : bytes
  return new JsonText(text, scanJson(text, rules))
}

function isMarked(bytes: Uint8Array): boolean {
  return bytes[0] === BYTE_ORDER_MARK[0] && bytes[1] === BYTE_ORDER_MARK[1] && bytes[2] === BYTE_ORDER_MARK[2]
}

export class JsonText {
  readonly bytes: Buffer
  readonly root: JsonValue
  private readonly table: JsonTable

  constructor(bytes: Buffer, table: JsonTable) {
    this.bytes = bytes
    this.table = table
    this.root = new JsonValue(this, 0)
  }

  /** A number of the table: see JsonTable. */
  cell(index: number): number {
    return this.table[index] as number
  }

  pointerAt(offset: number): string {
    return pointerAt(this.bytes, this.table, offset)
  }

  /** What the string in this row says. */
  textAt(row: number): string {
    return textAt(this.bytes, this.table, row)
  }

  /** The row of the last member with this ASCII name of the object in a row; 0 where there is none, or no object. */
  memberRow(row: number, name: string): number {
    const { bytes, table } = this
    if (bytes[table[row] as number] !== BRACE_OPEN) return 0
    const behind = table[row + BEHIND] as number
    const quotedLength = name.length + 2
    let found = 0
    let keyRow = row + ROW_LENGTH
    while (keyRow < behind) {
      const start = table[keyRow] as number
      const saved = table[keyRow + SAVED] as number
      const valueRow = keyRow + ROW_LENGTH
      if ((table[keyRow + END] as number) - start - saved === quotedLength) {
        if (saved > 0 ? this.textAt(keyRow) === name : isAt(bytes, start + 1, name)) found = valueRow
      }
      keyRow = table[valueRow + BEHIND] as number
    }
    return found
  }
}

export type JsonMember = { readonly key: string; readonly value: JsonValue }

const NO_ELEMENTS: readonly JsonValue[] = []

/** One value inside of a text: a view, nothing is copied. */
export class JsonValue {
  private readonly json: JsonText
  private readonly row: number

  constructor(json: JsonText, row: number) {
    this.json = json
    this.row = row
  }

  /** The offset of the first byte. */
  get start(): number {
    return this.json.cell(this.row)
  }

  /** The offset behind the last byte. */
  get end(): number {
    return this.json.cell(this.row + END)
  }

  /** How many bytes the escapes of a string are longer than what they stand for. */
  private get saved(): number {
    return this.json.cell(this.row + SAVED)
  }

  get kind(): JsonKind {
    return kindOfByte(this.json.bytes[this.start] as number) as JsonKind
  }

  private opensWith(byte: number): boolean {
    return this.json.bytes[this.start] === byte
  }

  /** The value as it was written: for a number, every digit of it. */
  get raw(): Buffer {
    return this.json.bytes.subarray(this.start, this.end)
  }

  /** Where this value is, for an error's `param`. */
  get pointer(): string {
    return this.json.pointerAt(this.start)
  }

  /** What a string says. */
  text(): string {
    return this.json.textAt(this.row)
  }

  /** What a string says, as UTF-8; not copied unless it has escapes. */
  textBytes(): Buffer {
    return this.saved > 0 ? Buffer.from(this.text()) : this.json.bytes.subarray(this.start + 1, this.end - 1)
  }

  /** How many bytes of UTF-8 a string says. */
  textByteLength(): number {
    return this.end - this.start - 2 - this.saved
  }

  /** A number as the nearest double; `raw` has it exactly. */
  number(): number {
    return numberAt(this.json.bytes, this.start, this.end)
  }

  isTrue(): boolean {
    return this.end - this.start === 4 && this.kind === 'boolean'
  }

  /** The pointer of a member that is or should be in this object. */
  pointerOf(name: string): string {
    return `${this.pointer}/${pointerSegment(name)}`
  }

  /** The value of a key with an ASCII name; undefined where it is absent, and where this is no object. The last one wins. */
  member(name: string): JsonValue | undefined {
    const row = this.json.memberRow(this.row, name)
    return row === 0 ? undefined : new JsonValue(this.json, row)
  }

  /** All members of an object, in order; none where this is no object. */
  members(): readonly JsonMember[] {
    const members: JsonMember[] = []
    this.eachMember((key, value) => members.push({ key, value }))
    return members
  }

  /** The same one by one, for what is done with every request. */
  eachMember(visit: (key: string, value: JsonValue) => void): void {
    if (!this.opensWith(BRACE_OPEN)) return
    const behind = this.json.cell(this.row + BEHIND)
    for (let keyRow = this.row + ROW_LENGTH; keyRow < behind; keyRow = this.json.cell(keyRow + ROW_LENGTH + BEHIND)) {
      visit(this.json.textAt(keyRow), new JsonValue(this.json, keyRow + ROW_LENGTH))
    }
  }

  /** The same for the items of an array. */
  eachElement(visit: (item: JsonValue) => void): void {
    if (!this.opensWith(BRACKET_OPEN)) return
    const behind = this.json.cell(this.row + BEHIND)
    for (let row = this.row + ROW_LENGTH; row < behind; row = this.json.cell(row + BEHIND))
      visit(new JsonValue(this.json, row))
  }

  /** The bytes of a member together with one comma: without them, the object is as if the member had never been in it. */
  memberExtent(name: string): { readonly from: number; readonly to: number } | undefined {
    const members = this.rowsOfMembers()
    const index = members.indexOf(this.json.memberRow(this.row, name) - ROW_LENGTH)
    const [before, keyRow, after] = [members[index - 1], members[index], members[index + 1]]
    if (keyRow === undefined) return undefined
    const end = this.json.cell(keyRow + ROW_LENGTH + END)
    if (before !== undefined) return { from: this.json.cell(before + ROW_LENGTH + END), to: end }
    return { from: this.json.cell(keyRow), to: after === undefined ? end : this.json.cell(after) }
  }

  /** The same for several members: stretches that do not touch, however the members lie. */
  memberExtents(names: ReadonlySet<string>): readonly { readonly from: number; readonly to: number }[] {
    const members = this.members()
    const keyRows = this.rowsOfMembers()
    const goes = members.map(({ key }) => names.has(key))
    const extents: { from: number; to: number }[] = []
    for (let first = goes.indexOf(true); first !== -1;) {
      const stays = goes.indexOf(false, first)
      const behind = stays === -1 ? goes.length : stays
      const end = members[behind - 1]?.value.end ?? 0
      const before = members[first - 1]
      const next = keyRows[behind]
      if (before !== undefined) extents.push({ from: before.value.end, to: end })
      else extents.push({ from: this.json.cell(keyRows[0] ?? 0), to: next === undefined ? end : this.json.cell(next) })
      first = goes.indexOf(true, behind)
    }
    return extents
  }

  /** All items of an array, in order; none where this is no array. */
  elements(): readonly JsonValue[] {
    if (!this.opensWith(BRACKET_OPEN)) return NO_ELEMENTS
    const elements: JsonValue[] = []
    this.eachElement((item) => elements.push(item))
    return elements
  }

  /** How many items an array has; none where this is no array. */
  elementCount(): number {
    let count = 0
    this.eachElement(() => {
      count += 1
    })
    return count
  }

  /** The rows of the keys. */
  private rowsOfMembers(): readonly number[] {
    const rows: number[] = []
    if (!this.opensWith(BRACE_OPEN)) return rows
    const behind = this.json.cell(this.row + BEHIND)
    for (let row = this.row + ROW_LENGTH; row < behind; row = this.json.cell(row + ROW_LENGTH + BEHIND)) rows.push(row)
    return rows
  }
}

/** What a string says; null where there is none. */
export function textOrNull(value: JsonValue | undefined): string | null {
  return value?.kind === 'string' ? value.text() : null
}
