import type { EntryState } from '@paddock/contract/entry'
import type { TokenUsage } from '@paddock/contract/usage'
import { splitPico, type SplitAmount } from '../money/split-pico.ts'
import type { Pico } from '../money/fixed-point.ts'
import type { EntryRow } from './entry-row.ts'
import { lossesIn } from './retry-loss.ts'

/** Entries added up over an hour or a day (UTC) that agree in everything one may want to group by. */
export type RollupRow = RollupKey & RollupSums

export type Grain = 'hour' | 'day'

/** Text columns are empty where the entry has none, since a key of a table must not hold nulls. */
export type RollupKey = {
  readonly grain: Grain
  /** Milliseconds since 1970 at which the hour or day begins. */
  readonly start: bigint
  readonly organisation_id: string
  readonly team_id: string
  readonly key_id: string
  readonly provider: string
  readonly model: string
  readonly route: string
  readonly state: EntryState
  readonly cost_currency: string
  readonly charge_currency: string
  readonly practice: bigint
}

/** What tells the sums of one grain apart. */
export const ROLLUP_KEY = [
  'grain',
  'start',
  'organisation_id',
  'team_id',
  'key_id',
  'provider',
  'model',
  'route',
  'state',
  'cost_currency',
  'charge_currency',
  'practice',
] as const satisfies readonly (keyof RollupKey)[]

/** Amounts as whole units and the rest in 1e-12: one 64-bit integer of 1e-12 would overflow at nine million. */
export type RollupSums = {
  readonly requests: bigint
  readonly attempts: bigint
  readonly input: bigint
  readonly cached_input: bigint
  readonly cache_write: bigint
  readonly cache_write_1h: bigint
  readonly output: bigint
  readonly reasoning: bigint
  readonly cost_whole: bigint
  readonly cost_pico: bigint
  readonly charge_whole: bigint
  readonly charge_pico: bigint
}

export const GRAIN_MS: Readonly<Record<Grain, bigint>> = { hour: 3_600_000n, day: 86_400_000n }
export const HOUR_MS = Number(GRAIN_MS.hour)

type Sums = { -readonly [Name in Exclude<keyof RollupSums, `${'cost' | 'charge'}_${string}`>]: bigint } & {
  cost: bigint
  charge: bigint
}
/** `rest` is the name of the bucket without its start, by which the day that an hour lies in is found. */
type Bucket = { readonly key: RollupKey; readonly rest: string; readonly sums: Sums }

/** Adds entries up, in any order, without limit of size. It runs for every request: days are added up from hours at the end. */
export class Rollup {
  readonly #hours = new Map<string, Bucket>()
  #latest: Bucket | null = null

