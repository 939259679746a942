/** What a unit (a user, a conversation) said of one of its answers, from 0 to 1. */
export type Rating = { readonly unit: string; readonly at: number; readonly value: number }

/** The longest a unit's requests are gathered for. */
export const WINDOW_MS_MAX = 7 * 86_400_000

/**
 * One value a unit: the mean of its ratings within a window (seven days, or less) of its first one. Only units whose window is
 * over at `now` have one, so that a value never changes after it was counted.
 *
 * Requests of one user resemble each other. Counted one by one they look like far more evidence than they are: with twenty
 * requests a user and an intra-class correlation of 0.3, half of all bad challengers would be promoted.
 */
export function unitValues(
  ratings: readonly Rating[],
  now: number,
  windowMs: number = WINDOW_MS_MAX,
): ReadonlyMap<string, number> {
  const firstAt = new Map<string, number>()
  for (const { unit, at } of ratings) firstAt.set(unit, Math.min(at, firstAt.get(unit) ?? Infinity))
  const sums = new Map<string, { sum: number; count: number }>()
  for (const { unit, at, value } of ratings) {
    const endsAt = (firstAt.get(unit) ?? 0) + windowMs
    if (at >= endsAt || endsAt > now) continue
    const { sum, count } = sums.get(unit) ?? { sum: 0, count: 0 }
    sums.set(unit, { sum: sum + value, count: count + 1 })
  }
  return new Map([...sums].map(([unit, { sum, count }]) => [unit, sum / count]))
}
