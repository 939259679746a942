import type { Decimal } from './decimal.ts'
import type { Usage, UsageSource } from './usage.ts'

/** How a request ended. `orphan`: the process died while the provider was answering. `unpriced`: answered, but no price is known. */
export const ENTRY_STATES = [
  'ok',
  'client_gone',
  'stopped_budget',
  'upstream_error',
  'timeout',
  'refused',
  'orphan',
  'unpriced',
] as const
export type EntryState = (typeof ENTRY_STATES)[number]

/**
 * `request`: what a request cost. The others correct one, and have no usage of their own: `reprice` after a late or wrong
 * price, `correction` by hand.
 */
export const ENTRY_KINDS = ['request', 'reprice', 'correction'] as const
export type EntryKind = (typeof ENTRY_KINDS)[number]

/** An amount in its own currency; null where no price is known. Twelve decimals. */
export type Amount = { readonly amount: Decimal | null; readonly currency: string | null }

/** One call to a provider. */
export type AttemptRecord = {
  readonly provider: string
  readonly model: string
  readonly outcome: 'ok' | 'error' | 'cancelled' | 'timeout' | 'unknown'
  readonly status: number | null
  /** The code of contract/errors when the attempt failed. */
  readonly error: string | null
  readonly started_at: string
  readonly duration_ms: number
  /** Of a call that gave no answer and is billed all the same: what it is believed to have used and to cost, and why. */
  readonly usage?: Usage
  readonly usage_method?: string
  readonly cost?: Amount
}

/** How a request took part in a race. */
export type TrialMark = {
  readonly race: string
  /** The model that was to answer, whichever did in the end. */
  readonly arm: string
  /** The user, conversation or request it is counted for: a keyed hash, nobody's name. */
  readonly unit: string
  readonly phase: number
  /** Of a request that the race made itself: the one it repeats, or judges the answers to. It is nobody's usage. */
  readonly mirror_of: string | null
}

/** One row of the ledger: one request, whole, or the correction of one. This is what `paddock books entries --json` prints, one object a line. */
export type EntryRecord = {
  readonly id: string
  readonly kind: EntryKind
  /** The entry that this one corrects, and why; null in the entry of a request. */
  readonly adjusts: string | null
  readonly reason: string | null
  /** When the request was accepted (ISO 8601, UTC). */
  readonly at: string
  readonly ended_at: string
  readonly state: EntryState
  readonly error: string | null
  readonly organisation_id: string
  readonly team_id: string
  readonly user_id: string | null
  readonly key_id: string
  /** Whom the caller named as the one it asks for: `user`, `safety_identifier` or `metadata.user_id`. */
  readonly end_user: string | null
  readonly endpoint: string
  readonly stream: boolean
  readonly route: string | null
  readonly provider: string
  readonly model: string
  /** The model the provider said it used. */
  readonly answered_model: string | null
  readonly provider_request_id: string | null
  readonly usage: Usage
  readonly usage_source: UsageSource
  /** How the usage was found: the field read, the tokenizer used, or the rule of the estimate. */
  readonly usage_method: string
  /** What we owe for the answer. */
  readonly cost: Amount
  /**
   * What we owe beside it, for attempts that gave no answer: their costs, one amount for each currency. Never charged; left
   * out where there is none.
   */
  readonly retry_loss?: readonly Amount[]
  readonly charge: Amount
  readonly price_rows: readonly string[]
  /** The state of the price book this entry was priced with: an instant of its knowledge time. */
  readonly priced_as_of: string
  readonly practice: boolean
  readonly app: string | null
  readonly first_byte_ms: number | null
  readonly duration_ms: number
  readonly attempts: readonly AttemptRecord[]
  /** Only of a request that took part in a race. */
  readonly trial?: TrialMark
}
