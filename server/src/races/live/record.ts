import type { EntryState } from '@paddock/contract/entry'
import type { TokenUsage } from '@paddock/contract/usage'
import { sql } from 'kysely'
import { usageOf, type EntryRow } from '../../books/entry-row.ts'
import type { Canary, JudgedPair } from '../judge.ts'
import type { Metric } from './live-race.ts'
import { readSignals } from './signals.ts'
import type { RaceDatabase, SignalRow } from './tables.ts'

/** One request of a race, as far as it says something about its arm. */
export type Trial = {
  readonly id: string
  readonly at: number
  readonly arm: string
  readonly unit: string
  readonly phase: number
  readonly mirrorOf: string | null
  /** Whoever answered, or was asked last: what the usage is priced at. */
  readonly model: string
  readonly usage: TokenUsage
  readonly cost: { readonly pico: bigint; readonly currency: string } | null
  /** Whether the model it was assigned to gave a whole answer. Another one's answer is this one's failure; null says nothing. */
  readonly answered: boolean | null
  readonly durationMs: number
  /** Of a stream. */
  readonly firstByteMs: number | null
}

/** Whose requests a race asked a judge with: they are paid for, and are nobody's trial. */
export const JUDGE_ARM = 'judge'

type Read = Pick<
  EntryRow,
  | 'id'
  | 'at'
  | 'state'
  | 'provider'
  | 'model'
  | 'stream'
  | 'input'
  | 'cached_input'
  | 'cache_write'
  | 'cache_write_1h'
  | 'output'
  | 'reasoning'
  | 'cost_pico'
  | 'cost_currency'
  | 'first_byte_ms'
  | 'duration_ms'
> & {
  readonly position: bigint
  readonly arm: string
  readonly unit: string
  readonly phase: bigint
  readonly mirror_of: string | null
}

const PAGE_ROWS = 5_000

/**
 * All that is known of a race: its entries in the ledger, and the signals about them. It only ever reads what is new, and a new
 * process that reads everything comes to the same.
 */
export class RaceRecord {
  readonly #tables: RaceDatabase
  readonly #race: string
  readonly #trials = new Map<string, Trial>()
  readonly #canaries: Canary[] = []
  readonly #quality = new Map<string, Map<string, SignalRow>>()
  #entriesUpTo = 0n
  #signalsUpTo = 0n

  constructor(tables: RaceDatabase, race: string) {
    this.#tables = tables
    this.#race = race
  }

