import { sql } from 'kysely'
import { entryOf, type EntryRow } from '../../books/entry-row.ts'
import { isoInstant } from '../../base/clock.ts'
import { PaddockError } from '../../base/errors.ts'
import type { LiveRace } from './live-race.ts'
import { readSignals } from './signals.ts'
import type { RaceDatabase, SignalRow } from './tables.ts'
import { readVerdicts } from './verdict-chain.ts'

/** A part of an export, and where the next one begins; null where it was the last. */
export type ExportPage = { readonly items: readonly object[]; readonly next: string | null }

const FIRST = 'trial_0'

/** All that a race was decided on, one object a line: anybody can add it up again. */
export async function* exportRace(tables: RaceDatabase, race: LiveRace): AsyncGenerator<object, void, undefined> {
  for (let after: string | null = FIRST; after !== null;) {
    const page: ExportPage = await exportPage(tables, race, after)
    yield* page.items
    after = page.next
  }
}

/** The race itself, then its trials, its signals and its verdicts, each kind in the order in which it came. */
export async function exportPage(tables: RaceDatabase, race: LiveRace, after: string | null): Promise<ExportPage> {
  const [, kind, number = ''] = /^(trial|signal|verdict)_(\d{1,18})$/.exec(after ?? FIRST) ?? []
  if (kind === 'trial') return trials(tables, race, BigInt(number))
  if (kind === 'signal') return signals(tables, race, BigInt(number))
  if (kind === 'verdict') return { items: await verdicts(tables, race), next: null }
  throw new PaddockError('field_invalid', { message: '/after: take "next" of the page before.', param: '/after' })
}

const PAGE_ROWS = 1_000

async function trials(tables: RaceDatabase, race: LiveRace, after: bigint): Promise<ExportPage> {
  const { id, config, configSha256, phases, state } = race
  const head = { kind: 'race', id, state, config, config_sha256: configSha256, phases }
  const { rows } = await sql<EntryRow & { readonly position: bigint }>`
    SELECT rowid AS position, * FROM entries WHERE race = ${id} AND rowid > ${after}
    ORDER BY rowid LIMIT ${PAGE_ROWS}`.execute(tables)
  const lines = rows.map((row) => ({ ...entryOf(row), kind: 'trial' }))
  return {
    items: after === 0n ? [{ ...head, started_at: isoInstant(race.startedAt) }, ...lines] : lines,
    next: rows.length < PAGE_ROWS ? 'signal_0' : `trial_${rows.at(-1)?.position ?? after}`,
  }
}

async function signals(tables: RaceDatabase, { id }: LiveRace, after: bigint): Promise<ExportPage> {
  const rows = await readSignals(tables, id, after)
  const last = rows.at(-1)
  return {
    items: rows.map(signalLine),
    next: last === undefined ? 'verdict_0' : `signal_${last.seq}`,
  }
}

/** Its number in the table is nobody's business. */
function signalLine({ id, trial, race, source, reviewer, value, comment, at }: SignalRow): object {
  return { kind: 'signal', id, trial, race, source, reviewer, value, comment, at: isoInstant(Number(at)) }
}

async function verdicts(tables: RaceDatabase, { id }: LiveRace): Promise<object[]> {
  const rows = await readVerdicts(tables, id)
  return rows.map(({ kind, ...verdict }) => ({ kind: 'verdict', ruling: kind, ...verdict }))
}
