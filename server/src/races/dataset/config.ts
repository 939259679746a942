import { createHash } from 'node:crypto'
import type { Decimal } from '@paddock/contract/decimal'
import { GRADERS_VERSION, type GraderName } from './grade.ts'

/** One of the models of a race. `copy` tells two arms of one model apart, when a model races itself. */
export type Arm = { readonly model: string; readonly copy: number }

/** All that decides a race, frozen at its start. */
export type RaceConfig = {
  readonly dataset: { readonly name: string; readonly sha256: string; readonly items: number }
  readonly champion: Arm
  readonly challengers: readonly Arm[]
  readonly grader: Grader
  /** The difference in quality that is allowed, as a fraction. */
  readonly margin: number
  readonly alpha: number
  /** The saving that is asked for, as a fraction; null when cost does not gate. */
  readonly saving: number | null
  /** The currency costs are compared in, and the rates into it. */
  readonly currency: string
  readonly rates: readonly (readonly [currency: string, rate: Decimal])[]
  readonly seed: string
}

/** A check against the right answer, or a model that says which of two answers is better. */
export type Grader = GraderName | `judge:${string}`

/** The model that judges; null where a check does. */
export function judgeOf(grader: Grader): string | null {
  return grader.startsWith('judge:') ? grader.slice('judge:'.length) : null
}

/** α of calling a challenger too bad, for quality. */
export const ALPHA_HARM = 0.05

/**
 * The digest of what decides about quality: with another margin or grader it is another race, because a margin that is chosen
 * after the answers are known proves nothing. Currency and rates are left out: cost is computed anew from what is stored.
 * Twelve digits, enough to tell the races of one data folder apart.
 */
export function raceId({ dataset, champion, challengers, grader, margin, alpha, saving, seed }: RaceConfig): string {
  const models = [champion, ...challengers].map(nameOf)
  const frozen = [GRADERS_VERSION, dataset.sha256, models, grader, margin, alpha, saving, seed]
  return createHash('sha256').update(JSON.stringify(frozen)).digest('hex').slice(0, 12)
}

/** Whether a text could be the id of a race. */
export function isRaceId(text: string): boolean {
  return /^[0-9a-f]{12}$/.test(text)
}

/** How an arm is named where people read. */
export function nameOf({ model, copy }: Arm): string {
  return copy === 0 ? model : `${model} (again)`
}
