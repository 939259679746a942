import { endOfTurn } from '../../books/end-of-turn.ts'
import { isoInstant } from '../../base/clock.ts'
import type { LiveRace } from './live-race.ts'
import type { RaceRecord } from './record.ts'
import { qualityAt } from './standing.ts'

/** How the interval of the difference in quality became narrower: one point for each look, for a chart. */
export type CoursePoint = {
  readonly at: string
  readonly challenger: string
  /** Units, or pairs, that were compared by then. */
  readonly n: number
  /** Challenger less champion; null before anything was said. */
  readonly difference: number | null
  readonly low: number
  readonly high: number
  /** The share of the evidence that is asked: 1 is proof. */
  readonly good_enough: number
  readonly too_bad: number
}

/** More points than this are wider than a chart. */
const POINTS = 32

/**
 * Worked out again from the record, at moments that lie evenly between the start of a race and its promotion, its end or now.
 * The interval holds at all of them at once, so it may be read at any.
 */
export async function courseOf(race: LiveRace, record: RaceRecord, now: number): Promise<CoursePoint[]> {
  const until = race.promotion?.at ?? race.endedAt ?? now
  const step = (until - race.startedAt) / POINTS
  const points: CoursePoint[] = []
  for (let index = 1; index <= POINTS; index += 1) {
    const at = Math.round(race.startedAt + step * index)
    // Requests wait for none of this longer than for one point.
    await endOfTurn()
    for (const { name, quality, difference } of qualityAt(race, record.asOf(at), at))
      points.push({
        at: isoInstant(at),
        challenger: name,
        n: quality.n,
        difference: Number.isFinite(quality.mean) ? quality.mean : null,
        ...difference,
        good_enough: quality.goodEnough.progress,
        too_bad: quality.tooBad.progress,
      })
  }
  return points
}
