import { sql, type Kysely } from 'kysely'
import { entryRows } from './entry-rows.ts'
import { GRAIN_MS, Rollup } from './rollup.ts'
import type { BooksTables } from './tables.ts'
import { Cells } from './whatif/cells.ts'

/** Rows of one INSERT: SQLite takes 32,766 values in a statement. */
const ROWS_AT_ONCE = 500

export type RebuildOptions = {
  /** A midnight UTC, in milliseconds since 1970: sums before are all that is left of their entries, and stay. */
  readonly from: bigint
  readonly onProgress?: ((entries: number) => void) | undefined
}

/**
 * Makes the sums anew from the entries, day by day, so that memory holds the sums of one. For a transaction while nobody
 * drains; entries are only read.
 */
export async function rebuildSums(tables: Kysely<BooksTables>, { from, onProgress }: RebuildOptions): Promise<number> {
  let entries = 0
  await tables.deleteFrom('rollups').where('start', '>=', from).execute()
  await tables.deleteFrom('price_cells').where('start', '>=', from).execute()
  for (const day of await listEntryDays(tables, from)) {
    const [rollup, cells] = [new Rollup(), new Cells()]
    for await (const row of entryRows(tables, { from: Number(day), to: Number(day + GRAIN_MS.day) })) {
      rollup.add(row)
      cells.add(row)
      entries += 1
      onProgress?.(entries)
    }
    for (const rows of inPieces(rollup.rows())) await tables.insertInto('rollups').values(rows).execute()
    for (const rows of inPieces(cells.rows())) await tables.insertInto('price_cells').values(rows).execute()
  }
  return entries
}

async function listEntryDays(tables: Kysely<BooksTables>, from: bigint): Promise<bigint[]> {
  const { day } = GRAIN_MS
  const { rows } = await sql<{ day: bigint }>`
    SELECT DISTINCT at - at % ${day} AS day FROM entries WHERE at >= ${from} ORDER BY 1`.execute(tables)
  return rows.map((row) => row.day)
}

function* inPieces<Row>(rows: readonly Row[]): Generator<Row[], void> {
  for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) yield rows.slice(start, start + ROWS_AT_ONCE)
}
