import { sql, type Kysely } from 'kysely'
import { isoInstant } from '../base/clock.ts'
import { Audit, type AuditResult, type Requote, type StoredSums } from './audit.ts'
import { checkOtherRows, checkReplaced } from './changed-rows.ts'
import { entryRows } from './entry-rows.ts'
import type { JournalFiles } from './journal-files.ts'
import { readCheckpoint } from './ledger.ts'
import { QUARANTINE_FOLDER } from './quarantine.ts'
import { GRAIN_MS } from './rollup.ts'
import { digestSums } from './retention/digest.ts'
import { completeFrom } from './retention/mark.ts'
import { settledInJournal } from './settled-in-journal.ts'
import type { BooksTables } from './tables.ts'

export type VerifyOptions = {
  readonly requote?: Requote | undefined
  /** Told now and then how many entries have been gone through. */
  readonly onProgress?: ((entries: number) => void) | undefined
}

export type Verification = AuditResult & {
  /** Entries before this instant were forgotten, so many of them; null where none were. */
  readonly complete_from: string | null
  readonly forgotten: number
  /** Settled requests that are in the journal and not in the ledger. */
  readonly undrained: number
  /** Files with unreadable pieces of the journal, for an operator to look at. */
  readonly quarantined: number
}

export type VerifyParts = {
  readonly tables: Kysely<BooksTables>
  readonly files: JournalFiles
  readonly pause: (ms: number) => Promise<unknown>
}

/** A running server drains within moments; what is still missing after three seconds is missing. */
const TRIES_MAX = 30
const TRY_EVERY_MS = 100
/** The last instant a date of JavaScript can name. */
const END_OF_TIME = 8_640_000_000_000_000n

/**
 * Adds up every entry anew, from one state of the ledger, and compares with what the rollups and price cells say, hour by
 * hour and day by day, every column to the last digit. Each row must have the bytes it was written with.
 */
export async function verifyBooks(parts: VerifyParts, options: VerifyOptions): Promise<Verification> {
  const { tables, files } = parts
  // Read before the ledger: an entry settled after this is not missed in it.
  const settled = await settledInJournal(files, await readCheckpoint(tables))
  const audit = new Audit(options.requote)
  await checkDatabase(tables, audit)
  const forgotten = await tables.transaction().execute((snapshot) => auditLedger(snapshot, audit, options))
  const undrained = await countMissing(parts, settled)
  if (undrained > 0) audit.report(`${undrained} settled requests are in the journal and not in the ledger.`)
  return { ...audit.result(), ...forgotten, undrained, quarantined: (await files.list(QUARANTINE_FOLDER)).length }
}

/** SQLite's own check of the file: pages, indexes, unique ids. */
async function checkDatabase(tables: Kysely<BooksTables>, audit: Audit): Promise<void> {
  const { rows } = await sql<{ integrity_check: string }>`PRAGMA integrity_check`.execute(tables)
  for (const { integrity_check: finding } of rows)
    if (finding !== 'ok') audit.report(`The database file is damaged: ${finding}`)
}

type Forgotten = Pick<Verification, 'complete_from' | 'forgotten'>

/** From the mark on, sums are compared with entries; those before are all there is, and are compared with their digest. */
async function auditLedger(
  tables: Kysely<BooksTables>,
  audit: Audit,
  { onProgress }: VerifyOptions,
): Promise<Forgotten> {
  const mark = inTime(await completeFrom(tables))
  await auditDays(tables, audit, { from: mark, onProgress })
  await checkOtherRows(tables, audit, { from: mark, to: END_OF_TIME })
  await checkCorrections(tables, audit, mark)
  const forgotten = await checkForgotten(tables, audit)
  return { complete_from: mark === 0n ? null : isoInstant(Number(mark)), forgotten }
}

/** A mark that was changed may be no instant. Its row is reported as any other. */
function inTime(mark: bigint): bigint {
  if (mark < 0n) return 0n
  return mark < END_OF_TIME ? mark : END_OF_TIME
}

