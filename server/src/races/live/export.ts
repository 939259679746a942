import { sql } from 'kysely'
import { entryOf, type EntryRow } from '../../books/entry-row.ts'
import { isoInstant } from '../../base/clock.ts'
import type { LiveRace } from './live-race.ts'
import { readSignals } from './signals.ts'
import type { RaceDatabase } from './tables.ts'
import { readVerdicts } from './verdict-chain.ts'

const PAGE_ROWS = 1_000

/** All that a race was decided on, one object a line: anybody can add it up again. */
export async function* exportRace(tables: RaceDatabase, race: LiveRace): AsyncGenerator<object, void, undefined> {
  const { id, config, configSha256, phases, state } = race
  yield { kind: 'race', id, state, config, config_sha256: configSha256, phases, started_at: isoInstant(race.startedAt) }
  for (let after = 0n; ;) {
    const { rows } = await sql<EntryRow & { readonly position: bigint }>`
      SELECT rowid AS position, * FROM entries WHERE race = ${id} AND rowid > ${after}
      ORDER BY rowid LIMIT ${PAGE_ROWS}`.execute(tables)
    for (const row of rows) yield { ...entryOf(row), kind: 'trial' }
    if (rows.length < PAGE_ROWS) break
    after = rows.at(-1)?.position ?? after
  }
  for (let after = 0n; ;) {
    const signals = await readSignals(tables, id, after)
    for (const { at, seq: _, ...signal } of signals) yield { kind: 'signal', ...signal, at: isoInstant(Number(at)) }
    if (signals.length === 0) break
    after = signals.at(-1)?.seq ?? after
  }
  for (const { kind, ...verdict } of await readVerdicts(tables, id)) yield { kind: 'verdict', ruling: kind, ...verdict }
}
