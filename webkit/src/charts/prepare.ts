/** What charts are painted from. Pure: tested without a browser. */

export type Series = {
  /** Null: everything else together. */
  readonly name: string | null
  readonly label: string
  /** One for each instant; null where there is nothing to know, which is not zero. */
  readonly values: readonly (number | null)[]
  /** Another look for what is not measured: a bill that would have been. */
  readonly dashed?: boolean
  /** Of the chart's colours, where it must not be found by its name: edges are painted as what they surround. */
  readonly colour?: number
  /** Of the line, in pixels; 1.75 if left out. */
  readonly width?: number
}

/** Adds each series to those before it, so that areas lie on each other. What is not known counts as nothing here. */
export function stack(series: readonly Series[]): (number | null)[][] {
  const sums = Array.from(series[0]?.values ?? [], () => 0)
  return series.map(({ values }) => values.map((value, at) => (sums[at] = (sums[at] ?? 0) + (value ?? 0))))
}

export type Label = { readonly x: number; readonly width: number }

const GAP = 10

/**
 * In which row each label is written so that none lies over another, from 0 at the top; null where no row has room. Labels begin at
 * their x, and end there where they would leave the chart. Earlier ones come first.
 */
export function labelRows(
  labels: readonly Label[],
  { right, rows }: { right: number; rows: number },
): (number | null)[] {
  const taken: (readonly [from: number, to: number])[][] = Array.from({ length: rows }, () => [])
  return labels.map((label) => {
    const [from, to] = labelSpan(label, right)
    const row = taken.findIndex((spans) => spans.every(([start, end]) => to + GAP <= start || from >= end + GAP))
    if (row === -1) return null
    taken[row]?.push([from, to])
    return row
  })
}

/** Where a label lies: right of its x, or left of it where there is no room, or at the right edge where there is none either. */
export function labelSpan({ x, width }: Label, right: number): readonly [from: number, to: number] {
  if (x + width <= right) return [x, x + width]
  return x - width >= 0 ? [x - width, x] : [Math.max(0, right - width), Math.max(width, right)]
}
