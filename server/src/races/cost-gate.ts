/**
 * Is the challenger cheaper by at least the saving asked for? Costs have no upper bound, so the betting test does not apply;
 * their mean is watched by an asymptotic confidence sequence instead (I. Waudby-Smith, D. Arbour, R. Sinha, E. H. Kennedy and
 * A. Ramdas, Annals of Statistics 52(6), 2024, arXiv 2103.06476). Floats here are statistics: no bill is made of them.
 */

/** Sums of c = cost of the challenger − (1 − saving) · cost of the champion. They add up over nodes and price versions. */
export type CostSums = { readonly n: number; readonly sum: number; readonly sumOfSquares: number }

export type CostStanding = {
  readonly state: 'passed' | 'open'
  readonly n: number
  /** Mean of c: negative when the saving is there. */
  readonly mean: number
  /** Passed when mean + halfWidth < 0. */
  readonly halfWidth: number
}

export const NO_COST: CostSums = { n: 0, sum: 0, sumOfSquares: 0 }

/** Trials before the asymptotic test may speak. */
const TRIALS_MIN = 200
/** The number of trials at which the sequence is tightest. */
const TIGHTEST_AT = 500

/** One-sided at level α, whenever one looks (asymptotically, from 200 trials on). */
export function judgeCost({ n, sum, sumOfSquares }: CostSums, alpha: number): CostStanding {
  const mean = n === 0 ? 0 : sum / n
  const variance = n === 0 ? 0 : Math.max(0, sumOfSquares / n - mean ** 2)
  const halfWidth = asymptoticHalfWidth({ n, variance, alphaTwoSided: 2 * alpha, tightestAt: TIGHTEST_AT })
  return { state: n >= TRIALS_MIN && mean + halfWidth < 0 ? 'passed' : 'open', n, mean, halfWidth }
}

type Spread = {
  readonly n: number
  readonly variance: number
  readonly alphaTwoSided: number
  readonly tightestAt: number
}

/** h = sd √(2 (n r² + 1)/(n² r²) ln(√(n r² + 1)/a)), r² = (−2 ln a + ln(−2 ln a) + 1)/N*. */
export function asymptoticHalfWidth({ n, variance, alphaTwoSided, tightestAt }: Spread): number {
  if (n === 0) return Infinity
  const logs = -2 * Math.log(alphaTwoSided)
  const rhoSquared = (logs + Math.log(logs) + 1) / tightestAt
  const grown = n * rhoSquared + 1
  return (
    Math.sqrt(variance) * Math.sqrt(((2 * grown) / (n ** 2 * rhoSquared)) * Math.log(Math.sqrt(grown) / alphaTwoSided))
  )
}

/** One pair of answers to the same item. */
export function addPairCost(sums: CostSums, pair: { challenger: number; champion: number; saving: number }): CostSums {
  return addCost(sums, pair.challenger - (1 - pair.saving) * pair.champion)
}

/** One unit of a split: c = cost · (1{challenger}/p − (1 − saving) · 1{champion}/(1 − p)). */
export function addSplitCost(sums: CostSums, unit: SplitCost): CostSums {
  const { arm, cost, propensity, saving } = unit
  return addCost(sums, arm === 'challenger' ? cost / propensity : (-(1 - saving) * cost) / (1 - propensity))
}

export type SplitCost = {
  readonly arm: 'challenger' | 'champion'
  readonly cost: number
  readonly propensity: number
  readonly saving: number
}

export function mergeCost(one: CostSums, other: CostSums): CostSums {
  return {
    n: one.n + other.n,
    sum: one.sum + other.sum,
    sumOfSquares: one.sumOfSquares + other.sumOfSquares,
  }
}

function addCost({ n, sum, sumOfSquares }: CostSums, c: number): CostSums {
  return { n: n + 1, sum: sum + c, sumOfSquares: sumOfSquares + c ** 2 }
}
