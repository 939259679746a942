import type { Usage } from '@paddock/contract/usage'
import type { Placement } from './strategies/rank.ts'

/** What routing has to know of a request; the gateway reads it in whatever dialect the request is spelled. */
export type RequestFacts = {
  readonly stream: boolean
  readonly hasImages: boolean
  readonly hasTools: boolean
  /** Estimated. */
  readonly promptTokens: number
  /** How long the answer is expected to be, for comparing prices and speeds. */
  readonly outputTokens: number
  /** In which ways it may be billed, where tokens are not the only one: a target's price is that of the first it has a price for. */
  readonly ways?: readonly Usage[] | undefined
  readonly tags: readonly string[]
  readonly key: string
  readonly team: string | null
  /** Which conversation this belongs to, as `sessionOf` finds it. */
  readonly session: string | null
  /** Goes before all candidates while it is well: the model a race assigned this request to, or has promoted. */
  readonly lead?: Placement | undefined
  /** The caller wants the first target or nothing. */
  readonly noFallback: boolean
}

/** Where a caller may name its conversation, in the order in which one counts before the next. */
export type SessionSources = {
  /** The header x-session-id. */
  readonly sessionId?: string | null | undefined
  /** The header x-session-affinity. */
  readonly sessionAffinity?: string | null | undefined
  /** `prompt_cache_key` of the body. */
  readonly promptCacheKey?: string | null | undefined
  /** `user` (or `metadata.user_id`) of the body. */
  readonly user?: string | null | undefined
}

const SESSION_LENGTH_MAX = 256

/** The conversation a request belongs to; null where the caller names none. */
export function sessionOf({ sessionId, sessionAffinity, promptCacheKey, user }: SessionSources): string | null {
  const named = sessionId || sessionAffinity || promptCacheKey || user
  return named ? named.slice(0, SESSION_LENGTH_MAX) : null
}

/** True where a header switches something on, as X-No-Fallback does: present, and not "false" or "0". */
export function isSwitchedOn(header: string | undefined): boolean {
  return header !== undefined && !['false', '0'].includes(header.trim().toLowerCase())
}
