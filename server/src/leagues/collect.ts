import { setTimeout as sleep } from 'node:timers/promises'
import { sql, type Kysely } from 'kysely'
import type { EntryState } from '@paddock/contract/entry'
import type { EntryRow } from '../books/entry-row.ts'
import { completeFrom } from '../books/retention/mark.ts'
import type { BooksTables } from '../books/tables.ts'
import type { Run, Store } from '../store/store.ts'
import { addKept, blockOf, emptyBits, keep, placeOf, setBit, type Bits } from './block.ts'
import { daysIn, QUARTER_MS, type Days } from './day.ts'
import type { Dimension, LeaguesTables } from './tables.ts'

/** Entries counted in one transaction. */
const BATCH_ENTRIES = 5_000
const RETRIES_MAX = 20
const RETRY_MS = 50
/** Keys asked for in one query. */
const ASKED_AT_ONCE = 500

type Tables = Kysely<LeaguesTables & BooksTables>

/** Entries that agree in all that the leagues look at; nearly all of a batch do. */
type Counted = Pick<
  EntryRow,
  'organisation_id' | 'team_id' | 'user_id' | 'key_id' | 'end_user' | 'provider' | 'model' | 'app' | 'state'
> & {
  /** Quarters of an hour since 1970. */
  readonly quarter: bigint
  readonly calls: bigint
  readonly tokens: bigint
  /** The place of the last of them in the order in which the ledger got them. */
  readonly last: bigint
}

/**
 * Counts entries that are new in the ledger, each exactly once: sums, days and progress are one transaction. Days are those
 * of `zone`; when it is another than last time, everything is counted anew. Returns how many entries were looked at.
 */
export async function collect(store: Store, zone: string): Promise<number> {
  const tables = store.tables<LeaguesTables & BooksTables>()
  const days = daysIn(zone)
  const kept = await lastKept(store, days)
  let looked = 0
  for (let failures = 0; ;) {
    const from = await readProgress(tables, zone)
    const entries = await readEntries(tables, from)
    if (entries.length === 0) return looked
    try {
      await countBatch(store, { tables, days, kept, zone, from, entries })
      looked += entries.reduce((sum, { calls }) => sum + Number(calls), 0)
    } catch (failure) {
      // Another process was writing, or has counted these: what is left to count is read again.
      failures += 1
      if (failures > RETRIES_MAX) throw failure
      await sleep(RETRY_MS)
    }
  }
}

/** Forgets what can be counted anew, so that the next `collect` does. Channels and spending are facts and stay. */
export async function forget(store: Store, zone: string): Promise<void> {
  const kept = await lastKept(store, daysIn(zone))
  store.batch({ durable: false }, (run) => {
    run('DELETE FROM league_progress', [])
    clear(run, kept)
  })
}

/** The last day of which entries were forgotten: it and those before cannot be counted anew. Null where none were. */
async function lastKept(store: Store, days: Days): Promise<number | null> {
  const mark = await completeFrom(store.tables<BooksTables>())
  return mark === 0n ? null : days.dayOf(Number(mark) - 1)
}

/** Who was counted on a day that is kept stays a member, and keeps the ordinal that the day knows. */
function clear(run: Run, kept: number | null): void {
  if (kept === null) run('DELETE FROM league_members', [])
  for (const table of ['league_days', 'league_sums']) run(`DELETE FROM ${table} WHERE ?1 IS NULL OR day > ?1`, [kept])
}

async function readProgress(tables: Tables, zone: string): Promise<bigint | null> {
  const progress = await tables.selectFrom('league_progress').selectAll().executeTakeFirst()
  return progress?.zone === zone ? progress.entry : null
}

/**
 * In the order of the ledger, which is the same whenever it is read: so ordinals come out the same too. The database puts
 * together those that are alike, which takes a fifth of the time that handing out each of them does.
 */