  add(row: EntryRow): void {
    const hour = startOf(row.at, 'hour')
    // One after the other is alike as a rule, and then no name is made to find its sums by.
    if (this.#latest === null || !isIn(this.#latest.key, row, hour)) this.#latest = this.#bucket(row, hour)
    addTo(this.#latest.sums, row)
    // What was lost is owed to whom it was lost at.
    for (const { provider, model, currency, amount } of lossesIn(row.attempts))
      this.#bucket({ ...row, provider, model, cost_currency: currency }, hour).sums.cost += amount
  }

  rows(): RollupRow[] {
    const days = new Map<string, Bucket>()
    for (const { key, rest, sums } of this.#hours.values()) {
      const start = startOf(key.start, 'day')
      const name = `${start} ${rest}`
      let day = days.get(name)
      if (day === undefined) days.set(name, (day = { key: rollupKey(key, 'day', start), rest, sums: zero() }))
      addSums(day.sums, sums)
    }
    return [...this.#hours.values(), ...days.values()].map(rollupRow)
  }

  #bucket(row: EntryRow, hour: bigint): Bucket {
    const rest = nameWithoutStart(row)
    const name = `${hour} ${rest}`
    let bucket = this.#hours.get(name)
    if (bucket === undefined)
      this.#hours.set(name, (bucket = { key: rollupKey(row, 'hour', hour), rest, sums: zero() }))
    return bucket
  }
}

function isIn(key: RollupKey, row: EntryRow, hour: bigint): boolean {
  return (
    key.key_id === row.key_id &&
    key.model === row.model &&
    key.provider === row.provider &&
    key.route === (row.route ?? '') &&
    key.state === row.state &&
    key.start === hour &&
    key.team_id === row.team_id &&
    key.organisation_id === row.organisation_id &&
    key.cost_currency === (row.cost_currency ?? '') &&
    key.charge_currency === (row.charge_currency ?? '') &&
    key.practice === row.practice
  )
}

/** Made for every request: a number cannot be mistaken for what stands in the list. */
function nameWithoutStart(row: EntryRow): string {
  const { organisation_id, team_id, key_id, provider, model, route, state, cost_currency, charge_currency } = row
  const texts = [organisation_id, team_id, key_id, provider, model, route, state, cost_currency, charge_currency]
  return `${row.practice} ${JSON.stringify(texts)}`
}

/** One text per key, for comparing and finding. */
export function rollupName(key: RollupKey): string {
  return JSON.stringify(ROLLUP_KEY.map((name) => String(key[name])))
}

function rollupKey(row: EntryRow | RollupKey, grain: Grain, start: bigint): RollupKey {
  return {
    grain,
    start,
    organisation_id: row.organisation_id,
    team_id: row.team_id,
    key_id: row.key_id,
    provider: row.provider,
    model: row.model,
    route: row.route ?? '',
    state: row.state,
    cost_currency: row.cost_currency ?? '',
    charge_currency: row.charge_currency ?? '',
    practice: row.practice,
  }
}

/** The start of the hour or day an instant lies in. */
function startOf(epochMs: bigint, grain: Grain): bigint {
  return epochMs - (epochMs % GRAIN_MS[grain])
}

function zero(): Sums {
  return {
    requests: 0n,
    attempts: 0n,
    input: 0n,
    cached_input: 0n,
    cache_write: 0n,
    cache_write_1h: 0n,
    output: 0n,
    reasoning: 0n,
    cost: 0n,
    charge: 0n,
  }
}

function addTo(sums: Sums, row: EntryRow): void {
  sums.requests += row.kind === 'request' ? 1n : 0n
  sums.attempts += row.attempt_count
  addTokens(sums, row)
  sums.cost += row.cost_pico ?? 0n
  sums.charge += row.charge_pico ?? 0n
}

function addSums(sums: Sums, more: Sums): void {
  sums.requests += more.requests
  sums.attempts += more.attempts
  addTokens(sums, more)
  sums.cost += more.cost
  sums.charge += more.charge
}

function addTokens(sums: Sums, more: Pick<Sums, keyof TokenUsage>): void {
  sums.input += more.input
  sums.cached_input += more.cached_input
  sums.cache_write += more.cache_write
  sums.cache_write_1h += more.cache_write_1h
  sums.output += more.output
  sums.reasoning += more.reasoning
}

/** Member by member, as a cell's row: with thousands of keys there are two of these for each request. */
function rollupRow({ key, sums }: Bucket): RollupRow {
  const cost: SplitAmount = splitPico(sums.cost as Pico)
  const charge: SplitAmount = splitPico(sums.charge as Pico)
  return {
    grain: key.grain,
    start: key.start,
    organisation_id: key.organisation_id,
    team_id: key.team_id,
    key_id: key.key_id,
    provider: key.provider,
    model: key.model,
    route: key.route,
    state: key.state,
    cost_currency: key.cost_currency,
    charge_currency: key.charge_currency,
    practice: key.practice,
    requests: sums.requests,
    attempts: sums.attempts,
    input: sums.input,
    cached_input: sums.cached_input,
    cache_write: sums.cache_write,
    cache_write_1h: sums.cache_write_1h,
    output: sums.output,
    reasoning: sums.reasoning,
    cost_whole: cost.whole,
    cost_pico: cost.pico,
    charge_whole: charge.whole,
    charge_pico: charge.pico,
  }
}
