import { sql, type Kysely } from 'kysely'
import { entryRows } from './entry-rows.ts'
import { GRAIN_MS, Rollup } from './rollup.ts'
import type { BooksTables } from './tables.ts'
import { Cells } from './whatif/cells.ts'

/** Rows of one INSERT: SQLite takes 32,766 values in a statement. */
const ROWS_AT_ONCE = 500

/**
 * Makes all sums anew from the entries, day by day, so that memory holds the sums of one. For a transaction while nobody
 * drains; entries are only read.
 */
export async function rebuildSums(
  tables: Kysely<BooksTables>,
  onProgress?: (entries: number) => void,
): Promise<number> {
  let entries = 0
  await tables.deleteFrom('rollups').execute()
  await tables.deleteFrom('price_cells').execute()
  for (const day of await listEntryDays(tables)) {
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

async function listEntryDays(tables: Kysely<BooksTables>): Promise<bigint[]> {
  const { day } = GRAIN_MS
  const { rows } = await sql<{ day: bigint }>`
    SELECT DISTINCT at - at % ${day} AS day FROM entries ORDER BY 1`.execute(tables)
  return rows.map((row) => row.day)
}

function* inPieces<Row>(rows: readonly Row[]): Generator<Row[], void> {
  for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) yield rows.slice(start, start + ROWS_AT_ONCE)
}
