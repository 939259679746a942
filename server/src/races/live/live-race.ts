import type { Arm } from '../assign.ts'
import type { RaceState } from './tables.ts'

/** A race on a route's own traffic: what is frozen when it starts, and what grows while it runs. */

export const METRICS = ['quality', 'errors', 'latency', 'firstToken'] as const
export type Metric = (typeof METRICS)[number]

/** Frozen at the start; its digest stands in every verdict. */
export type LiveConfig = {
  readonly route: string
  /** The model that led the route when the race began. */
  readonly champion: string
  readonly challengers: readonly string[]
  /** `split`: the challenger's answers are given. `shadow`: it is asked beside the champion, and nobody sees what it says. */
  readonly mode: 'split' | 'shadow'
  /** What is assigned to an arm and counted once. */
  readonly unit: Unit
  /** For how long the requests of a unit are gathered into its one value. */
  readonly windowMs: number
  readonly margin: number
  readonly alpha: number
  /** Null where quality alone decides. */
  readonly saving: number | null
  readonly currency: string
  /** The challengers' share, together, in each phase; and how long each but the last lasts at least. */
  readonly ramp: readonly number[]
  readonly rampMs: number
  /** No promotion before. */
  readonly minMs: number
  readonly trialsMax: number
  readonly seed: string
  /** Whether a promotable challenger leads the route at once, or waits for a person. */
  readonly auto: boolean
  /** What the old champion keeps after a promotion, and for how long. */
  readonly pacer: number
  readonly watchMs: number
  /** The champion's 95th percentiles of the days before; null where too little was known. */
  readonly bounds: { readonly latencyMs: number | null; readonly firstTokenMs: number | null }
  readonly shadow: ShadowConfig | null
  /** What the bill of the days before would have been less, by price alone; where a price made the race. */
  readonly expectedSaving: { readonly amount: string; readonly currency: string; readonly days: number } | null
}

export type Unit = 'user' | 'conversation' | 'request'

export type ShadowConfig = {
  /** The most that repeated requests and their judge may cost: a decimal, in the race's currency. */
  readonly budget: string
  /** Repeated requests that run at once; what comes beyond is left out. */
  readonly concurrencyMax: number
  /** Whether requests that carry tools are repeated too. */
  readonly tools: boolean
  /** Who says which of two answers is better: a check, or a model that is asked in both orders. */
  readonly grader: { readonly kind: 'exact' | 'json-schema' } | { readonly kind: 'judge'; readonly model: string }
}

export type Phase = {
  readonly since: number
  readonly kind: 'race' | 'watch'
  /** Whoever is to grow comes first, so that units only move into it. */
  readonly arms: readonly Arm[]
  /** c of every metric, fixed before the phase. */
  readonly centres: Readonly<Record<Metric, number>>
}

export type Promotion = {
  readonly at: number
  readonly model: string
  /** What led the route before; null where its candidates did. */
  readonly before: string | null
}

export type LiveRace = {
  readonly id: string
  readonly config: LiveConfig
  readonly configSha256: string
  readonly state: RaceState
  readonly phases: readonly Phase[]
  readonly startedAt: number
  readonly endedAt: number | null
  readonly reason: string | null
  readonly promotion: Promotion | null
  readonly mirrored: MirrorCounts
}

/** Requests that were eligible for being repeated, and what became of them. */
export type MirrorCounts = {
  readonly repeated: number
  readonly busy: number
  readonly budget: number
  readonly tools: number
}

export const NOT_MIRRORED: MirrorCounts = { repeated: 0, busy: 0, budget: 0, tools: 0 }

const OPEN_STATES: readonly string[] = ['running', 'promotable', 'watching']

export function isOpen({ state }: Pick<LiveRace, 'state'>): boolean {
  return OPEN_STATES.includes(state)
}

/** The shares of a phase of the race proper: each challenger the same, the champion what is left. */
export function armsOf({ champion, mode }: LiveConfig, challengers: readonly string[], share: number): readonly Arm[] {
  const each = mode === 'shadow' ? 0 : share / challengers.length
  return [
    ...challengers.map((name) => ({ name, share: each })),
    { name: champion, share: 1 - each * challengers.length },
  ]
}

/** The challengers that are still in. */
export function runners({ config, phases }: Pick<LiveRace, 'config' | 'phases'>): readonly string[] {
  const arms = phases.findLast(({ kind }) => kind === 'race')?.arms ?? []
  return arms.map(({ name }) => name).filter((name) => name !== config.champion)
}
