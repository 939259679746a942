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
  /** Where the same request is to be sent once more, now that its caller has the answer; null where nowhere. */
  shadowOf(entry: Entry, request: { readonly hasTools: boolean }): Shadow | null
  /** What both said. Told once for every shadow. */
  compared(pair: AnsweredPair): Promise<void>
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
  /** Whether the answer is needed afterwards, to be compared with another one. */
  readonly isCompared: boolean
}

/** Whom a call of a race is booked to: never to who asked. */
export type Booked = {
  readonly trial: TrialMark
  readonly organisationId: string
  readonly teamId: string
  readonly keyId: string
}

export type Shadow = Omit<Booked, 'organisationId'> & { readonly model: string }

export type AnsweredPair = {
  readonly shadow: Shadow
  /** The request in the caller's words, as JSON. */
  readonly request: Buffer
  readonly champion: Answered
  /** Null where none could be asked. */
  readonly challenger: Answered | null
}

/** `text` is null where there is no whole answer. */
export type Answered = { readonly entry: Entry; readonly text: string | null }

/** A question of the race's own, as the body of a chat completion. */
export type AsideCall = Booked & { readonly model: string; readonly request: object }

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
  shadowOf: () => null,
  compared: () => Promise.resolve(),
}
