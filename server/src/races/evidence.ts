import { logMeanExp } from './special-functions.ts'

/**
 * Evidence about a mean, good at any moment one looks at it.
 *
 * Somebody bets a fixed fraction f of a purse on every value being above m. If the true mean is at most m the purse does not
 * grow on average, so it ever reaches 1/α with a probability of at most α (Ville's inequality): a large purse is evidence
 * against "the mean is at most m", however often and whenever one looks. The purses of twenty fractions are averaged, so that
 * no fraction has to be chosen beforehand. Because the bets are fixed, the purse is a function of how often each value was
 * seen: the order of the values does not matter, and counts of several nodes may be added up.
 *
 * I. Waudby-Smith and A. Ramdas, "Estimating means of bounded random variables by betting", JRSS-B 2024; mixtures of bets:
 * J. J. Ryu and A. Bhatt, arXiv 2207.12382.
 */

/** How often each value was seen. */
export type Counts = readonly (readonly [value: number, count: number])[]

/** Values that were made alike: their counts, and the bounds that no such value can leave. */
export type Sample = { readonly counts: Counts; readonly low: number; readonly high: number }

/** Which side of m the mean is said to lie on. */
export type Side = 'above' | 'below'

const BET_COUNT = 20
const SMALLEST_BET = 0.003
const LARGEST_BET = 0.95

/** The fixed fractions, a geometric row: f_g = 0.003 · (0.95 / 0.003)^(g/19), g = 0 … 19, all of equal weight. */
export const BETS: readonly number[] = Array.from(
  { length: BET_COUNT },
  (_, place) => SMALLEST_BET * (LARGEST_BET / SMALLEST_BET) ** (place / (BET_COUNT - 1)),
)

/**
 * ln of the evidence for a mean above (below) m: K = 1/20 Σ_g Π_i (1 + f_g x_i), with x = (v − m)/(m − low) for "above" and
 * x = (m − v)/(high − m) for "below". Samples with different bounds multiply inside the product.
 */
export function logEvidence(side: Side, samples: readonly Sample[], m: number): number {
  return logMeanExp(logPurses(side, samples, m))
}

/** ln of what each of the twenty bets has become. */
export function logPurses(side: Side, samples: readonly Sample[], m: number): number[] {
  const gains = samples.flatMap(({ counts, low, high }) => {
    const bounds = { low, high, m }
    return counts.map(([value, count]) => ({ count, x: gain(side, value, bounds) }))
  })
  return BETS.map((bet) => {
    let total = 0
    for (const { count, x } of gains) total += count * Math.log1p(bet * x)
    return total
  })
}

/** What a whole stake wins (or loses, at worst −1) on one value. */
export function gain(side: Side, value: number, { low, high, m }: { low: number; high: number; m: number }): number {
  return side === 'above' ? (value - m) / (m - low) : (m - value) / (high - m)
}

/** How many values there are. */
export function countOf(samples: readonly Sample[]): number {
  return samples.reduce((total, { counts }) => counts.reduce((sum, [, count]) => sum + count, total), 0)
}

/** Their mean; NaN when there is none. */
export function meanOf(samples: readonly Sample[]): number {
  const sum = samples.reduce((total, { counts }) => counts.reduce((part, [value, n]) => part + value * n, total), 0)
  return sum / countOf(samples)
}
