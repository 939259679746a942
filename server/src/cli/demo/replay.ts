import type { BudgetRules } from '../../books/budgets/rules.ts'
import type { Entry } from '../../books/entry.ts'
import { orphanEntry } from '../../books/orphan.ts'
import type { RaceRequest } from '../../races/live/open-races.ts'
import { answer, quoteFor, stopAfter, type Answered, type DemoPricing } from './answer.ts'
import { arrivalsOf, type Arrival, type Led } from './arrivals.ts'
import type { Staffed } from './people.ts'
import { picoOf, Purse } from './purse.ts'
import type { Seeded } from './seeded.ts'
import { CRASHES, dayOf, DOWN_MS } from './story.ts'

export type Replay = {
  /** The entries of the next day, in the order in which its requests came, a stretch at a time: between two, others act. */
  day(start: number): Generator<Stretch, void, undefined>
}

/** What came until an instant. */
export type Stretch = { readonly until: number; readonly entries: readonly Entry[] }

type ReplayParts = {
  readonly staffed: readonly Staffed[]
  readonly seeded: Seeded
  readonly pricing: DemoPricing
  readonly budgets: BudgetRules
  readonly lead: (request: RaceRequest) => Led['lead']
}

/** A stream that has no money for so many more tokens is not begun. */
const OUTPUT_MIN = 32
const RUNNING_AT_CRASH = 2

/** Hours in China at which a stretch ends: edges of the grid on which the books add up, so that sums tell stretches apart. */
const STRETCH_HOURS = [12, 14, 18, 24] as const
const HOUR_MS = 3_600_000

/** Plays days one after the other: what was spent, and what is running, is carried from each to the next. */
export function openReplay({ staffed, seeded, pricing, budgets, lead }: ReplayParts): Replay {
  const purses = new Map(staffed.map(({ team }) => [team.id, new Purse(budgets, team)]))
  const crashes = [...CRASHES]
  return {
    day: function* (start) {
      const next = crashes.findIndex((at) => at >= start)
      const crashFrom = next < 0 ? Infinity : (crashes[next] ?? Infinity)
      let downUntil: number | null = null
      const play = (arrival: Arrival, done: Answered[]): void => {
        if (downUntil !== null && arrival.at < downUntil) return
        const led = ledOf(arrival, seeded.id(arrival.at), lead)
        const answered = afford(arrival, answer(led, seeded, pricing), { purses, pricing })
        if (answered === null) return
        done.push(answered)
        if (arrival.at < crashFrom || downUntil !== null) return
        if (!isWorthCrashing(done, arrival.at + 1, purses)) return
        crash(done, arrival.at + 1, pricing)
        downUntil = arrival.at + DOWN_MS
      }
      const arrivals = arrivalsOf(start, staffed, seeded)
      let from = start
      for (const hour of STRETCH_HOURS) {
        const until = start + hour * HOUR_MS
        const done: Answered[] = []
        for (const arrival of arrivals) if (arrival.at >= from && arrival.at < until) play(arrival, done)
        yield { until, entries: done.map(({ entry }) => entry) }
        from = until
      }
    },
  }
}

/** What somebody asks within a day is one conversation. */
function ledOf(arrival: Arrival, id: string, lead: ReplayParts['lead']): Led {
  const { at, by, key, person } = arrival
  const { asks } = by.workload
  if ('model' in asks) return { ...arrival, id, lead: null }
  const user = person?.name ?? null
  const session = user && `${user} ${dayOf(at)}`
  const caller = { organisationId: by.organisation.id, keyId: key.id, userId: null }
  return { ...arrival, id, lead: lead({ id, route: asks.route, caller, user, session }) }
}

type Money = { readonly purses: ReadonlyMap<string, Purse>; readonly pricing: DemoPricing }

/** The request as far as there is money for it; null where it is refused, which leaves no entry. */
function afford({ at, by }: Arrival, whole: Answered, { purses, pricing }: Money): Answered | null {
  const purse = purses.get(by.team.id)
  const left = purse?.left(at) ?? null
  const answered = left === null ? whole : cutTo(left, whole, pricing)
  if (answered !== null) purse?.spend(answered.entry.charge)
  return answered
}

function cutTo(left: bigint, whole: Answered, pricing: DemoPricing): Answered | null {
  const { entry } = whole
  if (picoOf(entry.charge) <= left) return whole
  const prompt = picoOf(stopAfter(0, whole, pricing).entry.charge)
  if (!entry.stream || prompt >= left) return null
  const perAnswer = picoOf(entry.charge) - prompt
  // One token less than fits, since each charge is rounded.
  const output = Number((BigInt(entry.usage.output) * (left - prompt)) / perAnswer) - 1
  return output < OUTPUT_MIN ? null : stopAfter(output, whole, pricing)
}

/** An orphan costs its whole hold, which purses know nothing of. */
function isWorthCrashing(done: readonly Answered[], at: number, purses: Money['purses']): boolean {
  const running = done.filter(({ endedAt }) => endedAt > at)
  const isFree = ({ entry }: Answered): boolean => (purses.get(entry.team_id)?.left(at) ?? null) === null
  return running.length >= RUNNING_AT_CRASH && running.every(isFree)
}

/** What was running has no other entry than the one that is made of the journal at the next start. */
function crash(done: Answered[], at: number, pricing: DemoPricing): void {
  for (const [index, { entry, hold, endedAt }] of done.entries()) {
    if (endedAt <= at) continue
    const attempts = entry.attempts.slice(-1).map((last) => ({ id: entry.id, ...last }))
    const orphan = orphanEntry({ intent: { ...entry, hold }, attempts, progress: null }, (intent, usage) =>
      quoteFor(pricing, intent, usage),
    )
    done[index] = { entry: orphan, hold, endedAt: at }
  }
}
