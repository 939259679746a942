import { byteSet, endOfRun } from './byte-run.ts'

/** JSON strings as bytes: what may stand in them, what they say, and how long that is. Offsets are of the quotes. */

export const QUOTE = 0x22
export const BACKSLASH = 0x5c
const LETTER_U = 0x75

/** The bytes that stand for themselves in a string: all but the quote, the backslash and control characters. */
const PLAIN_TEXT = new Uint8Array(256).fill(1, 0x20)
PLAIN_TEXT[QUOTE] = 0
PLAIN_TEXT[BACKSLASH] = 0

/** What may follow a backslash beside u. */
export const SHORT_ESCAPE = byteSet('"\\/bfnrt')

const HEX_VALUE = new Int8Array(256).fill(-1)
for (let value = 0; value < 16; value += 1) {
  const digit = value.toString(16)
  HEX_VALUE[digit.charCodeAt(0)] = value
  HEX_VALUE[digit.toUpperCase().charCodeAt(0)] = value
}

/** The number of the \uXXXX escape that starts at `at`; negative where there is none. */
export function escapedCodeUnit(bytes: Uint8Array, at: number): number {
  if (at + 6 > bytes.length || bytes[at] !== BACKSLASH || bytes[at + 1] !== LETTER_U) return -1
  return (hex(bytes, at + 2) << 12) | (hex(bytes, at + 3) << 8) | (hex(bytes, at + 4) << 4) | hex(bytes, at + 5)
}

/** -1 has every bit set, so one bad digit makes the whole number negative. */
function hex(bytes: Uint8Array, at: number): number {
  return HEX_VALUE[bytes[at] as number] as number
}

/** What a checked string says. */
export function stringText(bytes: Buffer, start: number, end: number): string {
  const text = bytes.toString('utf8', start + 1, end - 1)
  return text.includes('\\') ? (JSON.parse(`"${text}"`) as string) : text
}

/** How many bytes of UTF-8 a checked string says: escapes count as what they stand for. */
export function stringByteLength(bytes: Buffer, start: number, end: number): number {
  let length = end - start - 2
  let at = endOfPlainText(bytes, start + 1)
  while (at < end - 1) {
    const isShort = bytes[at + 1] !== LETTER_U
    length -= isShort ? 1 : 6 - utf8Length(escapedCodeUnit(bytes, at))
    at = endOfPlainText(bytes, at + (isShort ? 2 : 6))
  }
  return length
}

/** The offset of the first byte that ends a string or begins an escape. Escapes in a row are common, so one byte is looked at first. */
export function endOfPlainText(bytes: Uint8Array, at: number): number {
  return PLAIN_TEXT[bytes[at] ?? 0] === 1 ? endOfRun(bytes, at + 1, PLAIN_TEXT) : at
}

/** Half of a surrogate pair counts as half of its four bytes. */
function utf8Length(codeUnit: number): number {
  if (codeUnit < 0x80) return 1
  return codeUnit < 0x800 || (codeUnit >= 0xd800 && codeUnit <= 0xdfff) ? 2 : 3
}
