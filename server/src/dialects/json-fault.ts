import { excerpt } from '../base/errors.ts'
import { byteSet, endOfRun } from './byte-run.ts'

/** What to say about bytes that are not JSON: the line and column, the token that is wrong, and how to write it right. */

const WORD = byteSet('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_$+-.')
const TOKEN_LENGTH_MAX = 64
const COUNTED_BYTES_MAX = 1024 * 1024

/** The first pattern that fits names the mistake. Patterns see the token with the character before it that is no space. */
const HINTS: readonly (readonly [mistake: RegExp, hint: string])[] = [
  [/^,[}\]]$/, 'Remove the comma before it.'],
  [/^.?[+-]?(NaN|Infinity|inf|nan|undefined)$/, 'JSON has no such value: write null, or leave the field out.'],
  [/^.?(None|True|False|TRUE|FALSE|NULL)$/, 'JSON writes null, true and false in small letters.'],
  [/^.?(\/|#)$/, 'JSON has no comments.'],
  [/^.?'$/, 'JSON puts strings and keys in double quotes.'],
  [
    /^[:,[]?[+-]?\.?\d/,
    'A JSON number has no plus sign and no leading zeros, and digits on both sides of its point: 10, 0.5, -1e6.',
  ],
  // oxlint-disable-next-line no-control-regex -- NUL is what betrays UTF-16.
  [/^.?\0$/, 'Is this UTF-16? Send UTF-8.'],
  [/^.?[\n\r\t]$/, 'In a string write line breaks and tabs as \\n, \\r and \\t.'],
]

/** One or two sentences about the bytes at `at`, where `expected` should have stood. */
export function notJsonMessage(bytes: Buffer, at: number, expected: string): string {
  const place = placeOf(bytes, at)
  if (at >= bytes.length) return `${place}: the JSON ends where ${expected} should be. Was it cut off?`
  const token = tokenAt(bytes, at)
  const hint =
    HINTS.find(([mistake]) => mistake.test(before(bytes, at) + token))?.[1] ?? 'Make the body with a JSON library.'
  return `${place}: ${shown(token)} is not JSON here, where ${expected} should be. ${hint}`
}

/** "Line 3, column 17", counted from 1 as editors count. Far behind a byte's offset is as good, and takes no counting. */
function placeOf(bytes: Buffer, at: number): string {
  if (at > COUNTED_BYTES_MAX) return `Byte ${at}`
  const lines = bytes.toString('utf8', 0, at).split('\n')
  return `Line ${lines.length}, column ${(lines.at(-1) ?? '').length + 1}`
}

/** The word or the single character at an offset. */
function tokenAt(bytes: Buffer, at: number): string {
  const near = bytes.subarray(at, at + TOKEN_LENGTH_MAX)
  const wordEnd = endOfRun(near, 0, WORD)
  if (wordEnd > 0) return near.toString('latin1', 0, wordEnd)
  return String.fromCodePoint(near.toString('utf8', 0, 4).codePointAt(0) ?? 0)
}

function before(bytes: Buffer, at: number): string {
  return bytes
    .toString('latin1', Math.max(0, at - TOKEN_LENGTH_MAX), at)
    .trimEnd()
    .slice(-1)
}

function shown(token: string): string {
  const codePoint = token.codePointAt(0) ?? 0
  const isPrintable = excerpt(token) === token
  return isPrintable ? token : `U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`
}
