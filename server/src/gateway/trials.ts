import type { TrialMark } from '@paddock/contract/entry'
import type { Entry } from '../books/entry.ts'
import type { Caller } from '../callers/caller.ts'

/**
 * What races ask of the gateway and the gateway of races. They know nothing of each other: the app hands one to the other, and
 * the loop from promotion to traffic closes through stored rows.
 */
export type Trials = {
  /** Who is to answer a request first on its route; null where the route decides alone. */
  lead(request: OnRoute): Leading | null
  /** Keeps what somebody said of an answer, in place of what the same one said before. */
  rate(entry: Entry, rating: Rating): Promise<void>
}

export type OnRoute = {
  readonly id: string
  readonly route: string
  readonly caller: Pick<Caller, 'organisationId' | 'keyId' | 'userId'>
  /** Who is behind the key, where the caller says so; and which conversation it belongs to. */
  readonly user: string | null
  readonly session: string | null
}

export type Leading = {
  /** `provider/model`. */
  readonly model: string
  readonly reason: string
  readonly trial: TrialMark | null
}

export type Rating = {
  readonly reviewer: string
  /** From 0 (bad) to 1 (good). */
  readonly value: number
  readonly comment: string | null
}

/** Without races every route decides alone. */
export const NO_TRIALS: Trials = {
  lead: () => null,
  rate: () => Promise.resolve(),
}
