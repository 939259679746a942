import type { PriceChange } from '../../price-book/changes.ts'

/** Where the slider of dates stops: the instants at which prices changed. */

export type Stop = {
  /** Undefined: the prices of each request's own time. */
  readonly at: string | undefined
  /** The largest fall or rise of that instant, and how many models changed beside it. */
  readonly largest: { readonly at: string; readonly model: string; readonly percent: number } | null
  readonly others: number
  readonly models: ReadonlySet<string>
}

const DAY = 86_400_000
const NONE: ReadonlySet<string> = new Set()

/** First the request's own time, then the day before the first change, then each change. `changes` rise in time. */
export function stopsOf(changes: readonly PriceChange[]): Stop[] {
  const byTime = new Map<string, PriceChange[]>()
  for (const change of changes) byTime.set(change.at, [...(byTime.get(change.at) ?? []), change])
  const first = changes[0]?.at
  return [
    { at: undefined, largest: null, others: 0, models: NONE },
    ...(first === undefined
      ? []
      : [{ at: new Date(Date.parse(first) - DAY).toISOString(), largest: null, others: 0, models: NONE }]),
    ...[...byTime].map(([at, own]) => {
      const [largest] = own.toSorted((one, other) => Math.abs(Number(other.percent)) - Math.abs(Number(one.percent)))
      const models = new Set(own.map(({ model }) => model))
      return {
        at,
        largest: largest ? { at, model: largest.model, percent: Number(largest.percent) } : null,
        others: models.size - 1,
        models,
      }
    }),
  ]
}

/** The stop whose prices hold at an instant: the last one that is not behind it. */
export function stopAt(stops: readonly Stop[], at: string | undefined): number {
  if (at === undefined) return 0
  const time = Date.parse(at)
  const place = stops.findLastIndex((stop) => stop.at !== undefined && Date.parse(stop.at) <= time)
  return place === -1 ? Math.min(1, stops.length - 1) : place
}

/** Where along the slider a model's own price changed, from 0 to 1. */
export function ticksOf(stops: readonly Stop[], model: string | undefined): number[] {
  if (model === undefined) return []
  return stops.flatMap(({ models }, place) => (models.has(model) ? place / (stops.length - 1) : []))
}
