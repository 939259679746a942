import { keysOf } from '../active-provider.ts'
import { boundedMap } from '../bounded-map.ts'
import type { Outcome } from '../outcome.ts'
import type { Target } from '../target.ts'
import {
  begin,
  end,
  HEALTHY,
  hindranceOf,
  isForgettable,
  type Breaker,
  type BreakerEvent,
  type Hindrance,
} from './breaker.ts'

/** What works and what does not, learnt from how attempts end. Outlives every change of the configuration. */
export type Health = {
  /** Why a target cannot be called now, by any of its provider's keys; null when it can. */
  hindrance(target: Target, now: number): Hindrance | null
  /** The key to call a target with: `preferred` if it can be used, else the one whose turn it is; null when none can. */
  pick(choice: Choice, now: number): Picked | null
  /** An attempt with a picked key begins. The function it gives wants to know how the attempt ended, once. */
  begin(picked: Picked, now: number): (outcome: Outcome, now: number) => void
  /** Forgets everything that speaks against a provider: its bill is paid, its key changed. */
  revive(providerId: string): void
}

export type Choice = {
  readonly target: Target
  readonly preferred: string | null
  /** Keys that this request has tried already. */
  readonly except: readonly (string | null)[]
}

export type Picked = { readonly target: Target; readonly apiKey: string | null }

/** Model names come from callers where a provider takes any, so what is remembered has an end. */
const BREAKERS_MAX = 10_000

export function openHealth(): Health {
  const breakers = boundedMap<Breaker>(BREAKERS_MAX)
  const turns = new Map<string, number>()
  const of = (scope: Scope): Breaker => breakers.get(scope.name) ?? HEALTHY
  const put = (scope: Scope, breaker: Breaker, now: number): void => {
    if (isForgettable(breaker, now)) breakers.delete(scope.name)
    else breakers.set(scope.name, breaker)
  }
  /** When its probe began, if this attempt is one. */
  const probe = (scope: Scope, now: number): number | null => {
    const { breaker, probeAt } = begin(of(scope), now)
    if (probeAt !== null) put(scope, breaker, now)
    return probeAt
  }
  const hindranceOfKey = (target: Target, apiKey: string | null, now: number): Hindrance | null => {
    // As a rule nothing speaks against anybody, and then nothing has to be looked up.
    if (breakers.size === 0) return null
    return longest(scopesOf(target, apiKey).map((scope) => hindranceOf(of(scope), now)))
  }

  return {
    hindrance: (target, now) =>
      breakers.size === 0 ? null : shortest(keysOf(target.provider).map((key) => hindranceOfKey(target, key, now))),
    pick: ({ target, preferred, except }, now) => {
      let first: Picked | null = null
      for (const apiKey of inTurn(keysOf(target.provider), turns.get(target.provider.facts.id) ?? 0)) {
        if (except.includes(apiKey) || hindranceOfKey(target, apiKey, now) !== null) continue
        const picked = { target, apiKey }
        if (preferred === null || apiKey === preferred) return picked
        first ??= picked
      }
      return first
    },
    begin: ({ target, apiKey }, now) => {
      const { id } = target.provider.facts
      turns.set(id, keysOf(target.provider).indexOf(apiKey) + 1)
      const isWell = breakers.size === 0
      const begun = isWell ? [] : scopesOf(target, apiKey).map((scope) => ({ scope, probeAt: probe(scope, now) }))
      return (outcome, endedAt) => {
        // Where nothing speaks against anybody, an answer changes nothing.
        if (isWell && outcome.kind === 'answered' && breakers.size === 0) return
        const scopes = isWell ? scopesOf(target, apiKey).map((scope) => ({ scope, probeAt: null })) : begun
        for (const { scope, probeAt } of scopes) {
          put(scope, end({ breaker: of(scope), probeAt }, scope.concern(outcome), endedAt), endedAt)
        }
      }
    },
    revive: (providerId) => {
      for (const name of breakers.keys()) if (belongsTo(name, providerId)) breakers.delete(name)
    },
  }
}

/** What a breaker stands for, and what an outcome means for it. */
type Scope = { readonly name: string; concern(outcome: Outcome): BreakerEvent }

/**
 * A failure speaks against the model at this provider; missing money against the key, whatever the model; a limit or a
 * refusal against the key for this model, because providers limit and permit each model on its own.
 */
function scopesOf(target: Target, apiKey: string | null): readonly Scope[] {
  const { id } = target.provider.facts
  const key = apiKey ?? ''
  return [
    { name: `${id}\nmodel\n${target.model}`, concern: concernOfModel },
    { name: `${id}\nkey\n${key}`, concern: concernOfKey },
    { name: `${id}\nboth\n${key}\n${target.model}`, concern: concernOfKeyAndModel },
  ]
}

const NEUTRAL: BreakerEvent = { kind: 'neutral' }
const FAILED: BreakerEvent = { kind: 'failed' }

function concernOfModel({ kind }: Outcome): BreakerEvent {
  return kind === 'answered' || kind === 'failed' ? { kind } : NEUTRAL
}

function concernOfKey({ kind }: Outcome): BreakerEvent {
  return kind === 'answered' || kind === 'out_of_money' ? { kind } : NEUTRAL
}

function concernOfKeyAndModel(outcome: Outcome): BreakerEvent {
  if (outcome.kind === 'key_refused') return FAILED
  if (outcome.kind === 'answered') return { kind: 'answered' }
  return outcome.kind === 'limited' ? outcome : NEUTRAL
}

function belongsTo(name: string, providerId: string): boolean {
  return name.startsWith(`${providerId}\n`)
}

/** The keys from the one on whose turn it is. */
function inTurn<Key>(keys: readonly Key[], turn: number): readonly Key[] {
  const start = turn % keys.length
  return start === 0 ? keys : [...keys.slice(start), ...keys.slice(0, start)]
}

/** Everything must pass, so the longest hindrance counts. */
function longest(hindrances: readonly (Hindrance | null)[]): Hindrance | null {
  return hindrances.reduce((one, other) => ((other?.forMs ?? 0) > (one?.forMs ?? 0) ? other : one), null)
}

/** One key is enough, so the shortest hindrance counts, and none at all if there is a key without. */
function shortest(hindrances: readonly (Hindrance | null)[]): Hindrance | null {
  return hindrances.reduce((one, other) =>
    one === null || other === null ? null : other.forMs < one.forMs ? other : one,
  )
}