  /** In the order in which the ledger got them; questions to a judge are nobody's trials. */
  get trials(): readonly Trial[] {
    return [...this.#trials.values()].filter(({ arm }) => arm !== JUDGE_ARM)
  }

  /** Everything the race has caused beside its route's own requests. */
  get caused(): readonly Trial[] {
    return [...this.#trials.values()].filter(({ mirrorOf }) => mirrorOf !== null)
  }

  /** The mean of what reviewers said of a trial, each counted once; null where nobody did. */
  qualityOf(trial: string): number | null {
    return this.#meanOf(trial, Infinity)
  }

  /** All trials in the order in which the ledger got them, and the ids of those that were rated, in the order of that. */
  readonly inOrder: Trial[] = []
  readonly ratedInOrder: string[] = []

  trial(id: string): Trial | null {
    return this.#trials.get(id) ?? null
  }

  /** What of it was known at an earlier moment; what was said since in place of something else counts as said then. */
  asOf(at: number): Pick<RaceRecord, 'trials' | 'qualityOf' | 'judged' | 'canaries'> {
    const trials = this.trials.filter((trial) => trial.at <= at)
    return {
      trials,
      qualityOf: (trial) => this.#meanOf(trial, at),
      judged: () => this.judged(),
      canaries: this.canaries,
    }
  }

  /** Every pair that a judge was asked about, in both orders. */
  judged(): JudgedPair[] {
    const signals = [...this.#quality.values()].flatMap((said) => [...said.values()])
    return signals.flatMap(({ source, comment }) =>
      source === 'judge' && comment !== null ? [JSON.parse(comment) as JudgedPair] : [],
    )
  }

  /** How a judge did on pairs whose outcome was known. */
  get canaries(): readonly Canary[] {
    return this.#canaries
  }

  async readNew(): Promise<void> {
    for (let rows = await this.#readEntries(); rows.length > 0; rows = await this.#readEntries()) {
      for (const row of rows) this.#add(trialOf(row))
      this.#entriesUpTo = rows.at(-1)?.position ?? this.#entriesUpTo
    }
    const next = (): Promise<SignalRow[]> => readSignals(this.#tables, this.#race, this.#signalsUpTo)
    for (let signals = await next(); signals.length > 0; signals = await next()) {
      for (const signal of signals) this.#take(signal)
      this.#signalsUpTo = signals.at(-1)?.seq ?? this.#signalsUpTo
    }
  }

  #meanOf(trial: string, by: number): number | null {
    const said = [...(this.#quality.get(trial)?.values() ?? [])].filter(({ at }) => Number(at) <= by)
    return said.length === 0 ? null : said.reduce((sum, { value }) => sum + value, 0) / said.length
  }

  #add(trial: Trial): void {
    this.#trials.set(trial.id, trial)
    this.inOrder.push(trial)
  }

  #take(signal: SignalRow): void {
    if (signal.source === 'canary') {
      this.#canaries.push(JSON.parse(signal.comment ?? '') as Canary)
      return
    }
    const known = this.#quality.get(signal.trial)
    if (known === undefined) this.ratedInOrder.push(signal.trial)
    const said = known ?? new Map<string, SignalRow>()
    said.set(`${signal.source} ${signal.reviewer}`, signal)
    this.#quality.set(signal.trial, said)
  }

  async #readEntries(): Promise<readonly Read[]> {
    const { rows } = await sql<Read>`
      SELECT rowid AS position, id, at, state, provider, model, stream, input, cached_input, cache_write, cache_write_1h,
        output, reasoning, cost_pico, cost_currency, first_byte_ms, duration_ms, arm, unit, phase, mirror_of
      FROM entries WHERE race = ${this.#race} AND rowid > ${this.#entriesUpTo}
      ORDER BY rowid LIMIT ${PAGE_ROWS}`.execute(this.#tables)
    return rows
  }
}

/** What these states say of a model; the others say nothing of it. */
const ANSWERED: Readonly<Partial<Record<EntryState, boolean>>> = {
  ok: true,
  unpriced: true,
  upstream_error: false,
  timeout: false,
}

function trialOf(row: Read): Trial {
  const model = `${row.provider}/${row.model}`
  const usage = usageOf(row)
  const whole = ANSWERED[row.state] ?? null
  const isEmpty = usage.output + usage.reasoning === 0
  return {
    id: row.id,
    at: Number(row.at),
    arm: row.arm,
    unit: row.unit,
    phase: Number(row.phase),
    mirrorOf: row.mirror_of,
    model,
    usage,
    cost:
      row.cost_pico === null || row.cost_currency === null
        ? null
        : { pico: row.cost_pico, currency: row.cost_currency },
    answered: whole === null ? null : whole && model === row.arm && !isEmpty,
    durationMs: Number(row.duration_ms),
    firstByteMs: row.stream === 1n && row.first_byte_ms !== null ? Number(row.first_byte_ms) : null,
  }
}

/** From 0 to 1, or null where a trial says nothing of it. */
export type ScoreOf = (trial: Trial) => number | null

export function scoresOf(
  record: Pick<RaceRecord, 'qualityOf'>,
  bounds: { readonly latencyMs: number | null; readonly firstTokenMs: number | null },
): Readonly<Record<Metric, ScoreOf>> {
  const { latencyMs, firstTokenMs } = bounds
  return {
    // Failures have a gate of their own: counted here too, they would outweigh the few answers that somebody rates.
    quality: ({ id }) => record.qualityOf(id),
    errors: ({ answered }) => (answered === null ? null : Number(answered)),
    latency: ({ answered, durationMs }) =>
      latencyMs === null || answered !== true ? null : Number(durationMs <= latencyMs),
    firstToken: ({ answered, firstByteMs }) =>
      firstTokenMs === null || answered !== true || firstByteMs === null ? null : Number(firstByteMs <= firstTokenMs),
  }
}
