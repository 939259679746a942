import { sql, type Kysely } from 'kysely'
import { isoInstant } from '../../base/clock.ts'
import { PaddockError } from '../../base/errors.ts'
import type { BooksTables } from '../tables.ts'

/** A month whose entries were forgotten: from one mark (included) to the next, in milliseconds since 1970. */
export type ForgottenMonthRow = {
  readonly month: string
  readonly from_at: bigint
  readonly to_at: bigint
  readonly entries: bigint
  /** SHA-256 of its sums, in hexadecimal digits. */
  readonly digest: string
  /** The file its entries were written to, and the SHA-256 of that; null where nobody wanted one. */
  readonly archive: string | null
  readonly archive_sha256: string | null
  /** Of all other columns; null in rows of before there were checksums. */
  readonly checksum: bigint | null
}

/** From when on every entry is there, in milliseconds since 1970; zero where nothing was ever forgotten. */
export async function completeFrom(tables: Kysely<BooksTables>): Promise<bigint> {
  const { rows } = await sql<{ mark: bigint }>`
    SELECT coalesce(max(to_at), 0) AS mark FROM forgotten_months`.execute(tables)
  return rows[0]?.mark ?? 0n
}

/** Throws `entries_forgotten` where what is asked for, from an instant on, would be made of entries that are gone. */
export async function requireEntries(tables: Kysely<BooksTables>, from: number, what: string): Promise<void> {
  const mark = Number(await completeFrom(tables))
  if (from >= mark) return
  throw new PaddockError('entries_forgotten', {
    message: `${what} needs the entries from ${isoInstant(from)} on. Entries are complete from ${isoInstant(mark)}: those before were forgotten, and only their sums are left. Ask from there on, or look into the archive.`,
  })
}
