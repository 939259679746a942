import type { Usage } from '@paddock/contract/usage'
import type { PaddockError } from '../base/errors.ts'

/** What became of an answer's body: how it ended, what was seen in it, and the bytes still held back. */
export type Relayed = {
  /** What the caller must be told, or null when the answer is whole. */
  readonly failure: PaddockError | null
  readonly timedOut: boolean
  /** The provider's own usage, where it gave one that can be believed. */
  readonly usage: Usage | null
  /** Why a usage that was there is not believed. */
  readonly usageProblem: string | null
  /** Whether anything the model wrote has arrived. */
  readonly begun: boolean
  /** All that the model wrote, for counting. Built only when asked for. */
  producedText(): string
  readonly answeredModel: string | null
  readonly providerRequestId: string | null
  readonly firstByteElapsed: number | null
  /** The end of the answer: sent once its entry is safe. */
  readonly heldBytes: Buffer | null
}

/** For a request no answer came for. */
export function nothingRelayed(failure: PaddockError | null, timedOut: boolean): Relayed {
  return {
    failure,
    timedOut,
    usage: null,
    usageProblem: null,
    begun: false,
    producedText: () => '',
    answeredModel: null,
    providerRequestId: null,
    firstByteElapsed: null,
    heldBytes: null,
  }
}
