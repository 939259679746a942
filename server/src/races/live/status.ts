import { sql } from 'kysely'
import { usageOf, type EntryRow } from '../../books/entry-row.ts'
import type { Pico } from '../../money/fixed-point.ts'
import { isoInstant } from '../../base/clock.ts'
import type { Interval } from '../interval.ts'
import type { Fate } from '../decide.ts'
import { CostAhead, type RacePrices } from './cost-ahead.ts'
import { isOpen, runners, type LiveRace, type MirrorCounts } from './live-race.ts'
import { RaceRecord } from './record.ts'
import { fateOfRunning } from './referee.ts'
import { standingOf, type RaceStanding, type Running } from './standing.ts'
import type { RaceDatabase, RaceState } from './tables.ts'

/** A race as people and programs look at it. Amounts are estimates of statistics, in the race's currency. */
export type RaceStatus = {
  readonly id: string
  readonly route: string
  readonly state: RaceState
  readonly reason: string | null
  readonly mode: 'split' | 'shadow'
  readonly champion: string
  readonly started_at: string
  readonly ended_at: string | null
  readonly auto: boolean
  readonly currency: string
  /** The share of units of each arm, now. */
  readonly arms: readonly { readonly model: string; readonly share: number }[]
  readonly trials_max: number
  readonly challengers: readonly ChallengerStatus[]
  /** What still forbids a promotion. */
  readonly holds: readonly string[]
  readonly mirrored: MirrorCounts
  /** What repeated requests and their judge have cost. */
  readonly race_cost: number
  readonly expected_saving: LiveRace['config']['expectedSaving']
  readonly saving: MeasuredSaving | null
}

export type ChallengerStatus = {
  readonly model: string
  readonly fate: Fate | 'dropped'
  readonly units: Running['units']
  /** Challenger less champion, with its interval. */
  readonly difference: number | null
  readonly interval: Interval
  /** The share of the evidence that is asked, by gate; 1 is proof. */
  readonly evidence: Readonly<Record<string, number>>
  readonly too_bad: number
  readonly cost: 'passed' | 'open' | 'not asked'
  readonly mean_cost: number | null
}

/** Since the promotion: what the new champion has cost, and what the old one would have for the very same usage. */
export type MeasuredSaving = {
  readonly requests: number
  readonly paid: number
  readonly counterfactual: number
  /** Requests without a price at one of the two, which are in neither sum. */
  readonly unpriced: number
}

export type Looking = { readonly tables: RaceDatabase; readonly prices: RacePrices; readonly now: number }

export async function statusOf(race: LiveRace, looking: Looking): Promise<RaceStatus> {
  const { status } = await surveyOf(race, looking)
  return { ...status, saving: await savingOf(race, looking) }
}

/**
 * A race looked at once: its status, what that is made of, and the record behind it. What was saved is not among it: that reads every
 * request since the promotion.
 */
export type Survey = {
  readonly status: Omit<RaceStatus, 'saving'>
  readonly standing: RaceStanding
  readonly record: RaceRecord
}

export async function surveyOf(race: LiveRace, looking: Looking): Promise<Survey> {
  const { config } = race
  const record = new RaceRecord(looking.tables, race.id)
  await record.readNew()
  const now = race.endedAt ?? looking.now
  const costs = new CostAhead(looking.prices)
  const standing = await standingOf(race, record, { now, costOf: costs.at(now, config.currency) })
  const raceCost = costs.paid(record.caused, config.currency)
  return { status: describe(race, standing, raceCost), standing, record }
}

function describe(race: LiveRace, standing: RaceStanding, raceCost: number): Survey['status'] {
  const { config, phases } = race
  const running = runners(race)
  return {
    id: race.id,
    route: config.route,
    state: race.state,
    reason: race.reason,
    mode: config.mode,
    champion: config.champion,
    started_at: isoInstant(race.startedAt),
    ended_at: race.endedAt === null ? null : isoInstant(race.endedAt),
    auto: config.auto,
    currency: config.currency,
    arms: isOpen(race) ? (phases.at(-1)?.arms ?? []).map(({ name, share }) => ({ model: name, share })) : [],
    trials_max: config.trialsMax,
    challengers: standing.challengers.map((each) => challengerStatus(each, running)),
    holds: isOpen(race) && race.promotion === null ? standing.holds : [],
    mirrored: race.mirrored,
    race_cost: raceCost,
    expected_saving: config.expectedSaving,
  }
}

function challengerStatus(each: Running, running: readonly string[]): ChallengerStatus {
  const { name, quality, guardrails, cost, difference, meanCost, units } = each
  return {
    model: name,
    fate: running.includes(name) ? fateOfRunning(each) : 'dropped',
    units,
    difference: Number.isFinite(quality.mean) ? quality.mean : null,
    interval: difference,
    evidence: {
      quality: quality.goodEnough.progress,
      ...Object.fromEntries(Object.entries(guardrails).map(([gate, { goodEnough }]) => [gate, goodEnough.progress])),
    },
    too_bad: quality.tooBad.progress,
    cost: cost?.state ?? 'not asked',
    mean_cost: meanCost,
  }
}

type Paid = Pick<
  EntryRow,
  'at' | 'cost_currency' | 'input' | 'cached_input' | 'cache_write' | 'cache_write_1h' | 'output' | 'reasoning'
> & {
  readonly cost_pico: bigint | null
}

async function savingOf(
  { config, promotion, endedAt, state }: LiveRace,
  { tables, prices, now }: Looking,
): Promise<MeasuredSaving | null> {
  if (promotion === null) return null
  const until = state === 'rolled_back' ? (endedAt ?? now) : now
  const slash = promotion.model.indexOf('/')
  const { rows } = await sql<Paid>`
    SELECT at, cost_pico, cost_currency, input, cached_input, cache_write, cache_write_1h, output, reasoning FROM entries
    WHERE model = ${promotion.model.slice(slash + 1)} AND provider = ${promotion.model.slice(0, slash)}
      AND route = ${config.route} AND at >= ${BigInt(promotion.at)} AND at < ${BigInt(until)}
      AND mirror_of IS NULL AND usage_source <> 'cache'`.execute(tables)
  let [paid, counterfactual, unpriced] = [0, 0, 0]
  for (const row of rows) {
    const asked = { at: Number(row.at), currency: config.currency }
    const own =
      row.cost_pico === null || row.cost_currency === null
        ? null
        : prices.worth({ pico: row.cost_pico as Pico, currency: row.cost_currency }, asked)
    const other = prices.costOf(config.champion, { ...asked, usage: usageOf(row) })
    if (own === null || other === null) unpriced += 1
    else {
      paid += own
      counterfactual += other
    }
  }
  return { requests: rows.length - unpriced, paid, counterfactual, unpriced }
}
