import { logEvidence, type Sample, type Side } from './evidence.ts'

/** The means that the evidence does not speak against. `low` and `high` are the ends; the truth is inside at all times at once with 1 − α. */
export type Interval = { readonly low: number; readonly high: number }

/** Halvings of the range: the ends are then exact to the last bits of a float. */
const STEPS = 100

/**
 * A confidence sequence: from the largest m with K_above(m) ≥ 2/α to the smallest m with K_below(m) ≥ 2/α. Both are monotone
 * in m, so halving finds the ends. Waudby-Smith and Ramdas, JRSS-B 2024, section 4.
 */
export function intervalOf(samples: readonly Sample[], alpha: number): Interval {
  const range = {
    low: Math.max(...samples.map(({ low }) => low)),
    high: Math.min(...samples.map(({ high }) => high)),
  }
  const threshold = Math.log(2 / alpha)
  const refuted = (side: Side, m: number): boolean => logEvidence(side, samples, m) >= threshold
  return {
    low: halve({ refuted: range.low, kept: range.high }, (m) => refuted('above', m)),
    high: halve({ refuted: range.high, kept: range.low }, (m) => refuted('below', m)),
  }
}

/** The border between what is refuted and what is kept; the refuted end itself when nothing beyond it is refuted. */
function halve(ends: { refuted: number; kept: number }, isRefuted: (m: number) => boolean): number {
  let { refuted, kept } = ends
  for (let step = 0; step < STEPS; step += 1) {
    const middle = (refuted + kept) / 2
    if (middle === refuted || middle === kept) break
    if (isRefuted(middle)) refuted = middle
    else kept = middle
  }
  return refuted
}
