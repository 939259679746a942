/** What charts are painted from. Pure: tested without a browser. */

export type Series = {
  /** Null: everything else together. */
  readonly name: string | null
  readonly label: string
  /** One for each instant; null where there is nothing to know, which is not zero. */
  readonly values: readonly (number | null)[]
  /** Another look for what is not measured: a bill that would have been. */
  readonly dashed?: boolean
}

/** Adds each series to those before it, so that areas lie on each other. What is not known counts as nothing here. */
export function stack(series: readonly Series[]): (number | null)[][] {
  const sums = Array.from(series[0]?.values ?? [], () => 0)
  return series.map(({ values }) => values.map((value, at) => (sums[at] = (sums[at] ?? 0) + (value ?? 0))))
}
