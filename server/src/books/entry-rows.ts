import type { EntryKind, EntryState } from '@paddock/contract/entry'
import { sql, type Expression, type Kysely, type RawBuilder, type SqlBool } from 'kysely'
import type { Pico } from '../money/fixed-point.ts'
import { flagOf, withValues } from './columns.ts'
import type { EntryRow } from './entry-row.ts'
import type { BooksTables } from './tables.ts'

/** Which entries. Instants are milliseconds since 1970: `from` is included, `to` is not. */
export type EntryFilter = {
  readonly from?: number | undefined
  readonly to?: number | undefined
  /** By their ids. */
  readonly organisation?: string | undefined
  readonly team?: string | undefined
  readonly key?: string | undefined
  /** A model's own name, or provider and name: "lab/small". */
  readonly model?: string | undefined
  readonly state?: EntryState | undefined
  readonly provider?: string | undefined
  /** Empty: those that asked for a model itself. */
  readonly route?: string | undefined
  readonly endUser?: string | undefined
  readonly practice?: boolean | undefined
  readonly kind?: EntryKind | undefined
  readonly error?: string | undefined
  /** Of the cost: at least so much, whatever its currency; and only in this one. */
  readonly costMin?: Pico | undefined
  readonly currency?: string | undefined
  /** How the id begins. */
  readonly idPrefix?: string | undefined
  readonly limit?: number | undefined
  readonly order?: 'oldest' | 'newest' | undefined
  /** Only entries behind this one in that order. */
  readonly after?: EntryPlace | undefined
}

/** Where an entry stands in the order of entries. */
export type EntryPlace = { readonly at: number; readonly id: string }

/** The same as the database has it: an instant that was changed may be beyond what a number holds. */
type ExactPlace = { readonly at: number | bigint; readonly id: string }

/** Rows fetched at once. Between pages other queries get their turn. */
const PAGE_ROWS = 1000

/** Rows of the ledger by the instant they were accepted, oldest first unless asked otherwise; one page is in memory. */
export async function* entryRows(
  tables: Kysely<BooksTables>,
  filter: EntryFilter,
): AsyncGenerator<EntryRow, void, undefined> {
  let left = filter.limit ?? Infinity
  let last: ExactPlace | undefined = filter.after
  while (left > 0) {
    const wanted = Math.min(left, PAGE_ROWS)
    const rows = await readPage(tables, filter, { after: last, rows: wanted })
    yield* rows
    if (rows.length < wanted) return
    left -= rows.length
    last = rows.at(-1)
  }
}

type Page = { readonly after: ExactPlace | undefined; readonly rows: number }

function readPage(tables: Kysely<BooksTables>, filter: EntryFilter, { after, rows }: Page): Promise<EntryRow[]> {
  const direction = filter.order === 'newest' ? 'desc' : 'asc'
  let query = tables.selectFrom('entries').selectAll()
  for (const condition of conditionsOf(filter)) query = query.where(condition)
  if (after !== undefined) query = query.where(isBeyond(after, direction))
  return query.orderBy('at', direction).orderBy('id', direction).limit(rows).execute()
}

function conditionsOf(filter: EntryFilter): Expression<SqlBool>[] {
  const { from, to, model, route, costMin, idPrefix } = filter
  return [
    ...(from === undefined ? [] : [sql<SqlBool>`at >= ${BigInt(from)}`]),
    ...(to === undefined ? [] : [sql<SqlBool>`at < ${BigInt(to)}`]),
    ...withValues({
      organisation_id: filter.organisation,
      team_id: filter.team,
      key_id: filter.key,
      state: filter.state,
      provider: filter.provider,
      end_user: filter.endUser,
      kind: filter.kind,
      error: filter.error,
      cost_currency: filter.currency,
      practice: flagOf(filter.practice),
    }),
    // Says nothing more, but lets the database use the index of the few that did not end well.
    ...(filter.state === undefined || filter.state === 'ok' ? [] : [sql<SqlBool>`state <> 'ok'`]),
    ...(model === undefined ? [] : [isModel(model)]),
    ...(route === undefined ? [] : [sql<SqlBool>`ifnull(route, '') = ${route}`]),
    ...(costMin === undefined ? [] : [sql<SqlBool>`cost_pico >= ${costMin}`]),
    // No digit of an id comes behind "~".
    ...(idPrefix === undefined ? [] : [sql<SqlBool>`id >= ${idPrefix} AND id < ${`${idPrefix}~`}`]),
  ]
}

/** By its own name, or by provider and name; of entries as of rollups. */
export function isModel(name: string): RawBuilder<SqlBool> {
  const slash = name.indexOf('/')
  const [provider, model] = [name.slice(0, Math.max(0, slash)), name.slice(slash + 1)]
  return sql`(model = ${name} OR provider = ${provider} AND model = ${model})`
}

/** Unlike an offset, this stays right while rows are added, and the last page is as quick as the first. */
function isBeyond({ at, id }: ExactPlace, direction: 'asc' | 'desc'): Expression<SqlBool> {
  return direction === 'asc' ? sql`(at, id) > (${at}, ${id})` : sql`(at, id) < (${at}, ${id})`
}
