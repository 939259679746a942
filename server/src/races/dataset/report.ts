import type { Decimal } from '@paddock/contract/decimal'
import { formatPico, type Pico } from '../../money/fixed-point.ts'
import type { Fate } from '../decide.ts'
import { differenceInterval, type Proof } from '../gate.ts'
import { meanOf } from '../evidence.ts'
import { intervalOf, type Interval } from '../interval.ts'
import { judgeOf, nameOf, raceId, type Arm, type RaceConfig } from './config.ts'
import { rightOf, type Item } from './item.ts'
import type { Judging } from './judging.ts'
import { correctedSample, isDrawn, labelKey, type Labels } from './people.ts'
import type { Ending, Finished } from './race.ts'
import type { Look, Place } from './scoreboard.ts'
import { convert, sumByCurrency } from './spend.ts'
import { keyOf, textOf, type Trial, type TrialLog } from './trial-log.ts'

/** What a race came to: `paddock race run --json` prints it, report.json keeps it, report.html shows it. */
export type Report = {
  readonly race: string
  readonly verdict: {
    readonly kind: Ending['kind']
    readonly challenger: string | null
    readonly reason: string | null
  }
  readonly config: RaceConfig
  /** Items that were counted, and items that were set aside because a crash lost an answer. */
  readonly items: { readonly counted: number; readonly lost: number; readonly planned: number; readonly max: number }
  /** Null where a check compares. */
  readonly judge: JudgeReport | null
  readonly champion: Bill
  readonly challengers: readonly ChallengerReport[]
  readonly spent: readonly { readonly amount: Decimal; readonly currency: string }[]
  /** The same in the race's currency. */
  readonly spent_total: Decimal
  /** Items on which the scores differ. */
  readonly differences: readonly Difference[]
}

/** What was asked of one model, how it did, and what it cost: all its calls, also those after it was out. */
export type Bill = {
  readonly model: string
  readonly calls: number
  readonly errors: number
  /** The share of items it got right; from a judge, the share in which it is preferred, ties being half. */
  readonly score: number
  readonly cost: readonly { readonly amount: Decimal; readonly currency: string }[]
  /** In the race's currency, per call; null without a price. */
  readonly cost_per_call: number | null
  readonly duration_ms_mean: number
}

/** How a judge did, and what it cost. With a fault it promotes nobody. */
export type JudgeReport = Pick<Bill, 'model' | 'calls' | 'errors' | 'cost'> & {
  readonly pairs: number
  readonly missing: number | null
  readonly first_position_share: number | null
  readonly agreement: number | null
  readonly faults: readonly string[]
  /** Null where people are not asked. */
  readonly people: PeopleReport | null
}

/** What people said of a share of the pairs; the differences are corrected by it once all that were drawn have their word. */
export type PeopleReport = {
  readonly share: number
  readonly drawn: number
  readonly labelled: number
  readonly challengers: readonly {
    readonly model: string
    readonly difference: number | null
    readonly interval: Interval | null
  }[]
}

/** Whom to ask, and what came back. */
export type People = { readonly share: number; readonly labels: Labels }

export type ChallengerReport = Bill & {
  readonly fate: Fate
  /** Items that were compared until its fate was decided. */
  readonly n: number
  readonly difference: number
  readonly interval: Interval
  readonly evidence: { readonly good_enough: Proof; readonly too_bad: Proof }
  readonly errors_gate: { readonly state: string; readonly good_enough: Proof }
  readonly cost_gate: { readonly state: string; readonly mean: number; readonly half_width: number } | null
  /** 1 − its mean cost / the champion's, on the items that were compared. */
  readonly saving: number | null
  readonly looks: readonly Look[]
}

export type Difference = {
  readonly item: string
  readonly question: string
  /** Null where the dataset does not say. */
  readonly right: string | null
  readonly answers: readonly {
    readonly model: string
    readonly score: number
    readonly text: string
    readonly state: string
  }[]
}

const LOOKS_MAX = 200

export function buildReport(
  race: { config: RaceConfig; items: readonly Item[]; log: TrialLog; people?: People | null },
  end: Finished,
): Report {
  const { config, items, log } = race
  const { ending, scoreboard } = end
  const trials = [...log.trials.values()]
  const places = scoreboard.places()
  const champion = billOf(config.champion, { trials, config })
  const counted = items.slice(0, end.items)
  return {
    race: raceId(config),
    verdict: {
      kind: ending.kind,
      challenger: ending.kind === 'promote' ? ending.challenger : null,
      reason: ending.kind === 'abort' ? ending.reason : whySick(end),
    },
    config,
    items: {
      counted: end.items,
      lost: counted.filter(({ id }) => isLost(log, id, config)).length,
      planned: scoreboard.planned,
      max: scoreboard.trialsMax,
    },
    judge: judgeReport(end.judging, { trials, config, people: race.people ?? null }),
    // A judge compares, so the champion stands for one half.
    champion: end.judging === null ? champion : { ...champion, score: 0.5 },
    challengers: places.map((place) => ({
      ...billOf(place.arm, { trials, config }),
      ...standingOf(place, config),
      ...(end.judging === null ? {} : { score: 0.5 + (place.standing.quality.mean || 0) / 2 }),
      saving: savingOf(place.standing.meanCost, champion.cost_per_call),
    })),
    spent: sumByCurrency(trials.map(({ cost }) => cost)),
    spent_total: formatPico(totalOf(trials, config)),
    differences: differencesOf(counted, { config, log, judging: end.judging }),
  }
}

