import type { Clock } from '../../base/clock.ts'
import type { Leads } from '../../routing/leads.ts'
import { decide, fateOf, type Fate } from '../decide.ts'
import { armsOf, METRICS, runners, type LiveRace, type Metric, type Phase } from './live-race.ts'
import { changeRace } from './race-rows.ts'
import type { RaceRecord } from './record.ts'
import { standingOf, type Moment, type RaceStanding, type Running } from './standing.ts'
import type { RaceDatabase, RaceState, VerdictKind } from './tables.ts'
import { appendVerdict, type Ruling, type Verdict } from './verdict-chain.ts'
import { whyRollBack } from './watching.ts'

/** Who decides: what a race has come to, and what follows from it. */
export type Referee = {
  readonly tables: RaceDatabase
  readonly clock: Clock
  readonly leads: Leads
  readonly onVerdict: (verdict: Verdict, race: LiveRace) => void
}

const ACTOR = 'referee'

/** One look at a race. Gives the race as it is then. */
export async function look(
  referee: Referee,
  { race, record, costOf }: Pick<Moment, 'costOf'> & { race: LiveRace; record: RaceRecord },
): Promise<LiveRace> {
  await record.readNew()
  const now = referee.clock.now()
  if (race.state === 'watching') return watch(referee, race, record)
  const standing = await standingOf(race, record, { now, costOf })
  return (
    (await conclude(referee, race, standing)) ??
    (await dropLosers(referee, race, standing)) ??
    ramp(referee, race, standing)
  )
}

/** Where a challenger stands; what is broken is out before any comparison can say so. */
export function fateOfRunning(running: Running): Fate {
  return running.isBroken ? 'inferior' : fateOf(running)
}

async function conclude(referee: Referee, race: LiveRace, standing: RaceStanding): Promise<LiveRace | null> {
  const evidence = evidenceOf(standing)
  const finish = (state: RaceState, kind: VerdictKind, reason: string): Promise<LiveRace | null> =>
    take(referee, race, { change: { state }, ruling: { kind, challenger: null, actor: ACTOR, reason, evidence } })
  if (standing.sharesAreOff) return finish('aborted', 'abort', 'units do not arrive in the planned shares')
  if (standing.isSpent) return finish('aborted', 'abort', 'its budget is used up')
  const running = runners(race)
  const inRace = standing.challengers.filter(({ name, isBroken }) => running.includes(name) && !isBroken)
  if (inRace.length === 0) return finish('rejected', 'reject', 'its calls fail too often')
  const trialsLeft = inRace.some(({ quality }) => quality.n < race.config.trialsMax)
  const decision = decide(inRace, { trialsLeft })
  switch (decision.kind) {
    case 'continue':
      return null
    case 'reject':
      return finish('rejected', 'reject', 'proven to be worse than the margin allows')
    case 'inconclusive':
      return finish('inconclusive', 'inconclusive', 'no certainty within the trials it may use')
    case 'promote':
      if (standing.holds.length > 0) return null
      return win(referee, race, { challenger: decision.challenger, evidence })
  }
}

type Won = { readonly challenger: string; readonly evidence: unknown }

async function win(referee: Referee, race: LiveRace, { challenger, evidence }: Won): Promise<LiveRace | null> {
  const reason = 'not worse than the margin allows, and every other gate passed at the same moment'
  const ruling = { challenger, actor: ACTOR, reason, evidence }
  if (race.config.auto) return promote(referee, race, ruling)
  // Said once; it goes on counting, and a person decides.
  if (race.state === 'promotable') return race
  return take(referee, race, { change: { state: 'promotable' }, ruling: { ...ruling, kind: 'propose' } })
}

export type Step = {
  readonly change: Partial<Pick<LiveRace, 'state' | 'phases' | 'promotion'>>
  readonly ruling: Ruling
  /** Who leads the route from now on: null is whoever its candidates say. Left out, nothing changes there. */
  readonly lead?: string | null
}

/**
 * Puts a race into another state with the verdict that says why and the pointer that makes it true: all of it or nothing. Null
 * where another process was quicker.
 */
export async function take(
  { tables, clock, leads, onVerdict }: Referee,
  race: LiveRace,
  { change, ruling, lead }: Step,
): Promise<LiveRace | null> {
  const done = await tables.transaction().execute(async (within) => {
    const changed = await changeRace(within, race, { ...change, reason: ruling.reason, at: clock.now() })
    if (changed === null) return null
    if (lead !== undefined) await leads.set({ route: race.config.route, model: lead, race: race.id }, within)
    return { changed, verdict: await appendVerdict(within, changed, { ...ruling, clock }) }
  })
  if (done === null) return null
  if (lead !== undefined) await leads.refresh()
  onVerdict(done.verdict, done.changed)
  return done.changed
}

/** The challenger leads the route from now on; the old champion keeps its small share, as pacer. */
export function promote(
  referee: Referee,
  race: LiveRace,
  ruling: Omit<Ruling, 'kind'> & { readonly challenger: string },
): Promise<LiveRace | null> {
  const { config, phases } = race
  const { challenger: model } = ruling
  const now = referee.clock.now()
  const phase: Phase = {
    since: now,
    kind: 'watch',
    arms: [
      { name: config.champion, share: config.pacer },
      { name: model, share: 1 - config.pacer },
    ],
    centres: phases.at(-1)?.centres ?? NO_CENTRES,
  }
  const before = referee.leads.of(config.route)?.model ?? null
  const change = { state: 'watching', phases: [...phases, phase], promotion: { at: now, model, before } } as const
  return take(referee, race, { change, ruling: { ...ruling, kind: 'promote' }, lead: model })
}

