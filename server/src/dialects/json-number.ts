const ZERO = 0x30
const NINE = 0x39
/** So many digits are below 2^53. */
const EXACT_DIGITS_MAX = 15

/** A checked JSON number as the nearest double. Whole ones, as nearly all are, are added up without a string in between. */
export function numberAt(bytes: Buffer, start: number, end: number): number {
  let sum = 0
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] as number
    if (byte < ZERO || byte > NINE || end - start > EXACT_DIGITS_MAX)
      return Number(bytes.toString('latin1', start, end))
    sum = sum * 10 + byte - ZERO
  }
  return sum
}
