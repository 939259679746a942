import type { DialectFacts } from './facts.ts'
import type { ProviderError } from './provider-error.ts'

/** Tells a refusal for what a request says from a failure: it is no fault of the provider, and no other need be asked. */

/** "Unavailable for legal reasons" (RFC 7725). */
const STATUS_LEGAL = 451
/** Names that several providers share; those of a single one are among its facts. */
const COMMON_CODES = ['content_filter', 'content_policy_violation', 'content_policy']

export function isContentFilter(
  status: number,
  { code, type }: ProviderError,
  { filterCodes = [] }: DialectFacts,
): boolean {
  const names = [...COMMON_CODES, ...filterCodes]
  return status === STATUS_LEGAL || [code, type].some((name) => name !== null && names.includes(name))
}
