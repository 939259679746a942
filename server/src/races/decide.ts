import type { CostStanding } from './cost-gate.ts'
import type { Standing } from './gate.ts'
import { GIVE_UP_AFTER } from './planner.ts'

/** All that is known of one challenger at one moment. */
export type Challenger = {
  readonly name: string
  readonly quality: Standing
  readonly guardrails: Readonly<Record<string, Standing>>
  /** Null when the race does not ask for a saving. */
  readonly cost: CostStanding | null
  /** In one currency, for choosing among several; null when it is not known. */
  readonly meanCost: number | null
  /** From half of n_max on: even a lucky rest would not be enough. */
  readonly futile: boolean
}

export type Decision =
  | { readonly kind: 'promote'; readonly challenger: string }
  | { readonly kind: 'continue'; readonly running: readonly string[] }
  | { readonly kind: 'reject' | 'inconclusive' }

/** Why a challenger is out, or that it still runs. */
export type Fate = 'promotable' | 'running' | 'inferior' | 'futile'

/** Trials before anything is decided: fewer say more about the first few items than about the models. */
export const PAIRS_MIN = 50

/**
 * Where a challenger stands. It is promotable when at this one moment every gate is passed: an intersection–union test
 * (R. L. Berger, Technometrics 1982), so the chance of promoting one that violates any margin is at most that of its gate.
 * Passed once and open again does not count.
 */
export function fateOf({ quality, guardrails, cost, futile }: Challenger): Fate {
  if (quality.n < PAIRS_MIN) return 'running'
  const gates = [quality, ...Object.values(guardrails)]
  if (gates.some(({ state }) => state === 'failed')) return 'inferior'
  if (gates.every(({ state }) => state === 'passed') && cost?.state !== 'open') return 'promotable'
  return futile ? 'futile' : 'running'
}

/** How far the race may go: the planned trials times four, or what the items allow. */
export function trialsMax(planned: number, available: number = Infinity): number {
  return Math.min(GIVE_UP_AFTER * planned, available)
}

/**
 * The verdict on a race: promote the cheapest challenger that is promotable (by quality where costs are equal), reject when
 * all are out and one was proven inferior, inconclusive when no trials are left or none can win any more.
 */
export function decide(challengers: readonly Challenger[], { trialsLeft }: { trialsLeft: boolean }): Decision {
  const best = challengers.filter((each) => fateOf(each) === 'promotable').toSorted(cheaperThenBetter)[0]
  if (best !== undefined) return { kind: 'promote', challenger: best.name }
  const running = challengers.filter((each) => fateOf(each) === 'running').map(({ name }) => name)
  if (running.length > 0 && trialsLeft) return { kind: 'continue', running }
  const allInferior = challengers.every((each) => fateOf(each) === 'inferior')
  return { kind: allInferior ? 'reject' : 'inconclusive' }
}

function cheaperThenBetter(one: Challenger, other: Challenger): number {
  const byCost = (one.meanCost ?? Infinity) - (other.meanCost ?? Infinity)
  return Number.isNaN(byCost) || byCost === 0 ? other.quality.mean - one.quality.mean : byCost
}
