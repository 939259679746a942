import type { Amount, AttemptRecord, EntryKind, EntryRecord, EntryState } from '@paddock/contract/entry'
import type { ExtraUsage, TokenUsage, Usage, UsageSource } from '@paddock/contract/usage'
import { epochOf, isoInstant } from '../base/clock.ts'
import { assert } from '../base/errors.ts'
import { formatPico, parsePico, type Pico } from '../money/fixed-point.ts'
import type { Entry } from './entry.ts'
import { withRetryLoss } from './retry-loss.ts'
import { checksumOf, rowChecksum } from './row-checksum.ts'

/** An entry as the ledger keeps it: instants as milliseconds since 1970, amounts in 1e-12 of the currency, lists as JSON. */
export type EntryRow = {
  readonly id: string
  readonly kind: EntryKind
  readonly adjusts: string | null
  readonly reason: string | null
  readonly at: bigint
  readonly ended_at: bigint
  readonly state: EntryState
  readonly error: string | null
  readonly organisation_id: string
  readonly team_id: string
  readonly user_id: string | null
  readonly key_id: string
  readonly end_user: string | null
  readonly endpoint: string
  readonly stream: bigint
  readonly route: string | null
  readonly provider: string
  readonly model: string
  readonly answered_model: string | null
  readonly provider_request_id: string | null
  readonly input: bigint
  readonly cached_input: bigint
  readonly cache_write: bigint
  readonly cache_write_1h: bigint
  readonly output: bigint
  readonly reasoning: bigint
  /** Counters that are not tokens of text, as JSON; null where there are none. */
  readonly extra: string | null
  readonly usage_source: UsageSource
  readonly usage_method: string
  readonly cost_pico: Pico | null
  readonly cost_currency: string | null
  readonly charge_pico: Pico | null
  readonly charge_currency: string | null
  readonly price_rows: string
  readonly priced_as_of: bigint
  readonly practice: bigint
  readonly app: string | null
  readonly first_byte_ms: bigint | null
  readonly duration_ms: bigint
  readonly attempts: string
  readonly attempt_count: bigint
  /** Null but for what took part in a race. */
  readonly race: string | null
  readonly arm: string | null
  readonly unit: string | null
  readonly phase: bigint | null
  readonly mirror_of: string | null
  /** Of all other columns; null in rows of before there were checksums. */
  readonly checksum: bigint | null
}

/** A column of 64 bits holds 9.22 million units in 1e-12. An amount above nine million is no bill of one request anyway. */
const AMOUNT_PICO_MAX = 9_000_000n * 1_000_000_000_000n

/** No request uses this much, and sums over millions of requests of it still fit into a column. */
const UNITS_MAX = 1_000_000_000_000

/**
 * The entry to put on record: as it is, unless an amount is too large for a column. Then it is `unpriced` and says so: a
 * wrapped or rounded amount would be a lie, and refusing the entry would lose it.
 */
export function recordable(entry: Entry): Entry {
  const tooLarge = isTooLarge(entry.cost) ? entry.cost : isTooLarge(entry.charge) ? entry.charge : null
  if (tooLarge === null) return entry
  const none: Amount = { amount: null, currency: null }
  const error = `amount_too_large: ${tooLarge.amount} ${tooLarge.currency} does not fit into an entry`
  return { ...entry, state: 'unpriced', error, cost: none, charge: none }
}

function isTooLarge({ amount }: Amount): boolean {
  // Only the digits before the point decide here, and nearly every amount has few of them.
  if (amount === null) return false
  const point = amount.indexOf('.')
  if ((point < 0 ? amount.length : point) < '9000000'.length) return false
  const pico = parsePico(amount)
  return pico !== null && (pico > AMOUNT_PICO_MAX || pico < -AMOUNT_PICO_MAX)
}

/**
 * The row of an entry, with its checksum. Throws where the entry is not one: an instant that is none, a counter that is no
 * whole number, an amount that is no decimal.
 */
export function entryRow(entry: Entry): EntryRow {
  const row = columnsOf(entry)
  // Put in place, for it is done for every request: a copy of the row costs more than its checksum.
  row.checksum = checksumOf('entries', Object.values(row))
  return row.checksum === null ? withoutNul(row) : row
}

type Draft = { -readonly [Column in keyof EntryRow]: EntryRow[Column] }

