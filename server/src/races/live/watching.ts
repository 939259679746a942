import { assert } from '../../base/errors.ts'
import { binOf } from '../bin.ts'
import { compareSplit } from '../compared.ts'
import { GUARDRAILS } from '../guardrails.ts'
import { isAlarm, NOT_WATCHED_YET, watchBatch, type Watch } from '../watch.ts'
import type { LiveRace, Phase } from './live-race.ts'
import type { RaceRecord, Trial } from './record.ts'

/** Ratings, or calls, that are looked at together. Smaller ones would find a break sooner and be wrong more often. */
const RATINGS_A_BATCH = 100
const CALLS_A_BATCH = 25

/** What a race's watch has seen so far, by the record it looks at. */
const watchers = new WeakMap<WatchedRecord, Watcher>()

type WatchedRecord = Pick<RaceRecord, 'inOrder' | 'ratedInOrder' | 'trial' | 'qualityOf'>

/** Why the old champion should lead again; null while nothing speaks for it. Only what is new in the record is looked at. */
export function whyRollBack(race: LiveRace, record: WatchedRecord): string | null {
  const watcher = watchers.get(record) ?? new Watcher(race, record)
  watchers.set(record, watcher)
  return watcher.look()
}

class Watcher {
  readonly #race: LiveRace
  readonly #record: WatchedRecord
  readonly #index: number
  readonly #phase: Phase
  readonly #lead: string
  #quality: Watch = NOT_WATCHED_YET
  #errors: Watch = NOT_WATCHED_YET
  #ratings: Trial[] = []
  #calls: Trial[] = []
  #trialsSeen = 0
  #ratedSeen = 0

  constructor(race: LiveRace, record: WatchedRecord) {
    this.#race = race
    this.#record = record
    this.#index = race.phases.length - 1
    const phase = race.phases[this.#index]
    assert(phase?.kind === 'watch', 'a promotion begins a phase of its own')
    this.#phase = phase
    this.#lead = race.promotion?.model ?? ''
  }

  look(): string | null {
    const { inOrder, ratedInOrder } = this.#record
    for (; this.#trialsSeen < inOrder.length; this.#trialsSeen += 1) this.#takeCall(inOrder[this.#trialsSeen])
    for (; this.#ratedSeen < ratedInOrder.length; this.#ratedSeen += 1) {
      const trial = this.#record.trial(ratedInOrder[this.#ratedSeen] ?? '')
      // Rated before its entry has reached the ledger: it is taken in its turn, later.
      if (trial === null) break
      this.#takeRating(trial)
    }
    if (isAlarm(this.#quality)) return `worse than the old champion by more than ${this.#race.config.margin}`
    return isAlarm(this.#errors) ? 'its calls fail too often' : null
  }

  /** The new champion alone, against the share of answers that was usual, less the margin. */
  #takeCall(trial: Trial | undefined): void {
    const least = this.#phase.centres.errors - GUARDRAILS.errors.margin
    if (trial?.phase !== this.#index || trial.arm !== this.#lead || trial.answered === null || least <= 0) return
    this.#calls.push(trial)
    if (this.#calls.length < CALLS_A_BATCH) return
    const failed = this.#calls.filter(({ answered }) => answered === false).length
    const counts = [[0, failed] as const, [1, this.#calls.length - failed] as const]
    this.#errors = watchBatch(this.#errors, [{ counts, low: 0, high: 1 }], -least)
    this.#calls = []
  }

  /** New champion against pacer; in each batch a unit counts once. */
  #takeRating(trial: Trial): void {
    const propensity = this.#phase.arms.find(({ name }) => name === this.#lead)?.share ?? 1
    // Without a pacer there is nothing to compare with.
    if (trial.phase !== this.#index || propensity >= 1) return
    this.#ratings.push(trial)
    if (this.#ratings.length < RATINGS_A_BATCH) return
    const { config } = this.#race
    const challenger = unitBins(this.#ratings, this.#lead, this.#record)
    const champion = unitBins(this.#ratings, config.champion, this.#record)
    const { inFavour } = compareSplit([{ champion, challenger, propensity, centre: this.#phase.centres.quality }])
    this.#quality = watchBatch(this.#quality, inFavour, config.margin)
    this.#ratings = []
  }
}

function unitBins(batch: readonly Trial[], arm: string, record: WatchedRecord): Map<number, number> {
  const units = new Map<string, number[]>()
  for (const trial of batch) {
    const value = record.qualityOf(trial.id)
    if (trial.arm === arm && value !== null) units.set(trial.unit, [...(units.get(trial.unit) ?? []), value])
  }
  const bins = new Map<number, number>()
  for (const values of units.values()) {
    const bin = binOf(values.reduce((sum, value) => sum + value, 0) / values.length)
    bins.set(bin, (bins.get(bin) ?? 0) + 1)
  }
  return bins
}
