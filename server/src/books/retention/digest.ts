import { createHash } from 'node:crypto'
import { sql, type Kysely } from 'kysely'
import { ROLLUP_KEY } from '../rollup.ts'
import type { BooksTables } from '../tables.ts'
import { CELL_KEY } from '../whatif/cells.ts'

/** SHA-256 of every column of the sums from one midnight to another, in the order of their keys. */
export async function digestSums(
  tables: Kysely<BooksTables>,
  { from, to }: { readonly from: bigint; readonly to: bigint },
): Promise<string> {
  const hash = createHash('sha256')
  for (const [table, key] of [
    ['rollups', ROLLUP_KEY],
    ['price_cells', CELL_KEY],
  ] as const) {
    const { rows } = await sql<Record<string, unknown>>`
      SELECT * FROM ${sql.table(table)} WHERE start >= ${from} AND start < ${to}
      ORDER BY ${sql.raw(key.join(', '))}`.execute(tables)
    for (const row of rows) hash.update(`${table} ${lineOf(row)}\n`)
  }
  return hash.digest('hex')
}

/** Columns by name: that a later version adds some in another place changes nothing. */
function lineOf(row: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(
    Object.keys(row)
      .toSorted()
      .map((name) => [name, String(row[name])]),
  )
}
