import { randomBytes } from 'node:crypto'
import type { Clock } from '../../base/clock.ts'
import { PaddockError } from '../../base/errors.ts'
import { newId } from '../../base/ids.ts'
import { trialsMax } from '../decide.ts'
import { GUARDRAILS } from '../guardrails.ts'
import { planTrials } from '../planner.ts'
import { historyOf } from './history.ts'
import { armsOf, type LiveConfig, type LiveRace, type Unit } from './live-race.ts'
import { insertRace, readOpenRaces } from './race-rows.ts'
import type { RaceDatabase } from './tables.ts'
import { appendVerdict } from './verdict-chain.ts'

/** What somebody who starts a race decides; the rest follows from the traffic of the days before. */
export type WantedRace = Omit<LiveConfig, 'bounds' | 'trialsMax' | 'seed'>

const HOUR_MS = 3_600_000

/** For how many hours the requests of a unit are gathered, where nobody says so. */
export const WINDOW_HOURS: Readonly<Record<Unit, number>> = { user: 24, conversation: 1, request: 0 }

/** A race as it is where nobody says otherwise: people are split, and a person decides. */
export function usualRace(about: Pick<WantedRace, 'route' | 'champion' | 'challengers' | 'currency'>): WantedRace {
  return {
    ...about,
    mode: 'split',
    unit: 'user',
    windowMs: WINDOW_HOURS.user * HOUR_MS,
    margin: 0.05,
    alpha: 0.05,
    saving: 0.1,
    ramp: [0.05, 0.2, 0.5],
    rampMs: 24 * HOUR_MS,
    minMs: 24 * HOUR_MS,
    auto: false,
    pacer: 0.05,
    watchMs: 7 * 24 * HOUR_MS,
    shadow: null,
    expectedSaving: null,
  }
}

export type Starting = {
  readonly tables: RaceDatabase
  readonly clock: Clock
  readonly actor: string
  /** What arms are drawn by: of chance where left out, and the same again in a test. */
  readonly drawn?: { readonly id: string; readonly seed: string }
}

/**
 * Freezes all that decides a race and starts it. A running server takes it up within seconds. Throws `argument_invalid` where
 * another race is open on the route.
 */
export async function startRace({ tables, clock, actor, drawn }: Starting, wanted: WantedRace): Promise<LiveRace> {
  const { route, champion } = wanted
  const open = (await readOpenRaces(tables)).find(({ config }) => config.route === route)
  if (open !== undefined)
    throw new PaddockError('argument_invalid', {
      message: `Race ${open.id} is ${open.state} on route ${route}, and two would be each other's noise. End it first: paddock race stop ${open.id}.`,
    })
  const { id, seed } = drawn ?? { id: newId(clock), seed: randomBytes(16).toString('hex') }
  const now = clock.now()
  const { bounds, centres } = await historyOf(tables, { route, champion, now })
  const config: LiveConfig = {
    ...wanted,
    bounds,
    trialsMax: trialsMax(planOf(wanted, centres.quality)),
    seed,
  }
  const arms = armsOf(config, config.challengers, config.ramp[0] ?? 0)
  const first = { since: now, kind: 'race', arms, centres } as const
  return tables.transaction().execute(async (within) => {
    const race = await insertRace(within, { id, config, first })
    const ruling = { kind: 'start', challenger: null, actor, reason: 'started', evidence: config } as const
    await appendVerdict(within, race, { ...ruling, clock })
    return race
  })
}

/**
 * Trials a race is planned to take: for the gate that needs the most. Split units are compared across people, which is why they
 * need four times as many as pairs.
 */
export function planOf({ mode, margin, alpha, challengers }: WantedRace, usualQuality: number): number {
  const each = { alpha: alpha / challengers.length, power: 0.8, difference: 0 }
  const isSplit = mode === 'split'
  const variance = isSplit ? 4 * spread(usualQuality) : 0.5
  const quality = planTrials({ ...each, margin, variance })
  const errors = planTrials({ ...each, margin: GUARDRAILS.errors.margin, variance: (isSplit ? 4 : 2) * spread(0.98) })
  return Math.max(quality, errors)
}

/** Variance of a score that is 1 so often, else 0. */
function spread(mean: number): number {
  return Math.max(0.02, mean * (1 - mean))
}
