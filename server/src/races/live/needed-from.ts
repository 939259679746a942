import type { RaceDatabase } from './tables.ts'
import { readOpenRaces } from './race-rows.ts'

/** From when on open races read entries: since the oldest of them began, in milliseconds since 1970. Null where none is open. */
export async function neededFrom(tables: RaceDatabase): Promise<number | null> {
  const starts = (await readOpenRaces(tables)).map(({ startedAt }) => startedAt)
  return starts.length === 0 ? null : Math.min(...starts)
}
