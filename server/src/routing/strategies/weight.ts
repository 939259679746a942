import type { Rank } from './rank.ts'

/**
 * Drawn at random, each candidate first as often as its weight says, then the rest among themselves by the same rule. An
 * exponential clock for each candidate, running as fast as its weight, rings in just that order (Efraimidis and Spirakis,
 * "Weighted random sampling with a reservoir", 2006).
 */
export const rankByWeight: Rank = (units, { random }) => {
  const total = units.reduce((sum, { candidate }) => sum + candidate.weight, 0)
  return units
    .map((unit) => ({ unit, rings: -Math.log(1 - random()) / unit.candidate.weight }))
    .sort((one, other) => one.rings - other.rings)
    .map(({ unit }) => ({ unit, reason: `drawn with weight ${unit.candidate.weight} of ${total}` }))
}
