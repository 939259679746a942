import { createHash } from 'node:crypto'
import { isOpen, NOT_MIRRORED, type LiveConfig, type LiveRace, type MirrorCounts, type Phase } from './live-race.ts'
import type { RaceRow, RaceDatabase, RaceState } from './tables.ts'

/** Races as the database keeps them. */

export async function readRaces(tables: RaceDatabase): Promise<LiveRace[]> {
  const rows = await tables.selectFrom('races').selectAll().orderBy('started_at').orderBy('id').execute()
  return rows.map(raceOf)
}

export type RaceFilter = {
  readonly state?: RaceState | undefined
  readonly route?: string | undefined
  /** Began before this one: ids are in the order of starts. */
  readonly below?: string | undefined
  readonly limit: number
}

/** Newest first. */
export async function racePage(tables: RaceDatabase, filter: RaceFilter): Promise<LiveRace[]> {
  const { state, route, below, limit } = filter
  let query = tables.selectFrom('races').selectAll().orderBy('id', 'desc').limit(limit)
  if (state !== undefined) query = query.where('state', '=', state)
  if (route !== undefined) query = query.where('route', '=', route)
  if (below !== undefined) query = query.where('id', '<', below)
  return (await query.execute()).map(raceOf)
}

export async function findRace(tables: RaceDatabase, id: string): Promise<LiveRace | null> {
  const row = await tables.selectFrom('races').selectAll().where('id', '=', id).executeTakeFirst()
  return row === undefined ? null : raceOf(row)
}

export async function readOpenRaces(tables: RaceDatabase): Promise<LiveRace[]> {
  const rows = await tables
    .selectFrom('races')
    .selectAll()
    .where('state', 'in', ['running', 'promotable', 'watching'])
    .execute()
  return rows.map(raceOf)
}

export type NewRace = { readonly id: string; readonly config: LiveConfig; readonly first: Phase }

/** Fails where another race runs on the route. */
export async function insertRace(tables: RaceDatabase, { id, config, first }: NewRace): Promise<LiveRace> {
  const text = JSON.stringify(config)
  const race: LiveRace = {
    id,
    config,
    configSha256: createHash('sha256').update(text).digest('hex'),
    state: 'running',
    phases: [first],
    startedAt: first.since,
    endedAt: null,
    reason: null,
    promotion: null,
    mirrored: NOT_MIRRORED,
  }
  await tables
    .insertInto('races')
    .values({
      ...changedColumns(race),
      id,
      route: config.route,
      config: text,
      config_sha256: race.configSha256,
      started_at: BigInt(first.since),
      mirrored: JSON.stringify(NOT_MIRRORED),
    })
    .execute()
  return race
}

/**
 * Stores what has changed, if the race is still in the state it was read in: false where somebody was quicker, and then nothing
 * of the change may be done.
 */
export async function changeRace(
  tables: RaceDatabase,
  before: LiveRace,
  change: Partial<Pick<LiveRace, 'state' | 'phases' | 'reason' | 'promotion'>> & { readonly at: number },
): Promise<LiveRace | null> {
  const { at, ...changed } = change
  const after = { ...before, ...changed }
  const race = { ...after, endedAt: isOpen(after) ? null : (before.endedAt ?? at) }
  const { numUpdatedRows } = await tables
    .updateTable('races')
    .set(changedColumns(race))
    .where('id', '=', before.id)
    .where('state', '=', before.state)
    .executeTakeFirst()
  return numUpdatedRows === 1n ? race : null
}

export async function saveMirrored(tables: RaceDatabase, id: string, counts: MirrorCounts): Promise<void> {
  await tables
    .updateTable('races')
    .set({ mirrored: JSON.stringify(counts) })
    .where('id', '=', id)
    .execute()
}

function changedColumns(race: LiveRace): Pick<RaceRow, 'state' | 'phases' | 'reason' | 'promotion' | 'ended_at'> {
  return {
    state: race.state,
    phases: JSON.stringify(race.phases),
    reason: race.reason,
    promotion: race.promotion === null ? null : JSON.stringify(race.promotion),
    ended_at: race.endedAt === null ? null : BigInt(race.endedAt),
  }
}

function raceOf(row: RaceRow): LiveRace {
  return {
    id: row.id,
    config: JSON.parse(row.config) as LiveConfig,
    configSha256: row.config_sha256,
    state: row.state,
    phases: JSON.parse(row.phases) as Phase[],
    startedAt: Number(row.started_at),
    endedAt: row.ended_at === null ? null : Number(row.ended_at),
    reason: row.reason,
    promotion: row.promotion === null ? null : (JSON.parse(row.promotion) as LiveRace['promotion']),
    mirrored: JSON.parse(row.mirrored) as MirrorCounts,
  }
}
