import type { Trialling } from './wanted-race.ts'
import { isoInstant } from '../base/clock.ts'
import { GUARDRAILS } from '../races/guardrails.ts'
import type { Standing } from '../races/gate.ts'
import type { LiveConfig, LiveRace } from '../races/live/live-race.ts'
import type { Running } from '../races/live/standing.ts'
import type { Survey } from '../races/live/status.ts'

/** Races in the shapes of the control plane. */

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

export function summaryOf({ id, config, state, reason, startedAt, endedAt, promotion }: LiveRace) {
  const { route, mode, champion, challengers, auto } = config
  return {
    id,
    route,
    state,
    reason,
    mode,
    champion,
    challengers,
    started_at: isoInstant(startedAt),
    ended_at: endedAt === null ? null : isoInstant(endedAt),
    auto,
    promotion: promotion && { ...promotion, at: isoInstant(promotion.at) },
  }
}

export function planOf(config: Omit<LiveConfig, 'seed'>) {
  const { unit, margin, alpha, saving, currency, ramp, pacer, bounds, shadow } = config
  return {
    unit,
    margin,
    alpha,
    saving,
    currency,
    ramp,
    pacer,
    window_hours: config.windowMs / HOUR_MS,
    ramp_hours: config.rampMs / HOUR_MS,
    min_hours: config.minMs / HOUR_MS,
    watch_days: config.watchMs / DAY_MS,
    trials_max: config.trialsMax,
    bounds: { latency_ms: bounds.latencyMs, first_token_ms: bounds.firstTokenMs },
    shadow: shadow && {
      budget: shadow.budget,
      concurrency: shadow.concurrencyMax,
      tools: shadow.tools,
      grader: shadow.grader,
    },
    expected_saving: config.expectedSaving,
  }
}

/** All of a race but its course and its saving. */
export function detailOf(race: LiveRace, { status, standing }: Survey) {
  const { config, configSha256, phases } = race
  return {
    race: summaryOf(race),
    plan: { ...planOf(config), config_sha256: configSha256 },
    phases: phases.map(({ since, kind, arms }, index) => {
      const seen = standing.shares.find(({ phase }) => phase === index)
      const unitsOf = (model: string): number => seen?.arms.find((arm) => arm.model === model)?.units ?? 0
      return {
        since: isoInstant(since),
        kind,
        arms: arms.map(({ name: model, share }) => ({ model, share, units: unitsOf(model) })),
        log_share_mismatch: kind === 'race' && seen ? finite(seen.logMismatch) : null,
      }
    }),
    challengers: standing.challengers.map((each) => challengerOf(each, config, status)),
    holds: status.holds,
    shares_are_off: standing.sharesAreOff,
    mirrored: status.mirrored,
    race_cost: status.race_cost,
  }
}

function challengerOf(running: Running, { margin }: LiveConfig, status: Survey['status']) {
  const { name, quality, guardrails, cost, meanCost, units, difference } = running
  return {
    model: name,
    fate: status.challengers.find(({ model }) => model === name)?.fate ?? ('running' as const),
    units,
    interval: difference,
    gates: [
      gateOf('quality', quality, margin),
      ...GATES.flatMap((gate) => {
        const standing = guardrails[gate]
        return standing ? [gateOf(gate, standing, GUARDRAILS[gate].margin)] : []
      }),
    ],
    cost: cost && { state: cost.state, n: cost.n, mean: finite(-cost.mean), half_width: finite(cost.halfWidth) },
    mean_cost: meanCost,
  }
}

const GATES = ['errors', 'latency', 'firstToken'] as const

function gateOf(
  gate: 'quality' | (typeof GATES)[number],
  { state, n, mean, goodEnough, tooBad }: Standing,
  margin: number,
) {
  const proofOf = ({ logEvidence, threshold, progress }: Standing['goodEnough']) => ({
    log_evidence: logEvidence,
    threshold,
    progress,
  })
  return {
    gate,
    state,
    n,
    difference: finite(mean),
    margin,
    good_enough: proofOf(goodEnough),
    too_bad: proofOf(tooBad),
  }
}

/** What would be started. */
export function triallingOf({ wanted, config, planned, requestsADay }: Trialling) {
  const { route, champion, challengers, mode, auto } = wanted
  return {
    route,
    champion,
    challengers,
    mode,
    auto,
    plan: planOf(config),
    trials_planned: planned,
    requests_a_day: requestsADay,
    days_planned: requestsADay === 0 ? null : planned / requestsADay,
  }
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null
}
