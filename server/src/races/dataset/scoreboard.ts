import { binOf } from '../bin.ts'
import { comparePaired, type Compared as Counted } from '../compared.ts'
import { addPairCost, judgeCost, NO_COST, type CostSums } from '../cost-gate.ts'
import { decide, fateOf, trialsMax, type Challenger, type Decision, type Fate } from '../decide.ts'
import { isFutile } from '../futility.ts'
import { judgeGate, type GateRule } from '../gate.ts'
import { ALPHA_ALARM, GUARDRAILS } from '../guardrails.ts'
import { DEFAULT_PLAN, planTrials } from '../planner.ts'
import { ALPHA_HARM, nameOf, type Arm, type RaceConfig } from './config.ts'
import { asNumber, convert } from './spend.ts'
import type { Trial } from './trial-log.ts'

/** What the arms did on one item; null where an answer was lost or not judged, which sets the item aside for this pair. */
export type Row = { readonly champion: Trial | null; readonly challengers: ReadonlyMap<string, Compared | null> }

/** A challenger's answer, and how much better than the champion's it is: −1 to 1. */
export type Compared = { readonly trial: Trial; readonly difference: number }

/** One look: evidence as a share of what is asked. */
export type Look = { readonly n: number; readonly goodEnough: number; readonly tooBad: number }

/** A challenger as it stands; once its fate is decided it stands still. */
export type Place = {
  readonly arm: Arm
  readonly standing: Challenger
  readonly fate: Fate
  readonly compared: Counted
  readonly looks: readonly Look[]
}

/**
 * The state of a dataset race, a pure function of the rows in their order: after a crash the log gives the same rows, and the
 * rows give the same decision.
 */
export type Scoreboard = {
  /** Takes the next item, for the challengers that still run. */
  take(row: Row): void
  running(): readonly Arm[]
  places(): readonly Place[]
  decision(options: { trialsLeft: boolean }): Decision
  /** How many items the race may use. */
  readonly trialsMax: number
  readonly planned: number
}

/** Futility costs a search for an interval, so it is asked for at every so many items. */
const FUTILITY_EVERY = 25

export function openScoreboard(config: RaceConfig): Scoreboard {
  const planned = planTrials({ ...DEFAULT_PLAN, margin: config.margin, alpha: config.alpha })
  const max = trialsMax(planned, config.dataset.items)
  const tracks = config.challengers.map((arm) => openTrack(arm, config, max))
  const places = (): Place[] => tracks.map((track) => track.place())
  return {
    take: ({ champion, challengers }) => {
      for (const track of tracks) {
        const compared = challengers.get(nameOf(track.arm)) ?? null
        if (track.place().fate === 'running' && champion !== null && compared !== null) track.take(champion, compared)
      }
    },
    running: () => places().flatMap(({ arm, fate }) => (fate === 'running' ? [arm] : [])),
    places,
    decision: (options) =>
      decide(
        places().map(({ standing }) => standing),
        options,
      ),
    trialsMax: max,
    planned,
  }
}

type Track = { readonly arm: Arm; take(champion: Trial, challenger: Compared): void; place(): Place }

function openTrack(arm: Arm, config: RaceConfig, max: number): Track {
  const quality = new Map<number, number>()
  const errors = new Map<number, number>()
  const looks: Look[] = []
  let cost: CostSums = NO_COST
  let spent = 0
  let futile = false
  const common = { alpha: config.alpha, challengers: config.challengers.length }
  const rule: GateRule = { ...common, margin: config.margin, alphaHarm: ALPHA_HARM }
  const errorRule: GateRule = { ...common, margin: GUARDRAILS.errors.margin, alphaHarm: ALPHA_ALARM }
  let place = stand()

  function stand(): Place {
    const compared = comparePaired(quality)
    const standing: Challenger = {
      name: nameOf(arm),
      quality: judgeGate(compared, rule),
      guardrails: { errors: judgeGate(comparePaired(errors), errorRule) },
      cost: config.saving === null ? null : judgeCost(cost, common.alpha / common.challengers),
      meanCost: cost.n === 0 ? null : spent / cost.n,
      futile,
    }
    return { arm, standing, fate: fateOf(standing), compared, looks }
  }

  return {
    arm,
    place: () => place,
    take: (champion, { trial: challenger, difference }) => {
      count(quality, difference)
      count(errors, errorOf(champion) - errorOf(challenger))
      const costs = { challenger: costOf(challenger, config), champion: costOf(champion, config) }
      cost = addPairCost(cost, { ...costs, saving: config.saving ?? 0 })
      spent += costs.challenger
      const n = looks.length + 1
      if (n % FUTILITY_EVERY === 0) futile = isFutile(comparePaired(quality), rule, max)
      place = stand()
      const { goodEnough, tooBad } = place.standing.quality
      looks.push({ n, goodEnough: goodEnough.progress, tooBad: tooBad.progress })
    },
  }
}

function count(bins: Map<number, number>, value: number): void {
  const bin = binOf(value)
  bins.set(bin, (bins.get(bin) ?? 0) + 1)
}

function errorOf({ state }: Trial): 0 | 1 {
  return state === 'ok' ? 0 : 1
}

/** In the race's currency. A call that was refused before it became an entry cost nothing. */
function costOf(trial: Trial, { currency, rates }: RaceConfig): number {
  const pico = trial.entry === null ? null : convert(trial.cost, currency, new Map(rates))
  return pico === null ? 0 : asNumber(pico)
}
