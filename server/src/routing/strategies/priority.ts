import type { Rank } from './rank.ts'

/** In the order written. */
export const rankByPriority: Rank = (units) =>
  units.map((unit, index) => ({
    unit,
    reason: units.length === 1 ? 'the only candidate that can be called' : `${index + 1} of ${units.length} as written`,
  }))
