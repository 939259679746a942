import { createHash } from 'node:crypto'
import type { Decimal } from '@paddock/contract/decimal'
import { GRADERS_VERSION, type GraderName } from './grade.ts'

/** One of the models of a race. `copy` tells two arms of one model apart, when a model races itself. */
export type Arm = { readonly model: string; readonly copy: number }

/** All that decides a race, frozen at its start: its digest is the race's id, and another digest is another race. */
export type RaceConfig = {
  readonly dataset: { readonly name: string; readonly sha256: string; readonly items: number }
  readonly champion: Arm
  readonly challengers: readonly Arm[]
  readonly grader: GraderName
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

/** α of calling a challenger too bad, for quality. */
export const ALPHA_HARM = 0.05

/** Twelve digits: enough to tell the races of one data folder apart. The name of the file is no part of the race. */
export function raceId(config: RaceConfig): string {
  const frozen = { ...config, dataset: config.dataset.sha256, graders: GRADERS_VERSION }
  return createHash('sha256').update(JSON.stringify(frozen)).digest('hex').slice(0, 12)
}

/** How an arm is named where people read. */
export function nameOf({ model, copy }: Arm): string {
  return copy === 0 ? model : `${model} (again)`
}