/** One row, and whatever led before leads again. */
export function rollBack(
  referee: Referee,
  race: LiveRace,
  by: Pick<Ruling, 'actor' | 'reason'>,
): Promise<LiveRace | null> {
  const { promotion, config } = race
  if (promotion === null) return Promise.resolve(null)
  const evidence = { back_to: promotion.before ?? config.champion }
  const ruling: Ruling = { ...by, kind: 'rollback', challenger: promotion.model, evidence }
  return take(referee, race, { change: { state: 'rolled_back' }, ruling, lead: promotion.before })
}

async function watch(referee: Referee, race: LiveRace, record: RaceRecord): Promise<LiveRace> {
  const why = whyRollBack(race, record)
  if (why !== null) return (await rollBack(referee, race, { actor: ACTOR, reason: why })) ?? race
  const until = (race.promotion?.at ?? 0) + race.config.watchMs
  if (referee.clock.now() < until) return race
  const ruling: Ruling = {
    kind: 'settle',
    challenger: race.promotion?.model ?? null,
    actor: ACTOR,
    reason: 'stayed good enough for as long as it was watched',
    evidence: {},
  }
  return (await take(referee, race, { change: { state: 'settled' }, ruling })) ?? race
}

/** Losers leave at once; their share goes to whoever is left. */
async function dropLosers(referee: Referee, race: LiveRace, standing: RaceStanding): Promise<LiveRace | null> {
  const running = runners(race)
  const left = standing.challengers.filter(
    (each) => running.includes(each.name) && !['inferior', 'futile'].includes(fateOfRunning(each)),
  )
  if (left.length === running.length || left.length === 0) return null
  const share = race.config.ramp[Math.min(rampStep(race), race.config.ramp.length - 1)] ?? 0
  const phase = nextPhase(referee, race, { standing, share, names: left.map(({ name }) => name) })
  const gone = running.filter((name) => !left.some((each) => each.name === name)).join(', ')
  const ruling = { kind: 'drop', challenger: gone, actor: ACTOR, reason: 'cannot win any more' } as const
  const change = { phases: [...race.phases, phase] }
  return take(referee, race, { change, ruling: { ...ruling, evidence: evidenceOf(standing) } })
}

/** The next share, when the phase has lasted long enough. */
async function ramp(referee: Referee, race: LiveRace, standing: RaceStanding): Promise<LiveRace> {
  const { config, phases } = race
  const step = rampStep(race) + 1
  const share = config.ramp[step]
  const since = phases.at(-1)?.since ?? 0
  if (config.mode === 'shadow' || share === undefined || referee.clock.now() - since < config.rampMs) return race
  const phase = nextPhase(referee, race, { standing, share, names: runners(race) })
  const changed = await changeRace(referee.tables, race, { phases: [...phases, phase], at: phase.since })
  return changed ?? race
}

type Next = { readonly standing: RaceStanding; readonly share: number; readonly names: readonly string[] }

function nextPhase({ clock }: Referee, race: LiveRace, { standing, share, names }: Next): Phase {
  const last = race.phases.at(-1)?.centres ?? NO_CENTRES
  const centres = Object.fromEntries(
    METRICS.map((metric) => [metric, standing.championMeans[metric] ?? last[metric]]),
  ) as Record<Metric, number>
  return { since: clock.now(), kind: 'race', arms: armsOf(race.config, names, share), centres }
}

/** The step of the ramp a race is on, by the share of its challengers. */
function rampStep({ config, phases }: LiveRace): number {
  const share = (phases.at(-1)?.arms ?? [])
    .filter(({ name }) => name !== config.champion)
    .reduce((sum, arm) => sum + arm.share, 0)
  return config.ramp.findLastIndex((each) => each <= share + 1e-9)
}

export const NO_CENTRES: Readonly<Record<Metric, number>> = {
  quality: 0.5,
  errors: 0.98,
  latency: 0.95,
  firstToken: 0.95,
}

/** What a verdict keeps of the moment it was given in. */
function evidenceOf({ challengers, holds }: RaceStanding): unknown {
  return {
    holds,
    challengers: challengers.map(({ name, quality, guardrails, cost, difference, meanCost, units }) => ({
      challenger: name,
      units,
      quality: { n: quality.n, mean: finite(quality.mean), interval: difference, ...proofs(quality) },
      guardrails: Object.fromEntries(
        Object.entries(guardrails).map(([metric, each]) => [
          metric,
          { n: each.n, mean: finite(each.mean), ...proofs(each) },
        ]),
      ),
      cost: cost && { state: cost.state, n: cost.n, mean: cost.mean, half_width: finite(cost.halfWidth) },
      mean_cost: meanCost,
    })),
  }
}

function proofs({ state, goodEnough, tooBad }: Running['quality']): object {
  return {
    state,
    good_enough: { log_evidence: goodEnough.logEvidence, threshold: goodEnough.threshold },
    too_bad: { log_evidence: tooBad.logEvidence, threshold: tooBad.threshold },
  }
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null
}
