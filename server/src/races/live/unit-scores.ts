import { unitValues, type Rating } from '../unit-values.ts'
import type { ScoreOf, Trial } from './record.ts'

/** The values of units, by the phase and the arm in which each was first seen. */
export type UnitScores = {
  of(phase: number, arm: string): readonly number[]
}

export type Window = { readonly now: number; readonly windowMs: number }

/**
 * One value a unit for the whole race: what it scored in the phase and the arm of its first score, and within its window. What
 * it did in another arm, after the shares had grown, counts for nothing.
 */
export function unitScores(trials: readonly Trial[], score: ScoreOf, { now, windowMs }: Window): UnitScores {
  const first = new Map<string, Trial>()
  const scored: [trial: Trial, value: number][] = []
  for (const trial of trials) {
    const value = score(trial)
    if (value === null) continue
    scored.push([trial, value])
    const known = first.get(trial.unit)
    if (known === undefined || trial.at < known.at) first.set(trial.unit, trial)
  }
  const ratings: Rating[] = []
  for (const [{ unit, at, arm, phase }, value] of scored) {
    const home = first.get(unit)
    if (home?.arm === arm && home.phase === phase) ratings.push({ unit, at, value })
  }
  const places = new Map<string, number[]>()
  for (const [unit, value] of unitValues(ratings, now, windowMs)) {
    const home = first.get(unit)
    if (home === undefined) continue
    const place = placeOf(home.phase, home.arm)
    const values = places.get(place) ?? []
    values.push(value)
    places.set(place, values)
  }
  return { of: (phase, arm) => places.get(placeOf(phase, arm)) ?? [] }
}

/** How many units were first seen in a phase and an arm, whatever they did there. */
export function unitCounts(trials: readonly Trial[]): { of(phase: number, arm: string): number } {
  const scores = unitScores(trials, () => 1, { now: Infinity, windowMs: 1 })
  return { of: (phase, arm) => scores.of(phase, arm).length }
}

function placeOf(phase: number, arm: string): string {
  return `${phase} ${arm}`
}
