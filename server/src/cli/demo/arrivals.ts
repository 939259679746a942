import type { Leading } from '../../races/live/open-races.ts'
import type { Workload } from './company.ts'
import { drawPerson, type Named, type Staffed } from './people.ts'
import type { Seeded } from './seeded.ts'
import { drawMinute, drawSizes, type Sizes } from './sizes.ts'
import { instantOf, progressAt } from './story.ts'

/** A request that comes: when, from whom, and how large. */
export type Arrival = {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly by: Staffed
  readonly key: Named
  /** Null where a program runs by itself. */
  readonly person: { readonly index: number; readonly name: string } | null
  readonly stream: boolean
  readonly sizes: Sizes
}

/** A request that comes, with its id, and with whom a race wants to answer it. */
export type Led = Arrival & { readonly id: string; readonly lead: Pick<Leading, 'model' | 'trial'> | null }

const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000
const HOURS = 24
const WEEK = 7
/** 1970-01-01 was a Thursday, the fifth day from Sunday on. */
const FIRST_WEEKDAY = 4
const CHINA_MS = 8 * HOUR_MS
/** Traffic grows by half over the ninety days. */
const GROWTH = { from: 0.8, by: 0.4 }

/** The requests of one day, which begins at this instant, in the order in which they come. */
export function arrivalsOf(day: number, staffed: readonly Staffed[], seeded: Seeded): Arrival[] {
  const arrivals: Arrival[] = []
  for (const by of staffed) {
    const requests = perDay(by.workload, day)
    const weights = by.workload.rhythm.hours
    const all = weights.reduce((sum, weight) => sum + weight, 0)
    for (let hour = 0; hour < HOURS; hour += 1) {
      const count = seeded.poisson((requests * (weights[hour] ?? 0)) / all)
      for (let each = 0; each < count; each += 1) arrivals.push(arrive(by, day + hour * HOUR_MS, seeded))
    }
  }
  return arrivals.sort((one, other) => one.at - other.at)
}

function perDay({ asks, perDay: usual, rhythm }: Workload, day: number): number {
  if ('from' in asks && day < instantOf(asks.from)) return 0
  const weekday = (Math.floor((day + CHINA_MS) / (HOURS * HOUR_MS)) + FIRST_WEEKDAY) % WEEK
  return usual * (rhythm.weekdays[weekday] ?? 1) * (GROWTH.from + GROWTH.by * progressAt(day))
}

function arrive(by: Staffed, hour: number, seeded: Seeded): Arrival {
  const { shape, streamed, promptMax } = by.workload
  const at = hour + drawMinute(shape, seeded) * MINUTE_MS + seeded.below(MINUTE_MS)
  const index = drawPerson(by.people, at, seeded)
  const name = index === null ? undefined : by.people[index]
  const { prompt, answer, cached } = drawSizes(shape, seeded)
  return {
    at,
    by,
    key: by.keys[seeded.below(by.keys.length)] ?? by.team,
    person: index === null || name === undefined ? null : { index, name },
    stream: seeded.below(100) < streamed,
    sizes: { prompt: Math.min(prompt, promptMax), answer, cached: Math.min(cached, promptMax) },
  }
}
