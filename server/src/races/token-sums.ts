import type { CostSums } from './cost-gate.ts'

/**
 * Tokens of many trials, summed so that the cost gate can be computed anew at any prices: quality does not depend on price, so
 * a price change alone can decide a race, without one more call.
 *
 * A trial is a vector t of token counts and its cost is a price vector w times t. Hence Σ c = w · Σt and Σ c² = w · (Σ t tᵀ) · w:
 * the sums of t and of its products are enough. They are sums of whole numbers, exact far beyond what a race sees, and add up
 * over nodes. Where a price depends on the size of the single request this does not hold: then each stored trial is priced.
 */
export type TokenSums = {
  readonly n: number
  readonly sum: readonly number[]
  /** Row by row, the sum of t[i] · t[j]. */
  readonly products: readonly number[]
}

export function noTokens(kinds: number): TokenSums {
  return { n: 0, sum: Array<number>(kinds).fill(0), products: Array<number>(kinds * kinds).fill(0) }
}

/** `tokens`: one count per kind, the challenger's kinds and the champion's in one vector (zeros for the arm a split unit did not have). */
export function addTokens(sums: TokenSums, tokens: readonly number[]): TokenSums {
  const kinds = tokens.length
  return {
    n: sums.n + 1,
    sum: sums.sum.map((total, kind) => total + (tokens[kind] ?? 0)),
    products: sums.products.map(
      (total, place) => total + (tokens[Math.floor(place / kinds)] ?? 0) * (tokens[place % kinds] ?? 0),
    ),
  }
}

export function mergeTokens(one: TokenSums, other: TokenSums): TokenSums {
  return {
    n: one.n + other.n,
    sum: one.sum.map((total, kind) => total + (other.sum[kind] ?? 0)),
    products: one.products.map((total, place) => total + (other.products[place] ?? 0)),
  }
}

/**
 * The sums the cost gate needs, at prices per token: `weights` are the challenger's prices as they are, and the champion's
 * times −(1 − saving), in the order of the tokens.
 */
export function priceTokens({ n, sum, products }: TokenSums, weights: readonly number[]): CostSums {
  const kinds = weights.length
  const at = (kind: number): number => weights[kind] ?? 0
  return {
    n,
    sum: sum.reduce((total, tokens, kind) => total + tokens * at(kind), 0),
    sumOfSquares: products.reduce(
      (total, product, place) => total + product * at(Math.floor(place / kinds)) * at(place % kinds),
      0,
    ),
  }
}
