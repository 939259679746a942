import type { ErrorCode } from '@paddock/contract/errors'
import type { Usage } from '@paddock/contract/usage'

/** How an attempt ended, as far as it matters for where the next one goes. */
export type Outcome =
  | Answered
  /** The provider's fault: an error of its own, silence, a broken line, an answer nobody can read. */
  | { readonly kind: 'failed' }
  /** Too many requests with this key; none before so many milliseconds. */
  | { readonly kind: 'limited'; readonly retryAfterMs: number }
  /** The provider does not take this key. */
  | { readonly kind: 'key_refused' }
  /** Nothing is left on this key to pay with. */
  | { readonly kind: 'out_of_money' }
  | Neutral

/** Says nothing about the provider: the caller's mistake, a content filter, a caller that left, another that was faster. */
export type Neutral = {
  readonly kind: 'neutral'
  /** How long it had said nothing when another one was faster: that long its first byte takes at least. */
  readonly silentMs?: number
}

export type Answered = {
  readonly kind: 'answered'
  /** From the start of the attempt to the first byte of a stream; null for an answer that comes whole. */
  readonly firstByteMs: number | null
  readonly durationMs: number
  readonly usage: Usage
}

const KINDS: Partial<Record<ErrorCode, 'failed' | 'key_refused' | 'out_of_money'>> = {
  provider_unreachable: 'failed',
  provider_bad_answer: 'failed',
  provider_error: 'failed',
  provider_overloaded: 'failed',
  provider_timeout: 'failed',
  provider_no_progress: 'failed',
  provider_auth: 'key_refused',
  provider_out_of_money: 'out_of_money',
}

/** The outcome of an attempt that failed with this error. What is not a provider's failure is neutral. */
export function outcomeOfFailure(code: ErrorCode, retryAfterSeconds = 0): Outcome {
  if (code === 'provider_rate_limited') return { kind: 'limited', retryAfterMs: retryAfterSeconds * 1_000 }
  return { kind: KINDS[code] ?? 'neutral' }
}

/** Whether the fault lies with the key, so that another key of the same provider may do. */
export function isFaultOfKey({ kind }: Outcome): boolean {
  return kind === 'limited' || kind === 'key_refused' || kind === 'out_of_money'
}

/** Whether somebody else may answer what this attempt did not. */
export function mayTryElsewhere(outcome: Outcome): boolean {
  return outcome.kind === 'failed' || isFaultOfKey(outcome)
}