async function checkForgotten(tables: Kysely<BooksTables>, audit: Audit): Promise<number> {
  let entries = 0
  for (const row of await tables.selectFrom('forgotten_months').selectAll().orderBy('month').execute()) {
    entries += Number(row.entries)
    if ((await digestSums(tables, { from: row.from_at, to: row.to_at })) !== row.digest)
      audit.report(`The sums of ${row.month} are others than when its entries were forgotten.`)
  }
  return entries
}

/** Midnights UTC, in milliseconds since 1970; left out, `to` is never. */
export type AuditedSpan = { readonly from: bigint; readonly to?: bigint } & Pick<VerifyOptions, 'onProgress'>

/** Goes through the days that have entries or sums, each in full before the next, so that memory holds one day of sums. */
export async function auditDays(
  tables: Kysely<BooksTables>,
  audit: Audit,
  { from, to = END_OF_TIME, onProgress }: AuditedSpan,
): Promise<void> {
  for (const day of await listDays(tables, { from, to })) {
    const span = { from: Number(day), to: Number(day + GRAIN_MS.day) }
    for await (const row of entryRows(tables, span)) {
      audit.add(row)
      await checkReplaced(tables, audit, row)
      onProgress?.(audit.entries)
    }
    audit.closeDay(await readSums(tables, day))
  }
}

type Days = { readonly from: bigint; readonly to: bigint }

async function listDays(tables: Kysely<BooksTables>, { from, to }: Days): Promise<bigint[]> {
  const { day } = GRAIN_MS
  const { rows } = await sql<{ day: bigint }>`
    SELECT at - at % ${day} AS day FROM entries WHERE at >= ${from} AND at < ${to}
    UNION SELECT start - start % ${day} FROM rollups WHERE start >= ${from} AND start < ${to}
    UNION SELECT start - start % ${day} FROM price_cells WHERE start >= ${from} AND start < ${to} ORDER BY 1`.execute(
    tables,
  )
  return rows.map((row) => row.day)
}

async function readSums(tables: Kysely<BooksTables>, day: bigint): Promise<StoredSums> {
  const of = <Table extends 'rollups' | 'price_cells'>(table: Table) =>
    sql<BooksTables[Table]>`
      SELECT * FROM ${sql.table(table)} WHERE start >= ${day} AND start < ${day + GRAIN_MS.day}`.execute(tables)
  return { rollups: (await of('rollups')).rows, cells: (await of('price_cells')).rows }
}

/** A correction must correct something. */
async function checkCorrections(tables: Kysely<BooksTables>, audit: Audit, mark: bigint): Promise<void> {
  const { rows } = await sql<{ id: string; adjusts: string | null }>`
    SELECT id, adjusts FROM entries AS correction WHERE kind <> 'request' AND at >= ${mark} AND NOT EXISTS (
      SELECT 1 FROM entries WHERE id = correction.adjusts AND kind = 'request')`.execute(tables)
  for (const { id, adjusts } of rows)
    audit.report(`Entry ${id} corrects ${adjusts ?? 'nothing'}, which is no entry of a request.`)
}

async function countMissing({ tables, pause }: VerifyParts, ids: readonly string[]): Promise<number> {
  let missing = [...ids]
  for (let tries = 0; missing.length > 0 && tries < TRIES_MAX; tries++) {
    if (tries > 0) await pause(TRY_EVERY_MS)
    missing = await filterMissing(tables, missing)
  }
  return missing.length
}

async function filterMissing(tables: Kysely<BooksTables>, ids: readonly string[]): Promise<string[]> {
  const missing: string[] = []
  for (const id of ids) {
    const row = await tables.selectFrom('entries').select('id').where('id', '=', id).executeTakeFirst()
    if (row === undefined) missing.push(id)
  }
  return missing
}
