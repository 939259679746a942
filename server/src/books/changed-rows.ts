/** Rows that are not as they were written, beside those that are noticed where the entries are added up. */
import { sql, type Kysely } from 'kysely'
import type { Audit } from './audit.ts'
import type { EntryRow } from './entry-row.ts'
import { entryRows } from './entry-rows.ts'
import type { CheckedRow, CheckedTable } from './row-checksum.ts'
import type { BooksTables } from './tables.ts'

type Span = { readonly from: bigint; readonly to: bigint }

/** Goes through what the days from one instant to another leave out. */
export async function checkOtherRows(tables: Kysely<BooksTables>, audit: Audit, audited: Span): Promise<void> {
  await checkEntriesOutside(tables, audit, audited)
  await checkLost(tables, audit)
  await checkTable(tables, audit, { table: 'price_events', nameOf: ({ model, at }) => `${model} at ${at}` })
  await checkTable(tables, audit, { table: 'price_watch', nameOf: ({ model }) => String(model) })
  await checkTable(tables, audit, { table: 'forgotten_months', nameOf: ({ month }) => String(month) })
}

/**
 * Bytes that are no UTF-8 are read as U+FFFD, as those of U+FFFD itself are, and the checksum cannot tell them apart. Where a
 * text has it, its bytes are looked at.
 */
export async function checkReplaced(tables: Kysely<BooksTables>, audit: Audit, row: EntryRow): Promise<void> {
  for (const [column, text] of Object.entries(row)) {
    if (typeof text !== 'string' || !text.includes('\ufffd')) continue
    const { rows } = await sql<{ bytes: Uint8Array }>`
      SELECT CAST(${sql.ref(column)} AS BLOB) AS bytes FROM entries WHERE id = ${row.id}`.execute(tables)
    if (!Buffer.from(text).equals(rows[0]?.bytes ?? new Uint8Array())) audit.reportChanged('entries', row.id)
  }
}

/** Entries whose instant was changed to one of no day that is gone through, and those a month left behind when forgetting was cut off. */
async function checkEntriesOutside(tables: Kysely<BooksTables>, audit: Audit, { from, to }: Span): Promise<void> {
  for (const outside of [{ to: Number(from) }, { from: Number(to) }])
    for await (const row of entryRows(tables, outside)) audit.checkBytes({ table: 'entries', name: row.id, row })
}

/** Rows are numbered in the order they were written: once one has a checksum, all after it have. */
async function checkLost(tables: Kysely<BooksTables>, audit: Audit): Promise<void> {
  const { rows } = await sql<{ id: string }>`
    SELECT id FROM entries WHERE checksum IS NULL
      AND rowid > (SELECT min(rowid) FROM entries WHERE checksum IS NOT NULL)`.execute(tables)
  for (const { id } of rows)
    audit.report(
      `Row ${id} of entries has no checksum, though one before it has: it was removed, or an older version wrote the row.`,
    )
}

type Checked<Table extends CheckedTable> = {
  readonly table: Table
  readonly nameOf: (row: CheckedRow<Table>) => string
}

async function checkTable<Table extends CheckedTable>(
  tables: Kysely<BooksTables>,
  audit: Audit,
  { table, nameOf }: Checked<Table>,
): Promise<void> {
  const { rows } = await sql<CheckedRow<Table> & { readonly checksum: bigint | null }>`
    SELECT * FROM ${sql.table(table)}`.execute(tables)
  for (const row of rows) audit.checkBytes({ table, name: nameOf(row), row })
}
