import { logGamma } from './special-functions.ts'

/** Weight of the belief that units arrive as planned. */
const BELIEF = 100

/** Beyond this the shares are not the planned ones: false in one of a thousand races, however often one looks. */
export const LOG_MISMATCH_ALARM = Math.log(1000)

/**
 * ln of the evidence that units do not arrive in the planned shares ("sample ratio mismatch"): a Dirichlet–multinomial Bayes
 * factor, Γ(k)/Γ(k+n) · Π_j Γ(k p_j + n_j) / (Γ(k p_j) p_j^n_j) with k = 100, good at any moment one looks.
 * M. Lindon and A. Malek, "Anytime-valid inference for multinomial count data", arXiv 2011.03567.
 */
export function logShareMismatch(counts: readonly number[], planned: readonly number[]): number {
  const total = counts.reduce((sum, count) => sum + count, 0)
  return counts.reduce(
    (sum, count, arm) => {
      const share = planned[arm] ?? 0
      if (share === 0) return count === 0 ? sum : Infinity
      return sum + logGamma(BELIEF * share + count) - logGamma(BELIEF * share) - count * Math.log(share)
    },
    logGamma(BELIEF) - logGamma(BELIEF + total),
  )
}
