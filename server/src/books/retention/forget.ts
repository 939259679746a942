import { sql, type Kysely } from 'kysely'
import { isoInstant } from '../../base/clock.ts'
import { PaddockError } from '../../base/errors.ts'
import type { Store } from '../../store/store.ts'
import { Audit } from '../audit.ts'
import { endOfTurn } from '../end-of-turn.ts'
import { entryOf } from '../entry-row.ts'
import { entryRows } from '../entry-rows.ts'
import { rowChecksum } from '../row-checksum.ts'
import type { BooksTables } from '../tables.ts'
import { auditDays } from '../verify.ts'
import { archiveMonth, type Archive, type ArchiveOptions } from './archive.ts'
import { digestSums } from './digest.ts'
import { completeFrom } from './mark.ts'
import { addMonths, markedMonthOf, markOf } from './month.ts'

export type ForgetRequest = {
  /** Entries before this month, "2024-05", are forgotten, as the clock of the zone has months. */
  readonly before: string
  readonly zone: string
  readonly archive: ArchiveOptions | null
  /** Only says what would be forgotten. */
  readonly dryRun?: boolean
}

export type ForgottenMonth = {
  readonly month: string
  readonly from: string
  readonly to: string
  readonly entries: number
  readonly archive: Archive | null
}

type Month = { readonly name: string; readonly from: bigint; readonly to: bigint }

/** Rows removed in one go: other queries get their turn in between. */
const ROWS_AT_ONCE = 500

/**
 * Forgets entries, oldest month first, and keeps their sums. For each month: its sums are compared with its entries, these
 * are archived, and the mark is moved behind it in one transaction with a digest of the sums. Only then are rows removed, so
 * a kill at any instant leaves either all entries or a mark, before which the next run removes the rest. Call it when
 * everything is drained, and counted by whoever counts entries.
 */
export async function* forgetMonths(
  store: Store,
  request: ForgetRequest,
): AsyncGenerator<ForgottenMonth, void, undefined> {
  const tables = store.tables<BooksTables>()
  const isReal = request.dryRun !== true
  if (isReal) await removeForgotten(tables)
  let from = await completeFrom(tables)
  for (let month = await nextMonth(tables, from, request); month; month = await nextMonth(tables, from, request)) {
    const entries = await countChecked(tables, month)
    const archive = isReal && request.archive ? await writeArchive(tables, month, request.archive) : null
    if (isReal) {
      await moveMark(store, month, { entries, archive })
      await removeForgotten(tables)
    }
    from = month.to
    const [first, end] = [month.from, month.to].map((at) => isoInstant(Number(at)))
    yield { month: month.name, from: first ?? '', to: end ?? '', entries, archive }
  }
}

/** The month of the oldest entry behind the mark; months without entries go with the one after them. */
async function nextMonth(
  tables: Kysely<BooksTables>,
  from: bigint,
  { before, zone }: ForgetRequest,
): Promise<Month | null> {
  const { rows } = await sql<{ at: bigint | null }>`
    SELECT min(at) AS at FROM entries WHERE at >= ${from} AND at < ${BigInt(markOf(before, zone))}`.execute(tables)
  const oldest = rows[0]?.at ?? null
  if (oldest === null) return null
  const name = markedMonthOf(Number(oldest), zone)
  return { name, from, to: BigInt(markOf(addMonths(name, 1), zone)) }
}

/** How many entries a month has. Its sums are all that will be left of it, so they have to be right. */
async function countChecked(tables: Kysely<BooksTables>, { name, from, to }: Month): Promise<number> {
  const audit = new Audit()
  // Not of one state: requests want the database meanwhile. What comes in is noticed when the mark is moved.
  await auditDays(tables, audit, { from, to })
  const { ok, entries, problems } = audit.result()
  if (ok) return entries
  throw new PaddockError('data_unusable', {
    message: `The sums of ${name} do not agree with its entries, so it is not forgotten: ${problems[0] ?? ''} "paddock books verify" says all of it.`,
  })
}

function writeArchive(tables: Kysely<BooksTables>, month: Month, options: ArchiveOptions): Promise<Archive> {
  async function* entries() {
    const span = { from: Number(month.from), to: Number(month.to) }
    for await (const row of entryRows(tables, span)) yield entryOf(row)
  }
  return archiveMonth(month.name, entries(), options)
}

type Sealed = { readonly entries: number; readonly archive: Archive | null }

async function moveMark(store: Store, { name, from, to }: Month, { entries, archive }: Sealed): Promise<void> {
  await store.write(async (tables: Kysely<BooksTables>) => {
    const { rows } = await sql<{ count: bigint }>`
      SELECT count(*) AS count FROM entries WHERE at >= ${from} AND at < ${to}`.execute(tables)
    if (Number(rows[0]?.count) !== entries)
      throw new PaddockError('data_in_use', {
        message: `Entries of ${name} came in while it was being looked through. Nothing of it was forgotten; try again.`,
      })
    const digest = await digestSums(tables, { from, to })
    const row = {
      month: name,
      from_at: from,
      to_at: to,
      entries: BigInt(entries),
      digest,
      archive: archive?.file ?? null,
      archive_sha256: archive?.sha256 ?? null,
    }
    await tables
      .insertInto('forgotten_months')
      .values({ ...row, checksum: rowChecksum('forgotten_months', row) })
      .execute()
  })
}

/**
 * Removes what lies before the mark. The row written last stays: SQLite would give its number to the next one, and the
 * leagues, which count by these numbers, would take that for one they have counted.
 */
async function removeForgotten(tables: Kysely<BooksTables>): Promise<void> {
  const mark = await completeFrom(tables)
  for (let removed = 1n; removed > 0n; await endOfTurn()) {
    const { numAffectedRows = 0n } = await sql`
      DELETE FROM entries WHERE rowid IN (
        SELECT rowid FROM entries
        WHERE at < ${mark} AND rowid < (SELECT max(rowid) FROM entries) LIMIT ${ROWS_AT_ONCE})`.execute(tables)
    removed = numAffectedRows
  }
}