async function readEntries(tables: Tables, from: bigint | null): Promise<Counted[]> {
  const alike = sql.raw('organisation_id, team_id, user_id, key_id, end_user, provider, model, app, state')
  const { rows } = await sql<Counted>`
    SELECT quarter, ${alike}, count(*) AS calls, sum(tokens) AS tokens, max(position) AS last
    FROM (
      SELECT rowid AS position, at / ${BigInt(QUARTER_MS)} AS quarter, ${alike},
        input + cached_input + cache_write + cache_write_1h + output + reasoning AS tokens
      FROM entries WHERE rowid > ${from ?? 0n} AND practice = 0 AND kind = 'request' AND mirror_of IS NULL
      ORDER BY rowid LIMIT ${BATCH_ENTRIES}
    ) GROUP BY quarter, ${alike} ORDER BY min(position)`.execute(tables)
  return rows
}

/** Whoever asked and was answered was active; who was refused, or met a failure, was not. */
const ANSWERED: ReadonlySet<EntryState> = new Set(['ok', 'unpriced', 'stopped_budget', 'client_gone'])

type Batch = {
  readonly tables: Tables
  readonly days: Days
  readonly kept: number | null
  readonly zone: string
  readonly from: bigint | null
  readonly entries: readonly Counted[]
}

async function countBatch(store: Store, { tables, days, kept, zone, from, entries }: Batch): Promise<void> {
  const tally = new Tally()
  const answered = entries.filter(
    ({ state, quarter }) => ANSWERED.has(state) && (kept === null || dayOf(days, quarter) > kept),
  )
  // Counted anew from the first entry on, nobody is known yet.
  const members = await findMembers(from === null && kept === null ? null : tables, answered)
  for (const entry of answered) {
    const day = dayOf(days, entry.quarter)
    tally.add(entry, { day, ordinal: members.ordinalOf(entry, day) })
  }
  if (from !== null) await tally.addStored(tables)
  const position = entries.reduce((most, { last }) => (last > most ? last : most), 0n)
  store.batch({ durable: false }, (run) => {
    if (from === null) clear(run, kept)
    moveProgress(run, { zone, from, to: position })
    members.write(run)
    tally.write(run)
  })
}

function dayOf(days: Days, quarter: bigint): number {
  return days.dayOf(Number(quarter) * QUARTER_MS)
}

/** Fails where somebody else has counted these entries meanwhile: then nothing of this batch is stored. */
function moveProgress(run: Run, { zone, from, to }: { zone: string; from: bigint | null; to: bigint }): void {
  const changed =
    from === null
      ? run('INSERT OR REPLACE INTO league_progress (only, entry, zone) VALUES (1, ?, ?)', [to, zone])
      : run('UPDATE league_progress SET entry = ? WHERE entry = ? AND zone = ?', [to, from, zone])
  if (changed !== 1) throw new Error('these entries were counted by another process meanwhile')
}

/** Whom the request names as the one it is for, else the person behind the key where that is known, else the key. */
function memberOf({ end_user, user_id, key_id }: Counted): string {
  if (end_user !== null) return `end:${end_user}`
  return user_id === null ? `key:${key_id}` : `user:${user_id}`
}

type Known = { readonly ordinal: number; firstDay: number; changed: boolean }

/** The members of a batch: those who are known, and new ones with the next ordinals. */
class Members {
  readonly #known: Map<string, Known>
  readonly #parts = new Map<string, readonly [organisation: string, member: string]>()
  #next: number

  constructor(known: Map<string, Known>, next: number) {
    this.#known = known
    this.#next = next
  }

