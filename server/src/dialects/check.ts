import type { ErrorCode } from '@paddock/contract/errors'
import { excerpt, PaddockError } from '../base/errors.ts'
import type { JsonKind } from './json-table.ts'
import type { JsonValue } from './json-text.ts'

/** Checks of single values. Each throws an error that says which field, what it must be, and what it is. */

/** An error about a value, with its place. The message begins with the field's name: `refuse('type', value, 'must be a list')`. */
export function refuse(code: ErrorCode, value: JsonValue, problem: string): PaddockError {
  const { pointer } = value
  return new PaddockError(code, { message: `${fieldName(pointer)} ${problem}`, param: pointer })
}

/** An error about a member that is not there. */
export function refuseAbsent(
  code: ErrorCode,
  object: JsonValue,
  missing: { name: string; advice: string },
): PaddockError {
  const param = object.pointerOf(missing.name)
  return new PaddockError(code, { message: `${fieldName(param)} is missing. ${missing.advice}`, param })
}

/** "/messages/3/content/0/type" as it is written in code: messages[3].content[0].type */
function fieldName(pointer: string): string {
  const name = pointer
    .replace(/\/(\d+)(?=\/|$)/g, '[$1]')
    .replaceAll('/', '.')
    .replace(/^\./, '')
  return name === '' ? 'The body' : name.replaceAll('~1', '/').replaceAll('~0', '~')
}

const NOUNS: Readonly<Record<JsonKind, string>> = {
  object: 'an object',
  array: 'an array',
  string: 'a string',
  number: 'a number',
  boolean: 'true or false',
  null: 'null',
}

/** How a value looks, in few words: the string "0.7", an array, null. */
export function describe(value: JsonValue): string {
  const { kind } = value
  if (kind === 'object' || kind === 'array') return NOUNS[kind]
  const written = value.raw.toString('utf8', 0, 256)
  return kind === 'string' ? `the string ${excerpt(written)}` : excerpt(written)
}

/** Checks the kind; `wanted` names it where a noun alone would not help. */
export function needKind(value: JsonValue, kinds: JsonKind | readonly JsonKind[], wanted?: string): void {
  const { kind } = value
  if (typeof kinds === 'string' ? kinds === kind : kinds.includes(kind)) return
  const allowed = typeof kinds === 'string' ? [kinds] : kinds
  throw refuse(
    'type',
    value,
    `must be ${wanted ?? allowed.map((each) => NOUNS[each]).join(' or ')}; got ${describe(value)}.`,
  )
}

export function needMember(object: JsonValue, name: string, advice: string): JsonValue {
  const value = object.member(name)
  if (value === undefined) throw refuseAbsent('field_missing', object, { name, advice })
  return value
}

/** One unit of a text is written with so many bytes at most, as \u0000: what has more need not be decoded to be too long. */
const ESCAPED_LENGTH_MAX = 6

/** A string of at most so many characters, counted in units of UTF-16. */
export function needTextUpTo(value: JsonValue, lengthMax: number): string {
  needKind(value, 'string')
  const isFarLonger = value.end - value.start > lengthMax * ESCAPED_LENGTH_MAX + 2
  const text = isFarLonger ? null : value.text()
  if (text !== null && text.length <= lengthMax) return text
  throw refuse('too_long', value, `may have ${lengthMax} characters; this one has ${text?.length ?? 'many more'}.`)
}

/** The same, and not an empty one. */
export function needText(value: JsonValue, lengthMax = Infinity): string {
  const text = needTextUpTo(value, lengthMax)
  if (text === '') throw refuse('out_of_range', value, 'must not be empty.')
  return text
}

export type Range = { readonly min: number; readonly max: number }

export function needNumber(value: JsonValue, range: Range): void {
  needWithin(value, range, numberWanted)
}

export function needWholeNumber(value: JsonValue, range: Range): number {
  const number = needWithin(value, range, wholeNumberWanted)
  if (!Number.isInteger(number))
    throw refuse('type', value, `must be ${wholeNumberWanted(range)}; got ${describe(value)}.`)
  return number
}

function numberWanted({ min, max }: Range): string {
  return `a number from ${min} to ${max}`
}

function wholeNumberWanted({ min, max }: Range): string {
  return max === Infinity ? `a whole number of at least ${min}` : `a whole number from ${min} to ${max}`
}

/** What is wanted is put into words only where something else came. */
function needWithin(value: JsonValue, range: Range, wanted: (range: Range) => string): number {
  if (value.kind !== 'number') needKind(value, 'number', wanted(range))
  const number = value.number()
  if (!(number >= range.min && number <= range.max))
    throw refuse('out_of_range', value, `must be ${wanted(range)}; got ${describe(value)}.`)
  return number
}

export function needOneOf(value: JsonValue, known: readonly string[]): string {
  const text = needText(value)
  if (known.includes(text)) return text
  throw refuse('value_unknown', value, `must be ${known.join(', ')}; got ${describe(value)}.`)
}

/** A name that goes into a provider's code or a schema. */
export function needName(value: JsonValue, code: ErrorCode): string {
  needKind(value, 'string')
  const name = value.text()
  if (/^[a-zA-Z0-9_-]{1,64}$/.test(name)) return name
  throw refuse(code, value, `must be 1 to 64 letters, digits, "_" or "-"; got ${describe(value)}.`)
}

/** Keys that reach into every object of a program that copies them carelessly. */
const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

/** Refuses those keys in an object that is ours to read. Schemas of tools may have them: they are only passed on. */
export function needKeyAllowed(key: string, value: JsonValue): void {
  if (FORBIDDEN_KEYS.has(key)) throw refuse('key_forbidden', value, 'is a name no field may have. Choose another key.')
}
