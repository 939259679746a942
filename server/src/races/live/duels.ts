import { sql } from 'kysely'
import { isoInstant } from '../../base/clock.ts'
import { usageOf, type EntryRow } from '../../books/entry-row.ts'
import { formatPico, type Pico } from '../../money/fixed-point.ts'
import { JUDGE_ARM } from './record.ts'
import type { RaceDatabase, SignalRow } from './tables.ts'

/** One request of a race and, in the shadow, the one that repeats it: what each answer cost and took, and what was said. */
export type Duel = {
  readonly id: string
  readonly at: string
  readonly arm: string
  readonly phase: number
  /** The keyed hash of whom it counts for. */
  readonly unit: string
  readonly answers: readonly DuelAnswer[]
  readonly signals: readonly DuelSignal[]
}

export type DuelAnswer = {
  readonly request_id: string
  readonly arm: string
  /** Who answered, or was asked last: another one than the arm is the arm's failure. */
  readonly model: string
  readonly state: string
  readonly usage: ReturnType<typeof usageOf>
  readonly cost: { readonly amount: string; readonly currency: string } | null
  readonly duration_ms: number
  readonly first_byte_ms: number | null
}

export type DuelSignal = Pick<SignalRow, 'reviewer' | 'value' | 'comment'> & {
  readonly source: Exclude<SignalRow['source'], 'canary'>
  readonly at: string
}

export type DuelFilter = {
  readonly race: string
  readonly arm?: string | undefined
  /** Only those that somebody, or a check, has said something of. */
  readonly rated?: boolean | undefined
  /** Older than the entry of this number in the ledger. */
  readonly below?: bigint | undefined
  readonly limit: number
}

type Row = EntryRow & { readonly position: bigint; readonly arm: string; readonly unit: string; readonly phase: bigint }

/** Newest first. Paired ones stand by the challenger's answer, which is the one that was graded. */
export async function duelPage(
  tables: RaceDatabase,
  filter: DuelFilter,
): Promise<readonly (Duel & { readonly position: bigint })[]> {
  const { race, arm, rated, below, limit } = filter
  const conditions = [
    sql`race = ${race}`,
    sql`arm <> ${JUDGE_ARM}`,
    // The champion's half of a pair is told with the challenger's.
    sql`id NOT IN (SELECT mirror_of FROM entries
      WHERE race = ${race} AND mirror_of IS NOT NULL AND arm <> ${JUDGE_ARM})`,
    ...(arm === undefined ? [] : [sql`arm = ${arm}`]),
    ...(below === undefined ? [] : [sql`rowid < ${below}`]),
    ...(rated === undefined
      ? []
      : [
          sql`${rated ? sql`` : sql`NOT`} EXISTS (
          SELECT 1 FROM race_signals WHERE race_signals.trial = entries.id AND race_signals.source <> 'canary')`,
        ]),
  ]
  const { rows } = await sql<Row>`
    SELECT rowid AS position, * FROM entries WHERE ${sql.join(conditions, sql` AND `)}
    ORDER BY rowid DESC LIMIT ${limit}`.execute(tables)
  const twins = await entriesOf(
    tables,
    rows.flatMap(({ mirror_of }) => mirror_of ?? []),
  )
  const said = await signalsOf(
    tables,
    rows.map(({ id }) => id),
  )
  return rows.map((row) => ({
    position: row.position,
    id: row.id,
    at: isoInstant(Number(row.at)),
    arm: row.arm,
    phase: Number(row.phase),
    unit: row.unit,
    answers: [...(twins.get(row.mirror_of ?? '') ?? []), row].map(answerOf),
    signals: said.get(row.id) ?? [],
  }))
}

async function entriesOf(tables: RaceDatabase, ids: readonly string[]): Promise<ReadonlyMap<string, readonly Row[]>> {
  if (ids.length === 0) return new Map()
  const { rows } = await sql<Row>`SELECT rowid AS position, * FROM entries WHERE id IN (${sql.join(ids)})`.execute(
    tables,
  )
  return new Map(rows.map((row) => [row.id, [row]]))
}

/** Of each reviewer what was said last. */
async function signalsOf(
  tables: RaceDatabase,
  trials: readonly string[],
): Promise<ReadonlyMap<string, readonly DuelSignal[]>> {
  if (trials.length === 0) return new Map()
  const rows = await tables.selectFrom('race_signals').selectAll().where('trial', 'in', trials).orderBy('seq').execute()
  const last = new Map(rows.map((row) => [JSON.stringify([row.trial, row.source, row.reviewer]), row]))
  const byTrial = new Map<string, DuelSignal[]>()
  for (const { trial, source, reviewer, value, comment, at } of last.values()) {
    // It says something of the judge, and nothing of an arm.
    if (source === 'canary') continue
    const said = byTrial.get(trial) ?? []
    byTrial.set(trial, [...said, { source, reviewer, value, comment, at: isoInstant(Number(at)) }])
  }
  return byTrial
}

function answerOf(row: Row): DuelAnswer {
  const { cost_pico: pico, cost_currency: currency } = row
  return {
    request_id: row.id,
    arm: row.arm,
    model: `${row.provider}/${row.model}`,
    state: row.state,
    usage: usageOf(row),
    cost: pico === null || currency === null ? null : { amount: formatPico(pico as Pico), currency },
    duration_ms: Number(row.duration_ms),
    first_byte_ms: row.first_byte_ms === null ? null : Number(row.first_byte_ms),
  }
}
