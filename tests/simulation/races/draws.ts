import type { Side } from '../../../server/src/races/evidence.ts'
import type { Seeded } from '../../seed.ts'
import { stakesOf, type Stakes } from './purse.ts'

/** Traffic made up: each draw is one trial, told as what the bets win on it. */

/** Of two answers to one item: win, tie or loss of the challenger, by the difference of the means and the share of ties. */
export type Paired = { readonly margin: number; readonly ties: number; readonly difference: number }

/** 0 loss, 1 tie, 2 win. */
export function drawPaired(random: Seeded, { ties, difference }: Paired): () => 0 | 1 | 2 {
  const wins = (1 - ties + difference) / 2
  return () => {
    const u = random.fraction()
    return u < wins ? 2 : u < wins + ties ? 1 : 0
  }
}

/** Stakes on loss, tie and win. */
export function pairedStakes(side: Side, m: number): readonly Stakes[] {
  return [-1, 0, 1].map((value) => stakesOf(side, value, { low: -1, high: 1, m }))
}

/** Units that each get one arm and give 0 or 1. */
export type Split = {
  readonly margin: number
  readonly champion: number
  readonly difference: number
  readonly propensity: number
  readonly centre: number
}

/** 2 · (had the challenger) + (was good). */
export function drawSplit(random: Seeded, { champion, difference, propensity }: Split): () => number {
  return () => {
    const challenger = random.fraction() < propensity
    const good = random.fraction() < (challenger ? champion + difference : champion)
    return (challenger ? 2 : 0) + (good ? 1 : 0)
  }
}

export function splitStakes(side: Side, { margin, propensity: p, centre: c }: Split): readonly Stakes[] {
  const bounds = {
    low: -Math.max(c / p, (1 - c) / (1 - p)),
    high: Math.max((1 - c) / p, c / (1 - p)),
    m: -margin,
  }
  const values = [c / (1 - p), -(1 - c) / (1 - p), -c / p, (1 - c) / p]
  return values.map((value) => stakesOf(side, value, bounds))
}

/** A standard normal value (G. E. P. Box and M. E. Muller, 1958). */
export function drawNormal(random: Seeded): number {
  return Math.sqrt(-2 * Math.log(1 - random.fraction())) * Math.cos(2 * Math.PI * random.fraction())
}
