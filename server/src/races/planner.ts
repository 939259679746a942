import { normalQuantile } from './special-functions.ts'

/** What is known before a race. */
export type PlanRequest = {
  readonly margin: number
  readonly alpha: number
  /** Chance of promoting a challenger that is as good as expected. */
  readonly power: number
  /** Variance of one paired difference; from history, else 0.5. */
  readonly variance: number
  /** Expected difference "challenger − champion". */
  readonly difference: number
}

/** The price of looking at any moment: measured, the betting test takes 1.4 to 1.5 times a fixed sample of 80 % power. */
const LOOK_ANY_TIME = 1.45

/** A race that has not decided after four times the plan is inconclusive. */
export const GIVE_UP_AFTER = 4

export const DEFAULT_PLAN = { alpha: 0.05, power: 0.8, variance: 0.5, difference: 0 } as const

/**
 * How many trials a race will take: n = 1.45 · variance · ((z_{1−α} + z_power)/(Δ + δ))², the fixed sample of a one-sided test
 * times the price of looking. Infinity when the expected difference is not better than the margin.
 */
export function planTrials({ margin, alpha, power, variance, difference }: PlanRequest): number {
  const distance = difference + margin
  if (distance <= 0) return Infinity
  const z = normalQuantile(1 - alpha) + normalQuantile(power)
  return Math.ceil(LOOK_ANY_TIME * variance * (z / distance) ** 2)
}
