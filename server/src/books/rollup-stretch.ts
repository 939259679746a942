import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { floorTo } from '../prices/zone.ts'
import { GRAIN_MS } from './rollup.ts'

/** From (included) to (not included), both whole hours, in milliseconds since 1970. */
export type Stretch = { readonly from: number; readonly to: number }

const DAY = Number(GRAIN_MS.day)

/**
 * The rollups that add up to a stretch, each entry in one of them: whole days (UTC), and hours at the edges. That is
 * thirty rows instead of seven hundred. Both are ranges of the table's own key.
 */
export function rollupsOf({ from, to }: Stretch): RawBuilder<SqlBool> {
  const firstDay = Math.min(to, floorTo(from + DAY - 1, DAY))
  const endDay = Math.max(firstDay, floorTo(to, DAY))
  const [start, days, edge, end] = [from, firstDay, endDay, to].map(BigInt)
  return sql<SqlBool>`(
      grain = 'day' AND start >= ${days} AND start < ${edge}
      OR grain = 'hour' AND start >= ${start} AND start < ${days}
      OR grain = 'hour' AND start >= ${edge} AND start < ${end})`
}
