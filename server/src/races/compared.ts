import { countsOf, type BinCounts } from './bin.ts'
import type { Counts, Sample } from './evidence.ts'

/**
 * The difference "challenger − champion" of one metric as samples, twice: rounded against the challenger, for proving that it
 * is good enough, and in its favour, for proving that it is not.
 */
export type Compared = { readonly against: readonly Sample[]; readonly inFavour: readonly Sample[] }

/**
 * Both answered the same items: d = challenger's score − champion's, or a preference, from −1 to 1.
 */
export function comparePaired(differences: BinCounts): Compared {
  const sample = (round: 'down' | 'up'): Sample => ({ counts: countsOf(differences, round), low: -1, high: 1 })
  return { against: [sample('down')], inFavour: [sample('up')] }
}

/**
 * "Keep this share of the champion's quality": v = s_challenger − share · s_champion, and the mean to beat is 0. Counted by
 * pairs of scores, because the product of a mark and a share need not be a mark.
 */
export function relativeSample(pairs: readonly ScorePair[], share: number): Sample {
  const counts = pairs.map(({ challenger, champion, count }) => [challenger - share * champion, count] as const)
  return { counts, low: -share, high: 1 }
}

export type ScorePair = { readonly challenger: number; readonly champion: number; readonly count: number }

/** What a split phase has counted: each unit had one of the two arms and gave one score from 0 to 1. */
export type SplitPhase = {
  readonly champion: BinCounts
  readonly challenger: BinCounts
  /** The share p of the units of these two arms that was sent to the challenger. */
  readonly propensity: number
  /** c, fixed before the phase: the champion's mean of the days before. The nearer to the truth, the sooner the race ends. */
  readonly centre: number
}

/**
 * Every unit answered once: v = (s − c)(1{challenger}/p − 1{champion}/(1−p)), whose mean is the difference of the arms for
 * any c fixed before the phase (inverse propensity weighting). Phases with another p keep their own bounds and multiply.
 */
export function compareSplit(phases: readonly SplitPhase[]): Compared {
  return {
    against: phases.map((phase) => splitSample(phase, { challenger: 'down', champion: 'up' })),
    inFavour: phases.map((phase) => splitSample(phase, { challenger: 'up', champion: 'down' })),
  }
}

type Rounding = { readonly challenger: 'down' | 'up'; readonly champion: 'down' | 'up' }

function splitSample(phase: SplitPhase, rounding: Rounding): Sample {
  const { propensity: p, centre: c } = phase
  const scaled = (counts: Counts, factor: number): Counts => counts.map(([s, n]) => [(s - c) * factor, n])
  return {
    counts: [
      ...scaled(countsOf(phase.challenger, rounding.challenger), 1 / p),
      ...scaled(countsOf(phase.champion, rounding.champion), -1 / (1 - p)),
    ],
    low: -Math.max(c / p, (1 - c) / (1 - p)),
    high: Math.max((1 - c) / p, c / (1 - p)),
  }
}
