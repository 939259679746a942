import { edgeFrom, slotOf } from '../../books/whatif/grid.ts'
import { isOpen, type LiveRace } from './live-race.ts'

/** A model that leads a route, or led it, because a race has promoted it; and from when until when that is counted. */
export type Promoted = {
  readonly race: string
  readonly route: string
  readonly champion: string
  readonly model: string
  /** Milliseconds since 1970, on edges of the clock by which the books add up. */
  readonly from: number
  readonly to: number
}

/**
 * From the first edge of the clock after the promotion to the last one before it was rolled back, or before the next promotion
 * on the route, else to the end of the stretch that runs now: sums of whole stretches tell no requests from before or after.
 */
export function promotedSpans(races: readonly LiveRace[], now: number): Promoted[] {
  return races.flatMap((race) => {
    const { id, config, promotion, endedAt, state } = race
    if (promotion === null) return []
    const next = races
      .flatMap((other) => (other.config.route === config.route && other.promotion ? [other.promotion.at] : []))
      .filter((at) => at > promotion.at)
    const until = Math.min(...next, state === 'rolled_back' && !isOpen(race) ? (endedAt ?? now) : Infinity)
    const from = edgeFrom(promotion.at)
    const to = until > now ? slotOf(now).to : slotOf(until).from
    const about = { race: id, route: config.route, champion: config.champion, model: promotion.model }
    return to > from ? [{ ...about, from, to }] : []
  })
}
