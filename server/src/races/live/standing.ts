import { endOfTurn } from '../../books/end-of-turn.ts'
import { LOG_MISMATCH_ALARM, logShareMismatch } from '../arm-shares.ts'
import { binOf, type BinCounts } from '../bin.ts'
import { comparePaired, compareSplit, type Compared, type SplitPhase } from '../compared.ts'
import { addPairCost, addSplitCost, judgeCost, NO_COST, type CostSums } from '../cost-gate.ts'
import type { Challenger } from '../decide.ts'
import { isFutile } from '../futility.ts'
import { differenceInterval, judgeGate, type GateRule, type Standing } from '../gate.ts'
import { ALPHA_ALARM, GUARDRAILS, tripwire } from '../guardrails.ts'
import type { Interval } from '../interval.ts'
import { judgeFaults } from '../judge.ts'
import { METRICS, type LiveRace, type Metric } from './live-race.ts'
import { scoresOf, type RaceRecord, type Trial } from './record.ts'
import { unitCounts, unitScores, type UnitScores, type Window } from './unit-scores.ts'

/** Where a race stands at one moment: all of it follows from the record, the prices and the clock. */
export type RaceStanding = {
  readonly challengers: readonly Running[]
  /** What forbids a promotion now although gates may be passed; empty when nothing does. */
  readonly holds: readonly string[]
  /** Units do not arrive in the planned shares: nothing that is counted can be believed. */
  readonly sharesAreOff: boolean
  /** The units that came to each arm of each phase, and the evidence that these are not the planned shares. */
  readonly shares: readonly PhaseShares[]
  /** Repeated requests have cost what they may. */
  readonly isSpent: boolean
  /** The champion's means, for the centres of a next phase. */
  readonly championMeans: Readonly<Record<Metric, number | null>>
}

export type PhaseShares = {
  readonly phase: number
  readonly arms: readonly { readonly model: string; readonly share: number; readonly units: number }[]
  /** A natural logarithm; an alarm from ln 1000 on. */
  readonly logMismatch: number
}

export type Running = Challenger & {
  readonly difference: Interval
  /** Its own calls failed too often to wait for a comparison. */
  readonly isBroken: boolean
  readonly units: { readonly champion: number; readonly challenger: number }
}

export type Moment = {
  readonly now: number
  /** What a trial would cost now, in the race's currency; null where no price says so. */
  readonly costOf: (trial: Trial) => number | null
}

/** Units an arm must have before it may win. Pairs have the rule of `decide.ts`. */
const UNITS_MIN = 100
/** α of calling a challenger too bad. */
const ALPHA_HARM = 0.05

/** Takes a turn of the event loop for each metric: requests wait for none of it longer than for one. */
export async function standingOf(race: LiveRace, record: Known, moment: Moment): Promise<RaceStanding> {
  const { config, phases } = race
  const trials = record.trials.filter(({ phase }) => phases[phase]?.kind === 'race')
  const view: View = { race, record, trials, moment, window: { now: moment.now, windowMs: config.windowMs } }
  const names = config.challengers
  const scores = scoresOf(record, config.bounds)
  const count = async (metric: Metric): Promise<UnitScores> => {
    await endOfTurn()
    return unitScores(trials, scores[metric], view.window)
  }
  const units = {
    quality: await count('quality'),
    errors: await count('errors'),
    latency: await count('latency'),
    firstToken: await count('firstToken'),
  }
  await endOfTurn()
  const costs = unitScores(trials, moment.costOf, view.window)
  await endOfTurn()
  const challengers = names.map((name) => challengerOf(view, name, { units, costs }))
  const shares = sharesOf(view)
  return {
    shares,
    challengers,
    holds: holdsOf(view, { units, challengers }),
    isSpent: race.mirrored.budget > 0,
    sharesAreOff: config.mode === 'split' && shares.some(({ logMismatch }) => logMismatch >= LOG_MISMATCH_ALARM),
    championMeans: Object.fromEntries(
      METRICS.map((metric) => [metric, meanOf(championScores(view, units[metric]))]),
    ) as Record<Metric, number | null>,
  }
}

/** What is read of a record: all of it, or what was known at an earlier moment. */
export type Known = Pick<RaceRecord, 'trials' | 'qualityOf' | 'judged' | 'canaries'>

/** Quality alone, challenger by challenger, as it stood at a moment. */
export function qualityAt(
  race: LiveRace,
  record: Known,
  now: number,
): { readonly name: string; readonly quality: Standing; readonly difference: Interval }[] {
  const { config, phases } = race
  const trials = record.trials.filter(({ phase }) => phases[phase]?.kind === 'race')
  const window = { now, windowMs: config.windowMs }
  const view: View = { race, record, trials, moment: { now, costOf: () => null }, window }
  const scores = unitScores(trials, ({ id }) => record.qualityOf(id), window)
  const rule = { ...config, alphaHarm: ALPHA_HARM, challengers: config.challengers.length }
  return config.challengers.map((name) => {
    const compared =
      config.mode === 'split'
        ? compareArms(view, name, { metric: 'quality', scores })
        : comparePairs(view, name, 'quality')
    return { name, quality: judgeGate(compared, rule), difference: differenceInterval(compared, config.alpha) }
  })
}

