import type { EntryState } from '@paddock/contract/entry'
import { sql, type Expression, type Kysely, type SqlBool } from 'kysely'
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
  readonly limit?: number | undefined
  readonly order?: 'oldest' | 'newest' | undefined
  /** Only entries behind this one in that order. */
  readonly after?: EntryPlace | undefined
}

/** Where an entry stands in the order of entries. */
export type EntryPlace = { readonly at: number; readonly id: string }

/** Rows fetched at once. Between pages other queries get their turn. */
const PAGE_ROWS = 1000

/** Rows of the ledger by the instant they were accepted, oldest first unless asked otherwise; one page is in memory. */
export async function* entryRows(
  tables: Kysely<BooksTables>,
  filter: EntryFilter,
): AsyncGenerator<EntryRow, void, undefined> {
  let left = filter.limit ?? Infinity
  let last: EntryPlace | undefined = filter.after
  while (left > 0) {
    const wanted = Math.min(left, PAGE_ROWS)
    const rows = await readPage(tables, filter, { after: last, rows: wanted })
    yield* rows
    if (rows.length < wanted) return
    left -= rows.length
    last = placeOf(rows.at(-1))
  }
}

function placeOf(row: EntryRow | undefined): EntryPlace | undefined {
  return row && { at: Number(row.at), id: row.id }
}

type Page = { readonly after: EntryPlace | undefined; readonly rows: number }

function readPage(tables: Kysely<BooksTables>, filter: EntryFilter, { after, rows }: Page): Promise<EntryRow[]> {
  const direction = filter.order === 'newest' ? 'desc' : 'asc'
  let query = tables.selectFrom('entries').selectAll()
  if (filter.from !== undefined) query = query.where('at', '>=', BigInt(filter.from))
  if (filter.to !== undefined) query = query.where('at', '<', BigInt(filter.to))
  if (filter.organisation !== undefined) query = query.where('organisation_id', '=', filter.organisation)
  if (filter.team !== undefined) query = query.where('team_id', '=', filter.team)
  if (filter.key !== undefined) query = query.where('key_id', '=', filter.key)
  if (filter.state !== undefined) query = query.where('state', '=', filter.state)
  // Says nothing more, but lets the database use the index of the few that did not end well.
  if (filter.state !== undefined && filter.state !== 'ok') query = query.where('state', '<>', sql.lit('ok'))
  if (filter.model !== undefined) query = query.where(isModel(filter.model))
  if (after !== undefined) query = query.where(isBeyond(after, direction))
  return query.orderBy('at', direction).orderBy('id', direction).limit(rows).execute()
}

/** By its own name, or by provider and name; of entries as of rollups. */
export function isModel(name: string): Expression<SqlBool> {
  const slash = name.indexOf('/')
  const [provider, model] = [name.slice(0, Math.max(0, slash)), name.slice(slash + 1)]
  return sql`(model = ${name} OR provider = ${provider} AND model = ${model})`
}

/** Unlike an offset, this stays right while rows are added, and the last page is as quick as the first. */
function isBeyond({ at, id }: EntryPlace, direction: 'asc' | 'desc'): Expression<SqlBool> {
  return direction === 'asc' ? sql`(at, id) > (${at}, ${id})` : sql`(at, id) < (${at}, ${id})`
}
