import { createHash } from 'node:crypto'
import { isoInstant, type Clock } from '../../base/clock.ts'
import { idOf } from '../../base/ids.ts'
import type { LiveRace } from './live-race.ts'
import type { RaceDatabase, VerdictKind, VerdictRow } from './tables.ts'

/** What was decided, by whom, on what evidence. */
export type Verdict = {
  readonly id: string
  readonly race: string
  readonly at: string
  readonly kind: VerdictKind
  readonly challenger: string | null
  readonly actor: string
  readonly reason: string
  readonly evidence: unknown
  readonly config_sha256: string
  readonly previous_hash: string
  readonly hash: string
}

export type Ruling = Pick<Verdict, 'kind' | 'challenger' | 'actor' | 'reason' | 'evidence'>

/** Before the first one. */
const NOTHING = '0'.repeat(64)

/** Adds a verdict behind the last one. Of two processes that do so at once one fails: no two rows may name the same one before. */
export async function appendVerdict(
  tables: RaceDatabase,
  { id: race, configSha256 }: Pick<LiveRace, 'id' | 'configSha256'>,
  { clock, ...ruling }: Ruling & { clock: Clock },
): Promise<Verdict> {
  const last = await tables.selectFrom('race_verdicts').select('hash').orderBy('seq', 'desc').executeTakeFirst()
  const previousHash = last?.hash ?? NOTHING
  const unsealed = {
    ...ruling,
    // Of the hash before it, which no other row may name: the same history has the same ids.
    id: idOf(clock.now(), `${previousHash}|${race}`),
    race,
    at: BigInt(clock.now()),
    evidence: JSON.stringify(ruling.evidence),
    config_sha256: configSha256,
    previous_hash: previousHash,
  }
  const row = { ...unsealed, hash: sealOf(unsealed) }
  await tables
    .insertInto('race_verdicts')
    .values(row as VerdictRow)
    .execute()
  return verdictOf(row)
}

export type VerdictPage = {
  readonly race?: string | undefined
  /** Older than the verdict of this number in the chain. */
  readonly below?: bigint | undefined
  readonly limit: number
}

/** Newest first, each with its number in the chain. */
export async function verdictPage(
  tables: RaceDatabase,
  { race, below, limit }: VerdictPage,
): Promise<(Verdict & { readonly seq: bigint })[]> {
  let query = tables.selectFrom('race_verdicts').selectAll().orderBy('seq', 'desc').limit(limit)
  if (race !== undefined) query = query.where('race', '=', race)
  if (below !== undefined) query = query.where('seq', '<', below)
  return (await query.execute()).map((row) => ({ ...verdictOf(row), seq: row.seq }))
}

export async function readVerdicts(tables: RaceDatabase, race?: string): Promise<Verdict[]> {
  let query = tables.selectFrom('race_verdicts').selectAll().orderBy('seq')
  if (race !== undefined) query = query.where('race', '=', race)
  return (await query.execute()).map(verdictOf)
}

/** The id of the first verdict that is not what was written, or does not stand behind the one before it; null when all do. */
export async function brokenVerdict(tables: RaceDatabase): Promise<string | null> {
  let previous = NOTHING
  for (const row of await tables.selectFrom('race_verdicts').selectAll().orderBy('seq').execute()) {
    if (row.previous_hash !== previous || row.hash !== sealOf(row)) return row.id
    previous = row.hash
  }
  return null
}

type Unsealed = Omit<VerdictRow, 'seq' | 'hash'>

/** SHA-256 of all of a verdict and of the hash before it. */
function sealOf(row: Unsealed): string {
  const { previous_hash, id, race, at, kind, challenger, actor, reason, evidence, config_sha256 } = row
  const sealed = [previous_hash, id, race, String(at), kind, challenger, actor, reason, evidence, config_sha256]
  return createHash('sha256').update(JSON.stringify(sealed)).digest('hex')
}

function verdictOf({ at, evidence, ...row }: Omit<VerdictRow, 'seq'>): Verdict {
  const { id, race, kind, challenger, actor, reason, config_sha256, previous_hash, hash } = row
  return {
    id,
    race,
    at: isoInstant(Number(at)),
    kind,
    challenger,
    actor,
    reason,
    evidence: JSON.parse(evidence) as unknown,
    config_sha256,
    previous_hash,
    hash,
  }
}
