import type { Answer } from '@paddock/webkit/api/operation.ts'
import type { PriceChange } from '../../price-book/changes.ts'

/** What the chart of the price war is painted from. Pure. */

export type PriceSeries = Answer<'prices.series'>['items'][number]

const DAY = 86_400_000
/** Enough for a cursor to move smoothly, and few enough for a table. */
const GRID_MAX = 120

/** Days of the span, evenly, and every instant at which one of these prices changed. */
export function timesOf(series: readonly PriceSeries[], { from, to }: { from: number; to: number }): number[] {
  const step = Math.max(1, Math.ceil((to - from) / DAY / GRID_MAX)) * DAY
  const grid = Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, place) => from + place * step)
  const changes = series.flatMap(({ points }) => points.map(({ at }) => Date.parse(at)))
  return [...new Set([...grid, ...changes.filter((at) => at >= from && at <= to), to])].toSorted((a, b) => a - b)
}

/** What held at each instant; null before the first price and behind the last. */
export function valuesAt({ points }: PriceSeries, times: readonly number[]): (number | null)[] {
  return times.map((time) => {
    const price = points.findLast(({ at }) => Date.parse(at) <= time)?.price ?? null
    return price === null ? null : Number(price)
  })
}

/** Where free is painted on a scale that has no zero: the power of ten below the lowest price. */
export function floorUnder(values: readonly (number | null)[]): number {
  const prices = values.filter((value) => value !== null && value > 0) as number[]
  return prices.length === 0 ? 0.01 : 10 ** (Math.ceil(Math.log10(Math.min(...prices))) - 1)
}

/** The changes of what the chart shows: one component, in one currency, under no condition. */
export function ofChart(
  changes: readonly PriceChange[],
  { component, currency }: { readonly component: string; readonly currency?: string | undefined },
): PriceChange[] {
  return changes.filter(
    (change) =>
      change.component === component &&
      change.when === null &&
      (currency === undefined || change.currency === currency),
  )
}

/** The models with the largest single falls, the largest first. */
export function largestFalls(changes: readonly PriceChange[], top: number): string[] {
  const falls = changes
    .filter(({ percent }) => percent !== null && Number(percent) < 0)
    .toSorted((one, other) => Number(one.percent) - Number(other.percent))
  return [...new Set(falls.map(({ model }) => model))].slice(0, top)
}

/** The currency in which most of it happened. */
export function busiestCurrency(changes: readonly PriceChange[], series: readonly PriceSeries[]): string | undefined {
  const counts = new Map<string, number>()
  for (const { currency } of changes.length > 0 ? changes : series)
    counts.set(currency, (counts.get(currency) ?? 0) + 1)
  return [...counts].toSorted(([, one], [, other]) => other - one)[0]?.[0]
}

export const LARGE_PERCENT = 50
const MARKS_MAX = 8

/** Whether a price went up or down by half or more. */
export function isLarge({ percent }: Pick<PriceChange, 'percent'>): boolean {
  return percent !== null && Math.abs(Number(percent)) >= LARGE_PERCENT
}

export type Mark = { readonly at: number; readonly model: string; readonly percent: number; readonly others: number }

/** The large falls, those of one instant as one: the largest, and how many more. */
export function marksOf(changes: readonly PriceChange[], models: readonly string[]): Mark[] {
  const marks = new Map<number, Mark>()
  for (const change of changes) {
    const percent = Number(change.percent)
    if (!models.includes(change.model) || !isLarge(change) || percent > 0) continue
    const at = Date.parse(change.at)
    const found = marks.get(at)
    const larger = found === undefined || percent < found.percent ? { model: change.model, percent } : found
    marks.set(at, {
      at,
      model: larger.model,
      percent: larger.percent,
      others: found === undefined ? 0 : found.others + 1,
    })
  }
  return [...marks.values()]
    .toSorted((one, other) => one.percent - other.percent)
    .slice(0, MARKS_MAX)
    .toSorted((one, other) => one.at - other.at)
}
