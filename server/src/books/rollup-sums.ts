import type { BREAKDOWNS } from '@paddock/contract/control/overview'
import type { Amount } from '@paddock/contract/entry'
import type { Usage } from '@paddock/contract/usage'
import { sql, type Kysely, type RawBuilder } from 'kysely'
import { formatPico } from '../money/fixed-point.ts'
import { joinPico } from '../money/split-pico.ts'
import { usageOf } from './entry-row.ts'
import type { Grain, RollupRow } from './rollup.ts'
import { rollupsOf } from './rollup-stretch.ts'
import type { BooksTables } from './tables.ts'

const HOUR_MS = 3_600_000

export type SumGroup = (typeof BREAKDOWNS)[number]

/** Whose, and from which whole hour (included) to which (not included), in milliseconds since 1970. */
export type SumsFilter = {
  readonly from: number
  readonly to: number
  readonly organisation?: string | undefined
  readonly team?: string | undefined
  readonly key?: string | undefined
  /** Empty for what came by none. */
  readonly route?: string | undefined
  readonly practice?: boolean | undefined
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

const COUNTS = ['requests', 'input', 'cached_input', 'cache_write', 'cache_write_1h', 'output', 'reasoning'] as const
const AMOUNTS = ['cost_whole', 'cost_pico', 'charge_whole', 'charge_pico'] as const
const SUMS = sql.raw([...COUNTS, ...AMOUNTS].map((column) => `sum(${column}) AS ${column}`).join(', '))
const ENDINGS = sql`
  sum(CASE WHEN state IN ('upstream_error', 'timeout', 'orphan') THEN requests ELSE 0 END) AS failed,
  sum(CASE WHEN state = 'unpriced' THEN requests ELSE 0 END) AS unpriced`

/** The database adds up, so that what comes here has the size of the answer and not of the traffic. */
export async function sumRollups(tables: Kysely<BooksTables>, filter: SumsFilter): Promise<RollupSum[]> {
  const { by, only, grain, from, to, organisation, team, key, practice, route } = filter
  const conditions = [
    grain === undefined
      ? rollupsOf({ from, to })
      : sql`grain = ${grain} AND start >= ${BigInt(from)} AND start < ${BigInt(to)}`,
    ...(organisation === undefined ? [] : [sql`organisation_id = ${organisation}`]),
    ...(team === undefined ? [] : [sql`team_id = ${team}`]),
    ...(key === undefined ? [] : [sql`key_id = ${key}`]),
    ...(route === undefined ? [] : [sql`route = ${route}`]),
    ...(practice === undefined ? [] : [sql`practice = ${practice ? 1n : 0n}`]),
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
  filter: Pick<SumsFilter, 'organisation' | 'team' | 'practice'>,
): Promise<{ readonly from: number; readonly to: number } | null> {
  const first = await outermost(tables, filter, 'asc')
  const last = await outermost(tables, filter, 'desc')
  return first === null || last === null ? null : { from: first, to: last + HOUR_MS }
}

/** The rows lie in the order of hours, so the first that fits is found without reading all of them. */
async function outermost(
  tables: Kysely<BooksTables>,
  { organisation, team, practice }: Pick<SumsFilter, 'organisation' | 'team' | 'practice'>,
  order: 'asc' | 'desc',
): Promise<number | null> {
  let query = tables.selectFrom('rollups').select('start').where('grain', '=', 'hour')
  if (organisation !== undefined) query = query.where('organisation_id', '=', organisation)
  if (team !== undefined) query = query.where('team_id', '=', team)
  if (practice !== undefined) query = query.where('practice', '=', practice ? 1n : 0n)
  const row = await query.orderBy('start', order).limit(1).executeTakeFirst()
  return row === undefined ? null : Number(row.start)
}

/** The parts below the point were added up without a carry, which joining them brings in. */
function amountOf(currency: string, sum: { readonly whole: bigint; readonly pico: bigint }): Amount {
  return currency === '' ? { amount: null, currency: null } : { amount: formatPico(joinPico(sum)), currency }
}
