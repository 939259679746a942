/** JSON that remembers where each value stands, and refuses the same key twice, which JSON.parse would swallow. */
import type { Path } from './problem.ts'

export type LocatedJson = {
  readonly value: unknown
  /** The line and column of the value at this path, or of the nearest one above it. */
  readonly place: (path: Path) => Place
  readonly faults: readonly Fault[]
}

type Place = { readonly line: number; readonly column: number }
type Fault = { readonly place: Place; readonly message: string }

type Offsets = ReadonlyMap<string | number, number>
type Cursor = {
  readonly text: string
  readonly placeOf: (offset: number) => Place
  at: number
  readonly offsets: WeakMap<object, Offsets>
  readonly faults: Fault[]
}

const DEPTH_MAX = 32
const BLANK = /[ \t\r\n]*/y
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
/** Every character but quotes, backslashes and control characters may stand in a text as it is. */
const STRING = /"[ !#-[\]-\u{10FFFF}]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[ !#-[\]-\u{10FFFF}]*)*"/uy
const WORDS = new Map<string, boolean | null>([
  ['true', true],
  ['false', false],
  ['null', null],
])

/** Reads the text. A syntax fault ends the reading: the value is then undefined. */
export function parseLocatedJson(text: string): LocatedJson {
  const cursor: Cursor = { text, placeOf: placer(text), at: 0, offsets: new WeakMap(), faults: [] }
  const value = readDocument(cursor)
  return {
    value,
    place: (path) => cursor.placeOf(offsetOf(cursor.offsets, value, path)),
    faults: cursor.faults,
  }
}

class SyntaxFault extends Error {}

function readDocument(cursor: Cursor): unknown {
  try {
    skip(cursor, BLANK)
    const value = readValue(cursor, 0)
    skip(cursor, BLANK)
    if (cursor.at < cursor.text.length) throw new SyntaxFault('nothing may follow the value')
    return value
  } catch (thrown) {
    if (!(thrown instanceof SyntaxFault)) throw thrown
    cursor.faults.push({ place: cursor.placeOf(cursor.at), message: `this is not JSON: ${thrown.message}` })
    return undefined
  }
}

function readValue(cursor: Cursor, depth: number): unknown {
  if (depth > DEPTH_MAX) throw new SyntaxFault(`more than ${DEPTH_MAX} levels`)
  const next = cursor.text[cursor.at]
  if (next === '{') return readObject(cursor, depth)
  if (next === '[') return readArray(cursor, depth)
  if (next === '"') return readString(cursor)
  const number = skip(cursor, NUMBER)
  if (number !== '') return Number(number)
  return readWord(cursor)
}

function readObject(cursor: Cursor, depth: number): Record<string, unknown> {
  const value: Record<string, unknown> = {}
  const offsets = new Map<string, number>()
  readItems(cursor, '}', () => {
    const start = cursor.at
    if (cursor.text[start] !== '"') throw new SyntaxFault('a key in quotes must stand here')
    const key = readString(cursor)
    if (key === '__proto__') throw new SyntaxFault('this key is not allowed')
    if (offsets.has(key))
      cursor.faults.push({ place: cursor.placeOf(start), message: `the key "${key}" is here twice` })
    expectSign(cursor, ':')
    offsets.set(key, cursor.at)
    value[key] = readValue(cursor, depth + 1)
  })
  cursor.offsets.set(value, offsets)
  return value
}

function readArray(cursor: Cursor, depth: number): unknown[] {
  const value: unknown[] = []
  const offsets = new Map<number, number>()
  readItems(cursor, ']', () => {
    offsets.set(value.length, cursor.at)
    value.push(readValue(cursor, depth + 1))
  })
  cursor.offsets.set(value, offsets)
  return value
}

/** Reads from the opening bracket to the closing one, with commas between items. */
function readItems(cursor: Cursor, close: string, readItem: () => void): void {
  cursor.at += 1
  skip(cursor, BLANK)
  if (cursor.text[cursor.at] !== close) {
    readItem()
    skip(cursor, BLANK)
    while (cursor.text[cursor.at] === ',') {
      cursor.at += 1
      skip(cursor, BLANK)
      readItem()
      skip(cursor, BLANK)
    }
  }
  if (cursor.text[cursor.at] !== close) throw new SyntaxFault(`"," or "${close}" must stand here`)
  cursor.at += 1
}

function readString(cursor: Cursor): string {
  const quoted = skip(cursor, STRING)
  if (quoted === '') throw new SyntaxFault('this text has no end or holds a character that must be escaped')
  return quoted.includes('\\') ? (JSON.parse(quoted) as string) : quoted.slice(1, -1)
}

function readWord(cursor: Cursor): boolean | null {
  for (const [word, value] of WORDS) {
    if (!cursor.text.startsWith(word, cursor.at)) continue
    cursor.at += word.length
    return value
  }
  throw new SyntaxFault(cursor.at < cursor.text.length ? 'a value must stand here' : 'the file ends too early')
}

function expectSign(cursor: Cursor, sign: string): void {
  skip(cursor, BLANK)
  if (cursor.text[cursor.at] !== sign) throw new SyntaxFault(`"${sign}" must stand here`)
  cursor.at += 1
  skip(cursor, BLANK)
}

/** Moves past what the sticky pattern matches here, and returns it. */
function skip(cursor: Cursor, pattern: RegExp): string {
  pattern.lastIndex = cursor.at
  const found = pattern.exec(cursor.text)?.[0] ?? ''
  cursor.at += found.length
  return found
}

function offsetOf(offsets: WeakMap<object, Offsets>, root: unknown, path: Path): number {
  let offset = 0
  let value = root
  for (const key of path) {
    const next = typeof value === 'object' && value !== null ? offsets.get(value)?.get(key) : undefined
    if (next === undefined) return offset
    offset = next
    value = (value as Record<string | number, unknown>)[key]
  }
  return offset
}

/** Counts lines once, and then finds any offset in them. */
function placer(text: string): (offset: number) => Place {
  let starts: readonly number[] | undefined
  return (offset) => {
    starts ??= [0, ...[...text.matchAll(/\n/g)].map((end) => end.index + 1)]
    const line = starts.findLastIndex((start) => start <= offset)
    return { line: line + 1, column: offset - (starts[line] ?? 0) + 1 }
  }
}