function peopleReport(
  judging: Judging,
  { seed, challengers, alpha }: RaceConfig,
  { share, labels }: People,
): PeopleReport {
  const drawn = judging.pairs.filter((pair) => isDrawn(pair, { seed, share }))
  return {
    share,
    drawn: drawn.length,
    labelled: drawn.filter((pair) => labels.has(labelKey(pair))).length,
    challengers: challengers.map(nameOf).map((model) => {
      const own = judging.pairs.filter(({ challenger }) => challenger === model)
      const sample = own.length === 0 ? null : correctedSample(own, { labels, seed, share })
      return {
        model,
        difference: sample && meanOf([sample]),
        interval: sample && intervalOf([sample], alpha),
      }
    }),
  }
}

/** Why a race that might have been won was not: its judge. */
function whySick({ ending, judging }: Finished): string | null {
  const faults = judging?.faults() ?? []
  return ending.kind !== 'inconclusive' || faults.length === 0 ? null : `the judge ${faults.join(', and ')}`
}

type OfJudge = { readonly trials: readonly Trial[]; readonly config: RaceConfig; readonly people: People | null }

function judgeReport(judging: Judging | null, of: OfJudge): JudgeReport | null {
  const model = judgeOf(of.config.grader)
  if (judging === null || model === null) return null
  const { pairs, missing, firstPositionShare, agreement } = judging.statistics()
  const { calls, errors, cost } = billOf({ model, copy: 0 }, of)
  const known = (share: number): number | null => (Number.isNaN(share) ? null : share)
  return {
    model,
    calls,
    errors,
    cost,
    pairs,
    missing: known(missing),
    first_position_share: known(firstPositionShare),
    agreement: known(agreement),
    faults: judging.faults(),
    people: of.people && peopleReport(judging, of.config, of.people),
  }
}

function standingOf(place: Place, config: RaceConfig): Omit<ChallengerReport, keyof Bill | 'saving'> {
  const { quality, guardrails, cost } = place.standing
  const { errors } = guardrails
  const nothing: Proof = { logEvidence: 0, threshold: 0, progress: 0 }
  return {
    fate: place.fate,
    n: quality.n,
    difference: quality.n === 0 ? 0 : quality.mean,
    interval: differenceInterval(place.compared, config.alpha),
    evidence: { good_enough: quality.goodEnough, too_bad: quality.tooBad },
    errors_gate: { state: errors?.state ?? 'open', good_enough: errors?.goodEnough ?? nothing },
    // Before the first pair the half width is infinite, which JSON has no word for.
    cost_gate:
      cost === null || cost.n === 0 ? null : { state: cost.state, mean: cost.mean, half_width: cost.halfWidth },
    looks: thin(place.looks),
  }
}

function billOf(arm: Arm, { trials, config }: { trials: readonly Trial[]; config: RaceConfig }): Bill {
  const own = trials.filter(({ model, copy }) => model === arm.model && copy === arm.copy)
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / (values.length || 1)
  const priced = own.filter(({ cost }) => convert(cost, config.currency, new Map(config.rates)) !== null)
  return {
    model: nameOf(arm),
    calls: own.length,
    errors: own.filter(({ state }) => state !== 'ok').length,
    score: mean(own.map(({ score }) => score)),
    cost: sumByCurrency(own.map(({ cost }) => cost)),
    cost_per_call: priced.length === 0 ? null : Number(totalOf(priced, config)) / 1e12 / priced.length,
    duration_ms_mean: Math.round(mean(own.map(({ durationMs }) => durationMs))),
  }
}

function totalOf(trials: readonly Trial[], { currency, rates }: RaceConfig): Pico {
  const table = new Map(rates)
  return trials.reduce((sum, { cost }) => sum + (convert(cost, currency, table) ?? 0n), 0n) as Pico
}

function savingOf(own: number | null, champion: number | null): number | null {
  return own === null || champion === null || champion === 0 ? null : 1 - own / champion
}

function isLost(log: TrialLog, item: string, { champion, challengers }: RaceConfig): boolean {
  return [champion, ...challengers].some((arm) => log.lost.has(keyOf({ item, ...arm })))
}

type Raced = { readonly config: RaceConfig; readonly log: TrialLog; readonly judging: Judging | null }

function differencesOf(items: readonly Item[], race: Raced): Difference[] {
  const arms = [race.config.champion, ...race.config.challengers]
  return items.flatMap((item) => {
    const trials = arms.flatMap((arm) => race.log.trials.get(keyOf({ item: item.id, ...arm })) ?? [])
    const scores = trials.map((trial) => scoreOf(trial, race.judging))
    if (trials.length < 2 || new Set(scores).size < 2) return []
    return [
      {
        item: item.id,
        question: item.question,
        right: rightOf(item),
        answers: trials.map((trial, place) => ({
          model: nameOf(trial),
          score: scores[place] ?? 0,
          text: textOf(trial),
          state: trial.state,
        })),
      },
    ]
  })
}

/** 1 right, 0 wrong; from a judge, how much better it is than the champion's. */
function scoreOf(trial: Trial, judging: Judging | null): number {
  return judging === null ? trial.score : (judging.preferenceOf(trial) ?? 0)
}

/** Enough looks to draw a line by, the last one among them. */
function thin(looks: readonly Look[]): Look[] {
  const step = Math.ceil(looks.length / LOOKS_MAX)
  return looks.filter(({ n }) => n % step === 0 || n === looks.length)
}
