import type { Clock } from '../base/clock.ts'
import { assert } from '../base/errors.ts'
import { boundsOf, demandsOf, needsOf, serverNeed } from './bounds.ts'
import type { Caps } from './caps.ts'
import type { CounterStore, Demand } from './counter-store.ts'
import { openPermit, type Permit } from './permit.ts'
import { NO_RATES, takeRates } from './rate-hold.ts'
import type { KeyRule, LimitRules } from './rules.ts'
import { Seats, type Line, type Seeker } from './seats.ts'
import type { Who } from './who.ts'

/** A request that asks to be admitted. */
export type Asked = {
  readonly who: Who
  /** The `provider/model` that will be called first. */
  readonly model: string
  /** The most tokens it may use, prompt and answers together. */
  readonly tokens: number
  /** Where a caller that hangs up while waiting is heard. */
  readonly line: Line
}

/** Who may ask for how much, how fast, and how many at once. */
export type Limits = {
  /** What one request of this key may ask for: for `checkCaps`, once the request is read. */
  caps(who: Who): Caps
  /** All that is limited for this key by itself, for showing. */
  rule(who: Who): KeyRule
  /**
   * To be called before a body is read: throws `overloaded` if the server is so full that a request of this key could not
   * even wait.
   */
  turnAway(who: Who): void
  /**
   * Counts a request and waits for its places. Null if the caller hung up meanwhile. Throws `rate_limited`, `cap_exceeded`,
   * `concurrency_limited`, `overloaded`, `server_shutdown`; what is not admitted has taken nothing.
   */
  admit(asked: Asked): Permit | null | Promise<Permit | null>
  status(): { readonly running: number; readonly waiting: number }
  /** To be called about every second: refuses requests that have waited long enough. */
  check(elapsed: number): void
  /** Refuses all that wait: the server is going away. */
  stop(): void
}

type Parts = {
  readonly clock: Clock
  readonly counters: CounterStore
  /** The rules in force: they may be replaced while requests run. */
  readonly rules: () => LimitRules
}

export function openLimits({ clock, counters, rules }: Parts): Limits {
  const seats = new Seats(clock, rules)
  return {
    caps: (who) => rules().key(who).caps,
    rule: (who) => rules().key(who),
    turnAway: (who) => {
      seats.turnAway({ key: who.key.id, weight: rules().key(who).weight })
    },
    admit: (asked) => admit(asked, { counters, rules: rules(), seats }),
    status: () => ({ running: seats.running, waiting: seats.waiting }),
    check: (elapsed) => {
      seats.check(elapsed)
    },
    stop: () => {
      seats.stop()
    },
  }
}

type Admitting = { readonly counters: CounterStore; readonly rules: LimitRules; readonly seats: Seats }

function admit(asked: Asked, parts: Admitting): Permit | null | Promise<Permit | null> {
  const { who, model, tokens, line } = asked
  assert(Number.isSafeInteger(tokens) && tokens >= 0, 'tokens are a whole number')
  const { rules, seats } = parts
  const bounds = boundsOf(rules, who, model)
  const demands = demandsOf(bounds, tokens)
  const needs = needsOf(bounds, who.key.id, serverNeed(rules))
  // Most requests are under no rate and find a place at once: they do not wait.
  const seat = demands.length === 0 && !line.gone ? seats.enterAtOnce(needs) : null
  if (seat) return openPermit(NO_RATES, seats, seat)
  return admitInTurn({ needs, weight: rules.key(who).weight, lane: model }, line, { ...parts, demands })
}

/** Rates come first, so that a request which is over them never takes up room among those that wait. */
async function admitInTurn(
  seeker: Seeker,
  line: Line,
  { counters, demands, seats }: Admitting & { readonly demands: readonly Demand[] },
): Promise<Permit | null> {
  const rates = await takeRates(counters, demands)
  try {
    const seat = await seats.enter(seeker, line)
    if (seat) return openPermit(rates, seats, seat)
  } catch (refusal) {
    rates.giveBack()
    throw refusal
  }
  rates.giveBack()
  return null
}
