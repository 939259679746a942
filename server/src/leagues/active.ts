import { sql, type Kysely } from 'kysely'
import { addKept, countBits, countBoth, emptyBits, setBit, placeOf, BLOCK_MEMBERS, type Bits } from './block.ts'
import { monthOf } from './day.ts'
import type { Dimension, LeaguesTables } from './tables.ts'

/** How many members were active: exact, block by block, with a few megabytes in memory however many there are. */

/** Blocks read at once: at thirty days of full blocks, about four megabytes. */
const BLOCKS_AT_ONCE = 16

/** Days from (included) to (not included), and of whom. */
export type Span = {
  readonly dimension: Dimension
  readonly value: string
  readonly from: number
  readonly to: number
}

/** Who was active on at least one of the days. */
export async function countActive(tables: Kysely<LeaguesTables>, span: Span): Promise<number> {
  let active = 0
  for await (const { bits } of unions(tables, span)) active += countBits(bits)
  return active
}

/** Active members of a day; of the seven days up to it (WAU); of the thirty up to it (MAU). */
export type Activity = {
  readonly day: number
  readonly daily: number
  readonly weekly: number
  readonly monthly: number
}

const WEEK_DAYS = 7
const MONTH_DAYS = 30

/** Daily, weekly and monthly active members for each day of the span. */
export async function activity(tables: Kysely<LeaguesTables>, span: Span): Promise<Activity[]> {
  const list: Activity[] = []
  for (let day = span.from; day < span.to; day += 1) {
    const last = (days: number): Promise<number> => countActive(tables, { ...span, from: day - days + 1, to: day + 1 })
    list.push({ day, daily: await last(1), weekly: await last(WEEK_DAYS), monthly: await last(MONTH_DAYS) })
  }
  return list
}

/** Active members of the calendar month a day lies in, as league tables count them. */
export async function activeInMonth(
  tables: Kysely<LeaguesTables>,
  { dimension, value, day }: Pick<Span, 'dimension' | 'value'> & { readonly day: number },
): Promise<number> {
  return await countActive(tables, { dimension, value, ...monthOf(day) })
}

/** Members who were first active in a period, and how many of them were active in that one and each later one. */
export type Cohort = {
  readonly from: number
  readonly members: number
  readonly active: readonly number[]
}

/** The retention triangle of all members: a row for each period of so many days that begins in the span. */
export async function retention(
  tables: Kysely<LeaguesTables>,
  { from, to, periodDays }: { readonly from: number; readonly to: number; readonly periodDays: number },
): Promise<Cohort[]> {
  const starts = Array.from({ length: Math.ceil((to - from) / periodDays) }, (_, index) => from + index * periodDays)
  const cohorts: Cohort[] = []
  for (const start of starts) {
    // Who came after the last day is not looked at, neither here nor below: else the last row would seem to lose them.
    const members = await membersOf(tables, { from: start, to: Math.min(start + periodDays, to) })
    const active: number[] = []
    for (const later of starts.filter((each) => each >= start)) {
      active.push(await countOf(tables, members, { from: later, to: Math.min(later + periodDays, to) }))
    }
    cohorts.push({ from: start, members: count(members), active })
  }
  return cohorts
}

type Members = ReadonlyMap<number, Bits>
type DaySpan = { readonly from: number; readonly to: number }

/** Who was first active in these days, by block. */
async function membersOf(tables: Kysely<LeaguesTables>, { from, to }: DaySpan): Promise<Members> {
  const members = new Map<number, Bits>()
  const { rows } = await sql<{ ordinal: bigint }>`
    SELECT ordinal FROM league_members WHERE first_day >= ${from} AND first_day < ${to}`.execute(tables)
  for (const { ordinal } of rows) {
    const block = Math.floor(Number(ordinal) / BLOCK_MEMBERS)
    const bits = members.get(block) ?? emptyBits()
    members.set(block, bits)
    setBit(bits, placeOf(Number(ordinal)))
  }
  return members
}

function count(members: Members): number {
  return [...members.values()].reduce((sum, bits) => sum + countBits(bits), 0)
}

async function countOf(tables: Kysely<LeaguesTables>, members: Members, days: DaySpan): Promise<number> {
  let active = 0
  for await (const { block, bits } of unions(tables, { dimension: 'all', value: '', ...days })) {
    const wanted = members.get(block)
    if (wanted) active += countBoth(bits, wanted)
  }
  return active
}

/** For each block, everybody in it who was active on one of the days. The bits are good until the next block is asked for. */
async function* unions(
  tables: Kysely<LeaguesTables>,
  { dimension, value, from, to }: Span,
): AsyncGenerator<{ readonly block: number; readonly bits: Bits }, void, undefined> {
  const bits = emptyBits()
  const last = await lastBlock(tables)
  for (let first = 0; first <= last; first += BLOCKS_AT_ONCE) {
    const rows = await tables
      .selectFrom('league_days')
      .select(['block', 'members'])
      .where('dimension', '=', dimension)
      .where('value', '=', value)
      .where('block', '>=', BigInt(first))
      .where('block', '<', BigInt(first + BLOCKS_AT_ONCE))
      .where('day', '>=', BigInt(from))
      .where('day', '<', BigInt(to))
      .orderBy('block')
      .execute()
    for (let at = 0; at < rows.length;) {
      const block = rows[at]?.block
      bits.fill(0)
      for (; at < rows.length && rows[at]?.block === block; at += 1)
        addKept(bits, rows[at]?.members ?? new Uint8Array())
      yield { block: Number(block), bits }
    }
  }
}

async function lastBlock(tables: Kysely<LeaguesTables>): Promise<number> {
  const { rows } = await sql<{ last: bigint | null }>`SELECT max(ordinal) AS last FROM league_members`.execute(tables)
  const last = rows[0]?.last ?? null
  return last === null ? -1 : Math.floor(Number(last) / BLOCK_MEMBERS)
}