  ordinalOf(entry: Counted, day: number): number {
    const member = memberOf(entry)
    const name = memberName(entry.organisation_id, member)
    if (!this.#parts.has(name)) this.#parts.set(name, [entry.organisation_id, member])
    const found = this.#known.get(name)
    if (found === undefined) {
      const ordinal = this.#next
      this.#next += 1
      this.#known.set(name, { ordinal, firstDay: day, changed: true })
      return ordinal
    }
    // An entry that reached the ledger late may be older than the first one.
    if (day < found.firstDay) Object.assign(found, { firstDay: day, changed: true })
    return found.ordinal
  }

  write(run: Run): void {
    for (const [name, { ordinal, firstDay, changed }] of this.#known) {
      const parts = this.#parts.get(name)
      if (!changed || parts === undefined) continue
      run(
        `INSERT INTO league_members (ordinal, organisation_id, member, first_day) VALUES (?, ?, ?, ?)
         ON CONFLICT (ordinal) DO UPDATE SET first_day = excluded.first_day`,
        [ordinal, ...parts, firstDay],
      )
    }
  }
}

async function findMembers(tables: Tables | null, entries: readonly Counted[]): Promise<Members> {
  const known = new Map<string, Known>()
  if (tables === null) return new Members(known, 0)
  const wanted = [...new Set(entries.map((entry) => memberOf(entry)))]
  for (let at = 0; at < wanted.length; at += ASKED_AT_ONCE) {
    const rows = await tables
      .selectFrom('league_members')
      .selectAll()
      .where('member', 'in', wanted.slice(at, at + ASKED_AT_ONCE))
      .where('organisation_id', 'in', [...new Set(entries.map(({ organisation_id }) => organisation_id))])
      .execute()
    for (const { organisation_id, member, ordinal, first_day } of rows) {
      const found = { ordinal: Number(ordinal), firstDay: Number(first_day), changed: false }
      known.set(memberName(organisation_id, member), found)
    }
  }
  const { rows } = await sql<{
    next: bigint
  }>`SELECT coalesce(max(ordinal) + 1, 0) AS next FROM league_members`.execute(tables)
  return new Members(known, Number(rows[0]?.next ?? 0n))
}

function memberName(organisation: string, member: string): string {
  return JSON.stringify([organisation, member])
}

type Place = { readonly dimension: Dimension; readonly value: string; readonly day: number }
type BlockTally = Place & { readonly block: number; readonly bits: Bits }
type SumTally = Place & { calls: bigint; tokens: bigint }

/** What a batch adds to the days. */
class Tally {
  readonly #blocks = new Map<string, BlockTally>()
  readonly #sums = new Map<string, SumTally>()

  add(entry: Counted, { day, ordinal }: { readonly day: number; readonly ordinal: number }): void {
    for (const [dimension, value] of valuesOf(entry)) {
      const place = { dimension, value, day }
      const block = blockOf(ordinal)
      setBit(this.#blockAt({ ...place, block }).bits, placeOf(ordinal))
      const sum = this.#sumAt(place)
      sum.calls += entry.calls
      sum.tokens += entry.tokens
    }
  }

  /** Adds who is stored already, so that what is written replaces what was there. */
  async addStored(tables: Tables): Promise<void> {
    for (const { dimension, value, day, block, bits } of this.#blocks.values()) {
      const stored = await tables
        .selectFrom('league_days')
        .select('members')
        .where('dimension', '=', dimension)
        .where('value', '=', value)
        .where('block', '=', BigInt(block))
        .where('day', '=', BigInt(day))
        .executeTakeFirst()
      if (stored) addKept(bits, stored.members)
    }
  }

  write(run: Run): void {
    for (const { dimension, value, block, day, bits } of this.#blocks.values()) {
      run(
        `INSERT INTO league_days (dimension, value, block, day, members) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (dimension, value, block, day) DO UPDATE SET members = excluded.members`,
        [dimension, value, block, day, keep(bits)],
      )
    }
    for (const { dimension, value, day, calls, tokens } of this.#sums.values()) {
      run(
        `INSERT INTO league_sums (dimension, value, day, calls, tokens) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (dimension, value, day) DO UPDATE SET calls = calls + excluded.calls, tokens = tokens + excluded.tokens`,
        [dimension, value, day, calls, tokens],
      )
    }
  }

  #blockAt(place: Place & { readonly block: number }): BlockTally {
    const name = JSON.stringify([place.dimension, place.value, place.day, place.block])
    const found = this.#blocks.get(name) ?? { ...place, bits: emptyBits() }
    this.#blocks.set(name, found)
    return found
  }

  #sumAt(place: Place): SumTally {
    const name = JSON.stringify([place.dimension, place.value, place.day])
    const found = this.#sums.get(name) ?? { ...place, calls: 0n, tokens: 0n }
    this.#sums.set(name, found)
    return found
  }
}

/** Requests that name no application are of none, and count for no application. */
function valuesOf({ app, provider, model, team_id }: Counted): (readonly [Dimension, string])[] {
  return [
    ['all', ''],
    ['model', `${provider}/${model}`],
    ['provider', provider],
    ['team', team_id],
    ...(app === null ? [] : [['app', app] as const]),
  ]
}
