import { binOf } from '../bin.ts'
import { compareSplit } from '../compared.ts'
import { GUARDRAILS } from '../guardrails.ts'
import { isAlarm, NOT_WATCHED_YET, watchBatch, type Watch } from '../watch.ts'
import type { LiveRace, Phase } from './live-race.ts'
import type { RaceRecord, Trial } from './record.ts'

/** Ratings, or calls, that are looked at together. Smaller ones would find a break sooner and be wrong more often. */
const RATINGS_A_BATCH = 100
const CALLS_A_BATCH = 25

/** Why the old champion should lead again; null while nothing speaks for it. */
export function whyRollBack(race: LiveRace, record: RaceRecord): string | null {
  const index = race.phases.length - 1
  const phase = race.phases[index]
  if (phase?.kind !== 'watch') return null
  const rated = record.rated.filter((trial) => trial.phase === index && trial.mirrorOf === null)
  const quality = watchQuality(batches(rated, RATINGS_A_BATCH), { record, phase, race })
  if (isAlarm(quality)) return `worse than the old champion by more than ${race.config.margin}`
  const calls = record.trials.filter(
    ({ arm, phase: at, answered }) => at === index && arm === race.promotion?.model && answered !== null,
  )
  return isAlarm(watchErrors(batches(calls, CALLS_A_BATCH), phase.centres.errors)) ? 'its calls fail too often' : null
}

type Rated = { readonly record: RaceRecord; readonly phase: Phase; readonly race: LiveRace }

/** New champion against pacer, batch by batch; in each a unit counts once. */
function watchQuality(each: readonly (readonly Trial[])[], { record, phase, race }: Rated): Watch {
  const lead = race.promotion?.model ?? ''
  const propensity = phase.arms.find(({ name }) => name === lead)?.share ?? 1
  // Without a pacer there is nothing to compare with.
  if (propensity >= 1) return NOT_WATCHED_YET
  return each.reduce((watch, batch) => {
    const [challenger, champion] = [unitBins(batch, lead, record), unitBins(batch, race.config.champion, record)]
    const { inFavour } = compareSplit([{ champion, challenger, propensity, centre: phase.centres.quality }])
    return watchBatch(watch, inFavour, race.config.margin)
  }, NOT_WATCHED_YET)
}

/** The new champion alone, against the share of answers that was usual, less the margin. */
function watchErrors(each: readonly (readonly Trial[])[], usual: number): Watch {
  const least = usual - GUARDRAILS.errors.margin
  if (least <= 0) return NOT_WATCHED_YET
  return each.reduce((watch, batch) => {
    const failed = batch.filter(({ answered }) => answered === false).length
    const counts = [[0, failed] as const, [1, batch.length - failed] as const]
    return watchBatch(watch, [{ counts, low: 0, high: 1 }], -least)
  }, NOT_WATCHED_YET)
}

function unitBins(batch: readonly Trial[], arm: string, record: RaceRecord): Map<number, number> {
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

/** Whole batches only: what has begun is looked at when it is full. */
function batches<Item>(items: readonly Item[], size: number): Item[][] {
  const whole = Math.floor(items.length / size)
  return Array.from({ length: whole }, (_, index) => items.slice(index * size, (index + 1) * size))
}
