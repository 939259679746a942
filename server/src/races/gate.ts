import type { Compared } from './compared.ts'
import { countOf, logEvidence, meanOf } from './evidence.ts'
import { intervalOf, type Interval } from './interval.ts'

/** How much is asked: the margin the challenger may be worse by, and the error rates that are accepted. */
export type GateRule = {
  /** δ: the difference "challenger − champion" must be proven to be above −δ. */
  readonly margin: number
  /** Chance of calling a challenger good enough that is not, over the whole race. */
  readonly alpha: number
  /** Chance of calling a challenger too bad that is not. */
  readonly alphaHarm: number
  /** How many challengers run: each must bring C times the evidence, so that α holds for the race (Bonferroni). */
  readonly challengers: number
}

/** Where a metric stands. Evidence is a natural logarithm; `progress` is its share of what is asked, 1 and more is proof. */
export type Standing = {
  readonly state: 'passed' | 'failed' | 'open'
  readonly n: number
  readonly mean: number
  readonly goodEnough: Proof
  readonly tooBad: Proof
}

export type Proof = { readonly logEvidence: number; readonly threshold: number; readonly progress: number }

/**
 * Is the challenger good enough (not worse than the champion by δ or more)? `passed` when K_above(−δ) ≥ C/α, `failed` when
 * K_below(−δ) ≥ 1/α_harm. Both hold whenever one looks.
 */
export function judgeGate(compared: Compared, rule: GateRule): Standing {
  const { margin, alpha, alphaHarm, challengers } = rule
  const goodEnough = proof(logEvidence('above', compared.against, -margin), Math.log(challengers / alpha))
  const tooBad = proof(logEvidence('below', compared.inFavour, -margin), Math.log(1 / alphaHarm))
  return {
    state: tooBad.progress >= 1 ? 'failed' : goodEnough.progress >= 1 ? 'passed' : 'open',
    n: countOf(compared.against),
    mean: (meanOf(compared.against) + meanOf(compared.inFavour)) / 2,
    goodEnough,
    tooBad,
  }
}

/** Where the true difference lies. Takes a search, so it is made when somebody wants to see it. */
export function differenceInterval(compared: Compared, alpha: number): Interval {
  return { low: intervalOf(compared.against, alpha).low, high: intervalOf(compared.inFavour, alpha).high }
}

export function proof(evidence: number, threshold: number): Proof {
  return { logEvidence: evidence, threshold, progress: Math.max(0, evidence / threshold) }
}
