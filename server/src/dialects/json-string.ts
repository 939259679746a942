import { byteSet } from './byte-run.ts'

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

/**
 * The offset of the first byte that ends a string or begins an escape; `to` where there is none before.
 */
export function endOfPlainBytes(bytes: Uint8Array, from: number, to: number): number {
  let at = from
  while (at < to && PLAIN_TEXT[bytes[at] as number] === 1) at += 1
  return at
}

/** The same over long stretches, eight bytes at a time. `words` are the same bytes. */
export function endOfPlainText(bytes: Uint8Array, words: DataView, from: number): number {
  const last = bytes.length - 8
  let at = from
  while (at <= last) {
    const first = special(words.getInt32(at, true))
    if (first !== 0) return at + firstByte(first)
    const second = special(words.getInt32(at + 4, true))
    if (second !== 0) return at + 4 + firstByte(second)
    at += 8
  }
  return endOfPlainBytes(bytes, at, bytes.length)
}

/**
 * Of four bytes at once: the highest bit of each that is a quote, a backslash or a control character, and perhaps of some
 * behind it. A byte below another one borrows from the next when that is subtracted; only a quote and control characters
 * are below 0x21 once 0x02 is flipped, and only the backslash is below 1 once 0x5c is.
 */
function special(four: number): number {
  const quoteOrControl = (four ^ 0x02020202) - 0x21212121
  const backslash = (four ^ 0x5c5c5c5c) - 0x01010101
  return (quoteOrControl | backslash) & ~four & 0x80808080
}

/** Which of four bytes has the lowest bit that is set. */
function firstByte(bits: number): number {
  return (31 - Math.clz32(bits & -bits)) >> 3
}

/** How many bytes of UTF-8 a character takes. Half of a surrogate pair counts as half of the four bytes of a pair. */
export function utf8Length(character: number): number {
  if (character < 0x80) return 1
  if (character > 0xffff) return 4
  return character < 0x800 || (character >= 0xd800 && character <= 0xdfff) ? 2 : 3
}
