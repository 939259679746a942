import { sql } from 'kysely'
import type { Clock } from '../../base/clock.ts'
import { newId } from '../../base/ids.ts'
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
    .select(['value', 'comment'])
    .where('trial', '=', trial)
    .where('source', '=', source)
    .where('reviewer', '=', reviewer)
    .orderBy('seq', 'desc')
    .executeTakeFirst()
  if (last?.value === value && last.comment === comment) return false
  await tables
    .insertInto('race_signals')
    .values({ ...signal, id: newId(clock), at: BigInt(clock.now()) } as SignalRow)
    .execute()
  return true
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
