import type { Clock } from '../base/clock.ts'
import { FairQueue, type Refused, type Waiter } from './fair-queue.ts'
import { Places, type Need } from './places.ts'
import { noPlace } from './refusals.ts'
import type { LimitRules } from './rules.ts'

/** Whoever is at the other end of the line, and may hang up. */
export type Line = {
  readonly gone: boolean
  /** Calls back once when the caller hangs up; null takes the call back. */
  whenGone(react: (() => void) | null): void
}

/** A request that wants to run. */
export type Seeker = Pick<Waiter, 'key' | 'weight' | 'lane' | 'needs'>

/** What a running request takes up. */
export type Seat = { readonly needs: readonly Need[]; readonly takenAt: number }

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
  #running = 0
  /** How long a seat is held, on a moving average. */
  #heldMs = HELD_MS_AT_FIRST

  constructor(clock: Clock, rules: () => LimitRules) {
    this.#clock = clock
    this.#rules = rules
  }

  get running(): number {
    return this.#running
  }

  get waiting(): number {
    return this.#queue.length
  }

  /** Throws `overloaded` if a request of this key would neither run nor wait. */
  turnAway(who: Pick<Seeker, 'key' | 'weight'>): void {
    if (this.#room() > 0 || this.#queue.hasRoom(who, this.#rules().waitingMax)) return
    throw this.#refusal({ ...who, needs: [] }, 'full')
  }

  /** A seat, at once or after waiting; null if the caller hung up. Throws `concurrency_limited`, `overloaded`, `server_shutdown`. */
  enter(seeker: Seeker, line: Line): Promise<Seat | null> {
    if (line.gone) return Promise.resolve(null)
    if (this.#room() > 0 && !this.#places.missing(seeker.needs)) return Promise.resolve(this.#take(seeker.needs))
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        ...seeker,
        since: this.#clock.elapsed(),
        granted: () => {
          line.whenGone(null)
          resolve(this.#take(seeker.needs))
        },
        refused: (why) => {
          line.whenGone(null)
          reject(this.#refusal(seeker, why))
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
    this.#running -= 1
    this.#places.free(needs)
    this.#heldMs += (this.#clock.elapsed() - takenAt - this.#heldMs) * HELD_MS_SHARE
    this.#queue.serve(this.#room())
  }

  /** Refuses those who have waited long enough. */
  check(elapsed: number): void {
    this.#queue.refuseSince(elapsed - this.#rules().waitMsMax, 'late')
  }

  /** Refuses all who wait. */
  stop(): void {
    this.#queue.refuseSince(Infinity, 'stopping')
  }

  #room(): number {
    return (this.#rules().concurrentMax ?? Infinity) - this.#running
  }

  #take(needs: readonly Need[]): Seat {
    this.#running += 1
    this.#places.take(needs)
    return { needs, takenAt: this.#clock.elapsed() }
  }

  /** A caller that is over a limit of its own is told so, even if the server is full as well. */
  #refusal({ key, needs }: Pick<Seeker, 'key' | 'needs'>, why: Refused): Error {
    const missing = this.#places.missing(needs) ?? null
    const ahead = missing === null ? this.#queue.length : this.#queue.lengthOf(key)
    const places = missing?.limit ?? Math.max(1, this.#running)
    const seconds = Math.ceil((this.#heldMs * (ahead + 1)) / places / 1_000)
    return noPlace(missing, why, Math.min(Math.max(1, seconds), RETRY_SECONDS_MAX))
  }
}
