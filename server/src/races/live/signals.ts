import { sql } from 'kysely'
import type { Clock } from '../../base/clock.ts'
import { idOf } from '../../base/ids.ts'
import type { RaceDatabase, SignalRow } from './tables.ts'

export type NewSignal = Omit<SignalRow, 'seq' | 'id' | 'at'>

/**
 * Adds what was said of an answer. Saying the same again adds nothing; another value takes the place of the one before, which
 * stays on record. True when something was added.
 */
export async function addSignal(tables: RaceDatabase, signal: NewSignal, clock: Clock): Promise<boolean> {
  const { trial, source, reviewer, value, comment } = signal
  const last = await tables
    .selectFrom('race_signals')
    .select(['id', 'value', 'comment'])
    .where('trial', '=', trial)
    .where('source', '=', source)
    .where('reviewer', '=', reviewer)
    .orderBy('seq', 'desc')
    .executeTakeFirst()
  if (last?.value === value && last.comment === comment) return false
  // Of what is said and of what was said before: two processes that hear the same at once add one row.
  const said = JSON.stringify([trial, source, reviewer, value, comment, last?.id ?? null])
  const id = idOf(clock.now(), said)
  const { numInsertedOrUpdatedRows } = await tables
    .insertInto('race_signals')
    .values({ ...signal, id, at: BigInt(clock.now()) } as SignalRow)
    .onConflict((conflict) => conflict.column('id').doNothing())
    .executeTakeFirst()
  return numInsertedOrUpdatedRows === 1n
}

/** A page of the signals of a race, in the order in which they came. */
export function readSignals(tables: RaceDatabase, race: string, after: bigint): Promise<SignalRow[]> {
  return tables
    .selectFrom('race_signals')
    .selectAll()
    .where('race', '=', race)
    .where('seq', '>', after)
    .orderBy(sql`seq`)
    .limit(5_000)
    .execute()
}
