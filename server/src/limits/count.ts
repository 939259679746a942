const GROUPED = new Intl.NumberFormat('en')

/** A number as messages show it: 100,000. */
export function count(number: number): string {
  return GROUPED.format(number)
}