/** Its members stand in the order of the table's columns in ledger.ts. */
function columnsOf(entry: Entry): Draft {
  const { usage, cost, charge, trial } = entry
  const owed = pico(cost)
  return {
    id: entry.id,
    kind: entry.kind ?? 'request',
    adjusts: entry.adjusts ?? null,
    reason: entry.reason ?? null,
    at: instant(entry.at),
    ended_at: instant(entry.ended_at),
    state: entry.state,
    error: entry.error,
    organisation_id: entry.organisation_id,
    team_id: entry.team_id,
    user_id: entry.user_id,
    key_id: entry.key_id,
    // Journals of before it was written down have none.
    end_user: entry.end_user ?? null,
    endpoint: entry.endpoint,
    stream: flag(entry.stream),
    route: entry.route,
    provider: entry.provider,
    model: entry.model,
    answered_model: entry.answered_model,
    provider_request_id: entry.provider_request_id,
    input: count(usage.input),
    cached_input: count(usage.cached_input),
    cache_write: count(usage.cache_write),
    cache_write_1h: count(usage.cache_write_1h),
    output: count(usage.output),
    reasoning: count(usage.reasoning),
    extra: extraOf(usage),
    usage_source: entry.usage_source,
    usage_method: entry.usage_method,
    cost_pico: owed,
    cost_currency: cost.currency,
    // Most are charged what it costs.
    charge_pico: charge === cost ? owed : pico(charge),
    charge_currency: charge.currency,
    price_rows: JSON.stringify(entry.price_rows),
    priced_as_of: instant(entry.priced_as_of),
    practice: flag(entry.practice),
    app: entry.app,
    first_byte_ms: entry.first_byte_ms === null ? null : milliseconds(entry.first_byte_ms),
    duration_ms: milliseconds(entry.duration_ms),
    attempts: JSON.stringify(entry.attempts),
    attempt_count: BigInt(entry.attempts.length),
    race: trial?.race ?? null,
    arm: trial?.arm ?? null,
    unit: trial?.unit ?? null,
    phase: trial === undefined ? null : BigInt(trial.phase),
    mirror_of: trial?.mirror_of ?? null,
    checksum: null,
  }
}

/** The database ends a text at its first NUL: what callers and providers put behind one is kept, and the NUL replaced. */
function withoutNul(row: EntryRow): EntryRow {
  const columns = Object.entries(row).map(([name, value]) => [
    name,
    typeof value === 'string' ? value.replaceAll('\0', '\ufffd') : value,
  ])
  const changed = Object.fromEntries(columns) as EntryRow
  return { ...changed, checksum: rowChecksum('entries', changed) }
}

type TrialColumns = Pick<EntryRow, 'race' | 'arm' | 'unit' | 'phase' | 'mirror_of'>

function instant(iso: string): bigint {
  const epochMs = epochOf(iso)
  assert(Number.isInteger(epochMs), 'an instant is written in ISO 8601')
  return BigInt(epochMs)
}

function flag(value: boolean): bigint {
  return value ? 1n : 0n
}

function count(units: number): bigint {
  needCount(units)
  return BigInt(units)
}

function needCount(units: number): void {
  assert(
    Number.isSafeInteger(units) && units >= 0 && units <= UNITS_MAX,
    'a usage counter is a whole number from zero to a million million',
  )
}

function extraOf({ extra }: Usage): string | null {
  if (extra === undefined) return null
  for (const units of Object.values(extra)) needCount(units)
  return JSON.stringify(extra)
}

function milliseconds(duration: number): bigint {
  assert(Number.isInteger(duration), 'a duration is a whole number of milliseconds')
  return BigInt(duration)
}

function pico({ amount }: Amount): Pico | null {
  if (amount === null) return null
  const parsed = parsePico(amount)
  assert(parsed !== null, 'an amount is a decimal of at most twelve places')
  return parsed
}

/** The entry back, the same as went in but for its amounts, which always show twelve decimals. */
export function entryOf(row: EntryRow): EntryRecord {
  return withRetryLoss({
    id: row.id,
    kind: row.kind,
    adjusts: row.adjusts,
    reason: row.reason,
    at: iso(row.at),
    ended_at: iso(row.ended_at),
    state: row.state,
    error: row.error,
    organisation_id: row.organisation_id,
    team_id: row.team_id,
    user_id: row.user_id,
    key_id: row.key_id,
    end_user: row.end_user,
    endpoint: row.endpoint,
    stream: row.stream === 1n,
    route: row.route,
    provider: row.provider,
    model: row.model,
    answered_model: row.answered_model,
    provider_request_id: row.provider_request_id,
    usage: withExtra(usageOf(row), row.extra),
    usage_source: row.usage_source,
    usage_method: row.usage_method,
    cost: amountOf(row.cost_pico, row.cost_currency),
    charge: amountOf(row.charge_pico, row.charge_currency),
    price_rows: JSON.parse(row.price_rows) as string[],
    priced_as_of: iso(row.priced_as_of),
    practice: row.practice === 1n,
    app: row.app,
    first_byte_ms: row.first_byte_ms === null ? null : Number(row.first_byte_ms),
    duration_ms: Number(row.duration_ms),
    attempts: JSON.parse(row.attempts) as AttemptRecord[],
    ...trialOf(row),
  })
}

function trialOf({ race, arm, unit, phase, mirror_of }: TrialColumns): Pick<EntryRecord, 'trial'> {
  if (race === null || arm === null || unit === null) return {}
  return { trial: { race, arm, unit, phase: Number(phase), mirror_of } }
}

/** Counters of tokens, which stay far below 2^53, of an entry or of a sum of entries. */
export function usageOf(row: Pick<EntryRow, keyof TokenUsage>): TokenUsage {
  return {
    input: Number(row.input),
    cached_input: Number(row.cached_input),
    cache_write: Number(row.cache_write),
    cache_write_1h: Number(row.cache_write_1h),
    output: Number(row.output),
    reasoning: Number(row.reasoning),
  }
}

export function withExtra(usage: TokenUsage, extra: string | null): Usage {
  return extra === null ? usage : { ...usage, extra: JSON.parse(extra) as ExtraUsage }
}

function iso(epochMs: bigint): string {
  return isoInstant(Number(epochMs))
}

function amountOf(pico: Pico | null, currency: string | null): Amount {
  return { amount: pico === null ? null : formatPico(pico), currency }
}
