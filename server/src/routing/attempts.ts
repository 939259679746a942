import type { PaddockError } from '../base/errors.ts'
import type { Health, Picked } from './health/health.ts'
import type { RetryBudget } from './health/retry-budget.ts'
import { hindered, type PassedOver } from './order.ts'
import { isFaultOfKey, mayTryElsewhere, type Outcome } from './outcome.ts'
import { refusalFor } from './refusal.ts'
import type { Placement } from './strategies/rank.ts'
import type { Kept } from './sessions.ts'
import { fullName, type Target } from './target.ts'

/** The attempts of one request, one after the other. */
export type Attempts = {
  /**
   * The next attempt, begun; null when there is none: the last one was answered or ended in a way that no other provider
   * would change, every target was tried, so were as many as the route allows, or the retry budget is used up.
   */
  next(): Attempt | null
  /** What to tell the caller when not even a first attempt could be made. */
  refusal(): PaddockError
  /** Whether a silent first attempt gets a second one beside it. Sorts measurements. */
  hedge(): Hedge | null
}

/** A second attempt beside the first. */
export type Hedge = {
  /** How long the first may be silent before. */
  readonly afterMs: number
  /** The second one, begun; null when nobody else can be called, the price is above the cap, or a budget is used up. */
  next(): Attempt | null
}

export type Attempt = {
  readonly target: Target
  readonly apiKey: string | null
  /** Must be told, once, how the attempt ended: when its answer is whole, or it failed, or the caller left. */
  end(outcome: Outcome): void
}

export type AttemptParts = {
  readonly route: string | null
  readonly placed: readonly Placement[]
  readonly attemptsMax: number
  /** Which target and key answered this conversation last. */
  readonly kept: Kept | null
  readonly hedgeAfterMs: () => number | null
  /** Whether a second attempt at a target costs no more than it may. */
  readonly isAffordable: (target: Target) => boolean
  readonly health: Health
  /** Of the provider the request goes to first: all its attempts, wherever they go, are taken out of these. */
  readonly budgets: Budgets
  readonly now: () => number
  /** Told how each attempt ended. */
  readonly onEnd: (picked: Picked, outcome: Outcome) => void
}

/** Every further attempt is taken out of the one, those beside another also out of the other. */
export type Budgets = { readonly retries: RetryBudget; readonly hedges: RetryBudget }

export function openAttempts(parts: AttemptParts): Attempts {
  return new OpenAttempts(parts)
}

type Ended = { readonly outcome: Outcome; readonly place: number }

const NO_KEYS: readonly (string | null)[] = []

class OpenAttempts implements Attempts {
  private readonly parts: AttemptParts
  private readonly tried: Picked[] = []
  private place = 0
  private last: Ended | null = null

  constructor(parts: AttemptParts) {
    this.parts = parts
  }

  next(): Attempt | null {
    const { attemptsMax, budgets, now } = this.parts
    const { last } = this
    if (this.tried.length >= attemptsMax || (last && !mayTryElsewhere(last.outcome))) return null
    const isFirst = this.tried.length === 0
    // Where only the key was at fault, the same target may answer with another one.
    const staysHere = isFirst || (last?.place === this.place && isFaultOfKey(last.outcome))
    if (!staysHere) this.place += 1
    const found = this.find()
    if (found === null) return null
    if (isFirst) {
      budgets.retries.request(now())
      budgets.hedges.request(now())
    } else if (!budgets.retries.takeRetry(now())) return null
    return this.start(found)
  }

  refusal(): PaddockError {
    return refusalFor(this.parts.route, findHindered(this.parts))
  }

  hedge(): Hedge | null {
    const afterMs = this.parts.hedgeAfterMs()
    return afterMs === null ? null : { afterMs, next: () => this.beside() }
  }

  /** An attempt at another target while the first still runs; where there is none, that target is there for later. */
  private beside(): Attempt | null {
    const { attemptsMax, budgets, now, isAffordable } = this.parts
    if (this.tried.length !== 1 || attemptsMax < 2) return null
    const before = this.place
    this.place += 1
    const found = this.find()
    const affordable = found !== null && isAffordable(found.target)
    if (affordable && budgets.hedges.takeRetry(now()) && budgets.retries.takeRetry(now())) return this.start(found)
    this.place = before
    return null
  }

  /** The next target that can be called with a key this request has not tried there; `place` moves on to it. */
  private find(): Picked | null {
    const { placed } = this.parts
    for (let target = placed[this.place]?.target; target; target = placed[this.place]?.target) {
      const picked = this.choose(target)
      if (picked) return picked
      this.place += 1
    }
    return null
  }

  private choose(target: Target): Picked | null {
    const { kept, health, now } = this.parts
    const preferred = kept?.target === fullName(target) ? kept.apiKey : null
    return health.pick({ target, preferred, except: this.keysTried(target) }, now())
  }

  private keysTried(target: Target): readonly (string | null)[] {
    if (this.tried.length === 0) return NO_KEYS
    return this.tried.filter((each) => each.target === target).map(({ apiKey }) => apiKey)
  }

  private start(picked: Picked): Attempt {
    const { health, now, onEnd } = this.parts
    const { place } = this
    const end = health.begin(picked, now())
    this.tried.push(picked)
    this.last = null
    return {
      target: picked.target,
      apiKey: picked.apiKey,
      end: (outcome) => {
        this.last = { outcome, place }
        end(outcome, now())
        onEnd(picked, outcome)
      },
    }
  }
}

function findHindered({ placed, health, now }: AttemptParts): PassedOver[] {
  return placed.flatMap(({ target }) => {
    const hindrance = health.hindrance(target, now())
    return hindrance ? [hindered(target, hindrance)] : []
  })
}
