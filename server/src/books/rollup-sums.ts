import type { BREAKDOWNS } from '@paddock/contract/control/overview'
import type { Amount } from '@paddock/contract/entry'
import { USAGE_COUNTERS, type Usage } from '@paddock/contract/usage'
import { sql, type Kysely, type RawBuilder, type SqlBool } from 'kysely'
import { formatPico } from '../money/fixed-point.ts'
import { joinPico } from '../money/split-pico.ts'
import { sumsOf } from './columns.ts'
import { usageOf } from './entry-row.ts'
import { GRAIN_MS, HOUR_MS, type Grain, type RollupRow } from './rollup.ts'
import { rollupConditions, type RollupFilter } from './rollup-filter.ts'
import { rollupsOf } from './rollup-stretch.ts'
import type { BooksTables } from './tables.ts'

export type SumGroup = (typeof BREAKDOWNS)[number]

/** Which, and from which whole hour (included) to which (not included), in milliseconds since 1970. */
export type SumsFilter = RollupFilter & {
  readonly from: number
  readonly to: number
  /** What is told apart; left out: nothing. */
  readonly by?: SumGroup | undefined
  /** Only these of it are told apart, and all others are one without a name. */
  readonly only?: readonly (string | null)[] | undefined
  /** Whether each hour or day is told apart, too; left out: not at all. */
  readonly grain?: Grain | undefined
}

/** Added up in one pair of currencies: amounts in two are never added. */
export type RollupSum = {
  /** Milliseconds since 1970; null where time is not told apart. */
  readonly start: number | null
  /** "provider/model", or an id; null for no route, for all others, and where nothing is told apart. */
  readonly name: string | null
  /** One of those that were asked for, or where nothing was asked to be. */
  readonly isNamed: boolean
  readonly requests: number
  /** How it ended was an error of the provider, a time-out or an orphan. */
  readonly failed: number
  readonly unpriced: number
  readonly usage: Usage
  readonly cost: Amount
  readonly charge: Amount
}

type Row = Pick<RollupRow, 'cost_currency' | 'charge_currency' | (typeof COUNTS)[number] | (typeof AMOUNTS)[number]> & {
  readonly start: bigint | null
  readonly name: string | null
  readonly named: bigint
  readonly failed: bigint
  readonly unpriced: bigint
}

const NAMES: Readonly<Record<SumGroup, RawBuilder<unknown>>> = {
  model: sql`provider || '/' || model`,
  provider: sql.ref('provider'),
  key: sql.ref('key_id'),
  team: sql.ref('team_id'),
  route: sql`nullif(route, '')`,
  state: sql.ref('state'),
}

const COUNTS = ['requests', ...USAGE_COUNTERS] as const
const AMOUNTS = ['cost_whole', 'cost_pico', 'charge_whole', 'charge_pico'] as const
const SUMS = sumsOf([...COUNTS, ...AMOUNTS])
const ENDINGS = sql`
  sum(CASE WHEN state IN ('upstream_error', 'timeout', 'orphan') THEN requests ELSE 0 END) AS failed,
  sum(CASE WHEN state = 'unpriced' THEN requests ELSE 0 END) AS unpriced`

/** The database adds up, so that what comes here has the size of the answer and not of the traffic. */
export async function sumRollups(tables: Kysely<BooksTables>, filter: SumsFilter): Promise<RollupSum[]> {
  const { by, only, grain, from, to } = filter
  const conditions = [
    grain === undefined
      ? rollupsOf({ from, to })
      : sql`grain = ${grain} AND start >= ${BigInt(from)} AND start < ${BigInt(to)}`,
    ...rollupConditions(filter),
  ]
  const name = by ? NAMES[by] : sql.lit(null)
  const named = only === undefined ? sql.lit(1) : isOneOf(name, only)
  const { rows } = await sql<Row>`
    SELECT ${grain ? sql.ref('start') : sql.lit(null)} AS start, ${named} AS named,
      ${only === undefined ? name : sql`CASE WHEN ${named} THEN ${name} END`} AS name,
      cost_currency, charge_currency, ${ENDINGS}, ${SUMS}
    FROM rollups WHERE ${sql.join(conditions, sql` AND `)}
    GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5`.execute(tables)
  return rows.map((row) => ({
    start: row.start === null ? null : Number(row.start),
    name: row.name,
    isNamed: row.named === 1n,
    requests: Number(row.requests),
    failed: Number(row.failed),
    unpriced: Number(row.unpriced),
    usage: usageOf(row),
    cost: amountOf(row.cost_currency, { whole: row.cost_whole, pico: row.cost_pico }),
    charge: amountOf(row.charge_currency, { whole: row.charge_whole, pico: row.charge_pico }),
  }))
}

/** A name may be null, which is in no list. */
function isOneOf(name: RawBuilder<unknown>, only: readonly (string | null)[]): RawBuilder<unknown> {
  const texts = only.filter((each) => each !== null)
  const isText = texts.length === 0 ? sql`0` : sql`coalesce(${name} IN (${sql.join(texts)}), 0)`
  return only.includes(null) ? sql`(${isText} OR ${name} IS NULL)` : isText
}

/** The first hour with entries and the end of the last one, in milliseconds since 1970; null where there are none. */
export async function rollupExtent(
  tables: Kysely<BooksTables>,
  filter: RollupFilter,
): Promise<{ readonly from: number; readonly to: number } | null> {
  const first = await outermost(tables, filter, 'asc')
  const last = first === null ? null : await outermost(tables, filter, 'desc')
  return first === null || last === null ? null : { from: first, to: last + HOUR_MS }
}

/**
 * The outermost day with anything that fits, and then the hour within it. Rows lie in the order of time, so that reading ends there;
 * where nothing fits, all days have been read and no hour, which are twenty times as many.
 */
async function outermost(
  tables: Kysely<BooksTables>,
  filter: RollupFilter,
  order: 'asc' | 'desc',
): Promise<number | null> {
  const startIn = async (...conditions: readonly RawBuilder<SqlBool>[]): Promise<bigint | null> => {
    let query = tables.selectFrom('rollups').select('start')
    for (const condition of [...conditions, ...rollupConditions(filter)]) query = query.where(condition)
    return (await query.orderBy('start', order).limit(1).executeTakeFirst())?.start ?? null
  }
  const day = await startIn(sql<SqlBool>`grain = 'day'`)
  if (day === null) return null
  const hour = await startIn(sql<SqlBool>`grain = 'hour' AND start >= ${day} AND start < ${day + GRAIN_MS.day}`)
  return hour === null ? null : Number(hour)
}

/** The parts below the point were added up without a carry, which joining them brings in. */
export function amountOf(currency: string, sum: { readonly whole: bigint; readonly pico: bigint }): Amount {
  return currency === '' ? { amount: null, currency: null } : { amount: formatPico(joinPico(sum)), currency }
}
