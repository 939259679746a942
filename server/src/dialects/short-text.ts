/** Short texts as strings. Names, roles and types come with every request: one that was made before is not made again. */

export const SHORT_BYTES_MAX = 24

/** Texts in ASCII, each at the place that a few of its bytes make; who comes later to a place takes it over. */
const PLACES = 1_024
const known: string[] = Array.from({ length: PLACES }, () => '')

/** What these bytes of UTF-8 say; they are at most SHORT_BYTES_MAX. */
export function shortText(bytes: Buffer, start: number, end: number): string {
  const length = end - start
  if (length === 0) return ''
  const place = placeOf(bytes, start, end)
  const before = known[place] as string
  if (before.length === length && isAt(bytes, start, before)) return before
  const text = bytes.toString('utf8', start, end)
  // As long as its bytes: it is ASCII, and can be compared with bytes.
  if (text.length === length) known[place] = text
  return text
}

function placeOf(bytes: Buffer, start: number, end: number): number {
  const [first, middle, last] = [bytes[start], bytes[(start + end) >> 1], bytes[end - 1]] as [number, number, number]
  return (first * 5 + middle * 31 + last * 131 + (end - start) * 17) & (PLACES - 1)
}

/** Whether this ASCII text stands there. */
export function isAt(bytes: Uint8Array, start: number, text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (bytes[start + index] !== text.charCodeAt(index)) return false
  }
  return true
}
