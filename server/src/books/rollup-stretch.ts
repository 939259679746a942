import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { DAY_MS, floorTo } from '../prices/zone.ts'

/** From (included) to (not included), both whole hours, in milliseconds since 1970. */
export type Stretch = { readonly from: number; readonly to: number }

/**
 * The rollups that add up to a stretch, each entry in one of them: whole days (UTC), and hours at the edges. That is
 * thirty rows instead of seven hundred. Both are ranges of the table's own key.
 */
export function rollupsOf({ from, to }: Stretch): RawBuilder<SqlBool> {
  const firstDay = Math.min(to, floorTo(from + DAY_MS - 1, DAY_MS))
  const endDay = Math.max(firstDay, floorTo(to, DAY_MS))
  const [start, days, edge, end] = [from, firstDay, endDay, to].map(BigInt)
  return sql<SqlBool>`(
      grain = 'day' AND start >= ${days} AND start < ${edge}
      OR grain = 'hour' AND start >= ${start} AND start < ${days}
      OR grain = 'hour' AND start >= ${edge} AND start < ${end})`
}
