import type { EntryRecord } from '@paddock/contract/entry'
import { sql, type Kysely } from 'kysely'
import { DAY_MS, floorTo } from '../prices/zone.ts'
import { entryOf } from './entry-row.ts'
import { entryRows, type EntryFilter } from './entry-rows.ts'
import { HOUR_MS, type Grain } from './rollup.ts'
import { rollupConditions } from './rollup-filter.ts'
import type { BooksTables } from './tables.ts'

/** Which entries, in which order, and at most how many. */
export type PageFilter = EntryFilter & { readonly limit: number }

/** So many days are looked at first, then twice as many, and so on: what one looks for is mostly of late. */
const DAYS_FIRST = 2

/**
 * The first entries that fit a filter, in its order. The rollups know in which hours there are any, so that a filter that fits few, or
 * none, reads the entries of those hours and not all there are.
 */
export async function readEntryPage(tables: Kysely<BooksTables>, filter: PageFilter): Promise<EntryRecord[]> {
  const entries: EntryRecord[] = []
  for await (const hour of busyHours(tables, filter)) {
    const from = Math.max(hour, filter.from ?? hour)
    const to = Math.min(hour + HOUR_MS, filter.to ?? hour + HOUR_MS)
    const limit = filter.limit - entries.length
    for await (const row of entryRows(tables, { ...filter, from, to, limit })) entries.push(entryOf(row))
    if (entries.length >= filter.limit) break
  }
  return entries
}

/** The hours with entries that fit, in the filter's order: found by the day, and then within the days that have any. */
async function* busyHours(tables: Kysely<BooksTables>, filter: PageFilter): AsyncGenerator<number, void, undefined> {
  const isNewest = filter.order === 'newest'
  let { from, to } = await spanOf(tables, filter)
  for (let days = DAYS_FIRST; from < to; days *= 2) {
    const part = isNewest
      ? { from: Math.max(from, floorTo(to - 1, DAY_MS) - (days - 1) * DAY_MS), to }
      : { from, to: Math.min(to, floorTo(from, DAY_MS) + days * DAY_MS) }
    for (const day of await starts(tables, filter, { ...part, grain: 'day', from: floorTo(part.from, DAY_MS) })) {
      const hours = { from: Math.max(day, floorTo(part.from, HOUR_MS)), to: Math.min(day + DAY_MS, part.to) }
      for (const hour of await starts(tables, filter, { grain: 'hour', ...hours })) yield hour
    }
    if (isNewest) to = part.from
    else from = part.to
  }
}

/** Where what is asked for can lie. The first and the last day there is anything of are the two ends of the table's key. */
async function spanOf(tables: Kysely<BooksTables>, { from, to, after, order }: PageFilter) {
  const { rows } = await sql<{ first: bigint | null; last: bigint | null }>`
    SELECT (SELECT min(start) FROM rollups WHERE grain = 'day') AS first,
      (SELECT max(start) FROM rollups WHERE grain = 'day') AS last`.execute(tables)
  const [first, last] = [Number(rows[0]?.first ?? 0n), Number(rows[0]?.last ?? 0n)]
  const isNewest = order === 'newest'
  return {
    from: Math.max(first, from ?? 0, after && !isNewest ? after.at : 0),
    to: Math.min(last + DAY_MS, to ?? Infinity, after && isNewest ? after.at + 1 : Infinity),
  }
}

type Looked = { readonly grain: Grain; readonly from: number; readonly to: number }

async function starts(tables: Kysely<BooksTables>, filter: PageFilter, looked: Looked): Promise<number[]> {
  const conditions = [
    sql`grain = ${looked.grain} AND start >= ${BigInt(looked.from)} AND start < ${BigInt(looked.to)}`,
    ...rollupConditions(filter),
  ]
  const { rows } = await sql<{ start: bigint }>`
    SELECT DISTINCT start FROM rollups WHERE ${sql.join(conditions, sql` AND `)} ORDER BY start ${sql.raw(filter.order === 'newest' ? 'DESC' : 'ASC')}`.execute(
    tables,
  )
  return rows.map(({ start }) => Number(start))
}
