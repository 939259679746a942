import { BETS, gain, type Side } from '../../../server/src/races/evidence.ts'

/**
 * The evidence of evidence.ts kept up value by value, as fast as simulations of millions of looks need it. That both agree is
 * a test of its own.
 */
export type Purse = {
  take(stakes: Stakes): void
  /** K, not its logarithm. */
  evidence(): number
}

/** What each bet is multiplied by when a value is seen. */
export type Stakes = Float64Array

type Bounds = { readonly low: number; readonly high: number; readonly m: number }

export function stakesOf(side: Side, value: number, bounds: Bounds): Stakes {
  return Float64Array.from(BETS, (bet) => 1 + bet * gain(side, value, bounds))
}

export function openPurse(): Purse {
  const purses = new Float64Array(BETS.length).fill(1 / BETS.length)
  let evidence = 1
  return {
    take: (stakes) => {
      let sum = 0
      for (let bet = 0; bet < purses.length; bet += 1) {
        const grown = (purses[bet] ?? 0) * (stakes[bet] ?? 0)
        // What is lost stays lost: a float that small would only be slow.
        purses[bet] = grown < 1e-290 ? 0 : grown
        sum += grown
      }
      evidence = sum
    },
    evidence: () => evidence,
  }
}