type View = {
  readonly race: LiveRace
  readonly record: Known
  readonly trials: readonly Trial[]
  readonly moment: Moment
  readonly window: Window
}

type Scores = { readonly units: Readonly<Record<Metric, UnitScores>>; readonly costs: UnitScores }

function challengerOf(view: View, name: string, scores: Scores): Running {
  const { config } = view.race
  const { mode, margin, alpha } = config
  const compare = (metric: Metric): Compared =>
    mode === 'split'
      ? compareArms(view, name, { metric, scores: scores.units[metric] })
      : comparePairs(view, name, metric)
  const rule = { margin, alpha, alphaHarm: ALPHA_HARM, challengers: config.challengers.length }
  const quality = compare('quality')
  const { sums, means } = mode === 'split' ? splitCosts(view, name, scores.costs) : pairCosts(view, name)
  return {
    name,
    quality: judgeGate(quality, rule),
    difference: differenceInterval(quality, alpha),
    guardrails: guardrailsOf(view, rule, compare),
    cost: config.saving === null ? null : judgeCost(sums, alpha / config.challengers.length),
    meanCost: means,
    futile: isFutile(quality, rule, config.trialsMax),
    isBroken: isBroken(view, name),
    units: unitsOf(view, name, scores.units.quality),
  }
}

/** Latency can be held against a challenger only where the champion's own was known beforehand. */
function guardrailsOf(
  { race: { config } }: View,
  rule: GateRule,
  compare: (metric: Metric) => Compared,
): Readonly<Record<string, Standing>> {
  const judge = (metric: 'errors' | 'latency' | 'firstToken'): Standing =>
    judgeGate(compare(metric), { ...rule, margin: GUARDRAILS[metric].margin, alphaHarm: ALPHA_ALARM })
  const latency = config.bounds.latencyMs === null ? {} : { latency: judge('latency') }
  // Where nobody streams there is nothing to prove about first tokens.
  const first = config.bounds.firstTokenMs === null ? {} : { firstToken: judge('firstToken') }
  return { errors: judge('errors'), ...latency, ...first }
}

type ByArm = { readonly metric: Metric; readonly scores: UnitScores }

/** The phases a challenger took part in, with its share of the units of the two arms. */
function phasesOf({ race: { phases, config } }: View, name: string): { index: number; propensity: number }[] {
  return phases.flatMap(({ kind, arms }, index) => {
    const share = arms.find((arm) => arm.name === name)?.share ?? 0
    const rest = arms.find((arm) => arm.name === config.champion)?.share ?? 0
    return kind === 'race' && share > 0 ? [{ index, propensity: share / (share + rest) }] : []
  })
}

function compareArms(view: View, name: string, { metric, scores }: ByArm): Compared {
  const { phases, config } = view.race
  const split = phasesOf(view, name).map(({ index, propensity }): SplitPhase => ({
    champion: binned(scores.of(index, config.champion)),
    challenger: binned(scores.of(index, name)),
    propensity,
    centre: phases[index]?.centres[metric] ?? 0.5,
  }))
  return compareSplit(split)
}

type Pair = { readonly champion: Trial; readonly challenger: Trial }

/** One pair a unit: the first. */
function pairsOf({ trials, race: { config } }: View, name: string): Pair[] {
  const byId = new Map(trials.map((trial) => [trial.id, trial]))
  const seen = new Set<string>()
  return trials.flatMap((challenger) => {
    const champion = challenger.mirrorOf === null ? undefined : byId.get(challenger.mirrorOf)
    if (challenger.arm !== name || champion?.arm !== config.champion || seen.has(challenger.unit)) return []
    seen.add(challenger.unit)
    return [{ champion, challenger }]
  })
}

function comparePairs(view: View, name: string, metric: Metric): Compared {
  const score = scoresOf(view.record, view.race.config.bounds)[metric]
  const differences = pairsOf(view, name).flatMap(({ champion, challenger }) => {
    // What was said of a pair stands with the challenger's answer.
    if (metric === 'quality') return score(challenger) ?? []
    const [one, other] = [score(champion), score(challenger)]
    return one === null || other === null ? [] : [other - one]
  })
  return comparePaired(binned(differences))
}

type Costs = { readonly sums: CostSums; readonly means: number | null }

