/** Growth and shares as league tables tell them, rounded to one decimal. */

/** How many times as much: 59.98 million against 1.73 million is 34.7. Null where it was nothing before. */
export function multiple(later: number, earlier: number): number | null {
  return earlier === 0 ? null : rounded(later / earlier)
}

/** A part of a whole in percent: 2,100 of 2,500 is 84. Null of nothing. */
export function share(part: number, whole: number): number | null {
  return whole === 0 ? null : rounded((part / whole) * 100)
}

function rounded(value: number): number {
  return Number(value.toFixed(1))
}
