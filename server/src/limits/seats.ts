import type { Clock } from '../base/clock.ts'
import type { PaddockError } from '../base/errors.ts'
import { SERVER, serverNeed } from './bounds.ts'
import { FairQueue, type Refused, type Waiter } from './fair-queue.ts'
import { Places, type Needs } from './places.ts'
import { noPlace, stopping } from './refusals.ts'
import type { LimitRules } from './rules.ts'

/** Whoever is at the other end of the line, and may hang up. */
export type Line = {
  readonly gone: boolean
  /** Calls back once when the caller hangs up; null takes the call back. */
  whenGone(react: (() => void) | null): void
}

/** A request that wants to run. */
export type Seeker = Pick<Waiter, 'needs' | 'weight' | 'lane'>

/** What a running request takes up. */
export type Seat = { readonly needs: Needs; readonly takenAt: number }

/** What the first estimate starts from, and how much of it a new value replaces. */
const HELD_MS_AT_FIRST = 1_000
const HELD_MS_SHARE = 1 / 16
const RETRY_SECONDS_MAX = 60

/** Running requests and those that wait to run. Looking for places and taking them is one step. */
export class Seats {
  readonly #clock: Clock
  readonly #rules: () => LimitRules
  readonly #places = new Places()
  readonly #queue = new FairQueue(this.#places)
  /** How long a seat is held, on a moving average. */
  #heldMs = HELD_MS_AT_FIRST

  constructor(clock: Clock, rules: () => LimitRules) {
    this.#clock = clock
    this.#rules = rules
  }

  get running(): number {
    return this.#places.taken(SERVER)
  }

  get waiting(): number {
    return this.#queue.length
  }

  /** Throws `overloaded` if a request of this key would neither run nor wait, whatever it asks for. */
  turnAway({ key, weight }: { key: string; weight: number }): void {
    const rules = this.#rules()
    const needs = { key, places: [serverNeed(rules)] }
    if (this.#places.missing(needs) && !this.#queue.hasRoom({ needs, weight }, rules.waitingMax)) {
      throw this.#refusal(needs, 'full')
    }
  }

  /** A seat where there is one now; null where there is none. */
  enterAtOnce(needs: Needs): Seat | null {
    return this.#places.missing(needs) ? null : this.#take(needs)
  }

  /** A seat, at once or after waiting; null if the caller hung up. Throws `concurrency_limited`, `overloaded`, `server_shutdown`. */
  enter(seeker: Seeker, line: Line): Promise<Seat | null> {
    const { needs } = seeker
    if (line.gone) return Promise.resolve(null)
    const seat = this.enterAtOnce(needs)
    if (seat) return Promise.resolve(seat)
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        ...seeker,
        since: this.#clock.elapsed(),
        granted: () => {
          line.whenGone(null)
          resolve(this.#take(needs))
        },
        refused: (why) => {
          line.whenGone(null)
          reject(this.#refusal(needs, why))
        },
      }
      line.whenGone(() => {
        this.#queue.leave(waiter)
        resolve(null)
      })
      this.#queue.join(waiter, this.#rules().waitingMax)
    })
  }

  /** To be called once for a seat. */
  leave({ needs, takenAt }: Seat): void {
    this.#places.free(needs)
    this.#heldMs += (this.#clock.elapsed() - takenAt - this.#heldMs) * HELD_MS_SHARE
    this.#queue.serve(serverNeed(this.#rules()).limit - this.running)
  }

  /** Refuses those who have waited long enough. */
  check(elapsed: number): void {
    this.#queue.refuseSince(elapsed - this.#rules().waitMsMax, 'late')
  }

  /** Refuses all who wait. */
  stop(): void {
    this.#queue.refuseSince(Infinity, 'stopping')
  }

  #take(needs: Needs): Seat {
    const takenAt = this.#clock.elapsed()
    this.#places.take(needs, takenAt)
    return { needs, takenAt }
  }

  #refusal(needs: Needs, why: Refused): PaddockError {
    if (why === 'stopping') return stopping()
    const missing = this.#places.missing(needs) ?? serverNeed(this.#rules())
    const taken = this.#places.taken(missing.id)
    const ahead = missing.id === SERVER ? this.#queue.length : this.#queue.lengthOf(needs.key)
    const seconds = Math.ceil((this.#heldMs * (ahead + 1)) / Math.max(1, taken) / 1_000)
    return noPlace({ ...missing, taken }, why, Math.min(Math.max(1, seconds), RETRY_SECONDS_MAX))
  }
}