function splitCosts(view: View, name: string, costs: UnitScores): Costs {
  const saving = view.race.config.saving ?? 0
  const own: number[] = []
  let sums = NO_COST
  for (const { index, propensity } of phasesOf(view, name)) {
    for (const cost of costs.of(index, view.race.config.champion))
      sums = addSplitCost(sums, { arm: 'champion', cost, propensity, saving })
    for (const cost of costs.of(index, name)) {
      sums = addSplitCost(sums, { arm: 'challenger', cost, propensity, saving })
      own.push(cost)
    }
  }
  return { sums, means: meanOf(own) }
}

function pairCosts(view: View, name: string): Costs {
  const saving = view.race.config.saving ?? 0
  const own: number[] = []
  let sums = NO_COST
  for (const pair of pairsOf(view, name)) {
    const [champion, challenger] = [view.moment.costOf(pair.champion), view.moment.costOf(pair.challenger)]
    if (champion === null || challenger === null) continue
    sums = addPairCost(sums, { champion, challenger, saving })
    own.push(challenger)
  }
  return { sums, means: meanOf(own) }
}

/** Calls, not units: whatever is broken must be out within tens of calls. */
function isBroken({ trials, race: { phases } }: View, name: string): boolean {
  const calls = trials.filter(({ arm, answered }) => arm === name && answered !== null)
  const failed = calls.filter(({ answered }) => answered === false).length
  const usual = 1 - (phases[0]?.centres.errors ?? 1)
  return tripwire({ ok: calls.length - failed, failed }, usual + GUARDRAILS.errors.margin).fired
}

function unitsOf(view: View, name: string, quality: UnitScores): Running['units'] {
  const { champion, mode } = view.race.config
  if (mode === 'shadow') {
    const pairs = pairsOf(view, name).length
    return { champion: pairs, challenger: pairs }
  }
  const count = (arm: string): number =>
    phasesOf(view, name).reduce((sum, { index }) => sum + quality.of(index, arm).length, 0)
  return { champion: count(champion), challenger: count(name) }
}

function sharesOf({ trials, race: { phases } }: View): PhaseShares[] {
  const counts = unitCounts(trials)
  return phases.map(({ arms }, phase) => {
    const seen = arms.map(({ name, share }) => ({ model: name, share, units: counts.of(phase, name) }))
    const counted = seen.map(({ units }) => units)
    return { phase, arms: seen, logMismatch: logMismatchOf(counted, arms) }
  })
}

function logMismatchOf(counts: readonly number[], arms: readonly { readonly share: number }[]): number {
  return logShareMismatch(
    counts,
    arms.map(({ share }) => share),
  )
}

type Held = { readonly units: Readonly<Record<Metric, UnitScores>>; readonly challengers: readonly Running[] }

function holdsOf({ race, moment, record, trials }: View, { units, challengers }: Held): string[] {
  const { config, phases, startedAt } = race
  const isYoung = moment.now - startedAt < config.minMs
  const isSmall = challengers.every(({ units: { champion, challenger } }) => Math.min(champion, challenger) < UNITS_MIN)
  // Who is rated must not depend on the arm: else thumbs compare different people.
  const isLopsided =
    config.mode === 'split' &&
    phases.some(({ arms, kind }, phase) => {
      const rated = arms.map(({ name }) => units.quality.of(phase, name).length)
      return kind === 'race' && logMismatchOf(rated, arms) >= LOG_MISMATCH_ALARM
    })
  return [
    ...silenceOf(race, trials),
    ...(isYoung ? [`runs for less than ${config.minMs / 3_600_000} h`] : []),
    ...(config.mode === 'split' && isSmall ? [`fewer than ${UNITS_MIN} rated units in an arm`] : []),
    ...judgeFaults(record.judged(), record.canaries).map((fault) => `the judge ${fault}`),
    ...(isLopsided ? ['one arm is rated more often than the other'] : []),
  ]
}

/** So many requests of the champion, and not one was sent once more: something is wrong, and nobody would notice. */
const UNHEARD_MIN = 100

function silenceOf({ config, mirrored }: LiveRace, trials: readonly Trial[]): string[] {
  if (config.mode !== 'shadow') return []
  const asked = trials.filter(({ arm, mirrorOf }) => arm === config.champion && mirrorOf === null).length
  const looked = mirrored.repeated + mirrored.busy + mirrored.budget + mirrored.tools
  return asked >= UNHEARD_MIN && looked === 0 ? [`none of ${asked} requests was sent to a challenger`] : []
}

function championScores({ race: { phases, config } }: View, scores: UnitScores): readonly number[] {
  return phases.flatMap((_, phase) => scores.of(phase, config.champion))
}

function binned(values: readonly number[]): BinCounts {
  const bins = new Map<number, number>()
  for (const value of values) bins.set(binOf(value), (bins.get(binOf(value)) ?? 0) + 1)
  return bins
}

function meanOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length
}
