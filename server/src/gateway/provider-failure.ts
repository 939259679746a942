import { PaddockError } from '../base/errors.ts'
import { isContentFilter } from '../dialects/content-filter.ts'
import type { ProviderError } from '../dialects/provider-error.ts'
import type { CallFailure } from '../providers/call-provider.ts'
import {
  dialectFacts,
  type ErrorFacts,
  type ErrorMarks,
  type ErrorMeaning,
  type Provider,
} from '../providers/provider.ts'
import type { Head } from './open-call.ts'
import { retryAfterSeconds } from './retry-after.ts'

/** What the failure of a provider means for the caller. The provider is named; its own words are passed on. */

type Meaning = ErrorMeaning | 'filtered' | 'failed'

/** An error answer: what its status and its body say. */
export function failureOfStatus(facts: Provider, { status, headers }: Head, error: ProviderError): PaddockError {
  return failure(facts, { error, status, headers })
}

/** An error in an answer whose status was good. Some put the status they mean into the code. */
export function failureOfBody(facts: Provider, error: ProviderError): PaddockError {
  const status = /^[45]\d\d$/.test(error.code ?? '') ? Number(error.code) : 200
  return failure(facts, { error, status, headers: {} })
}

type Said = Head & { readonly error: ProviderError }

function failure(facts: Provider, said: Said): PaddockError {
  const { id } = facts
  const { error, headers } = said
  const message = `${id} says: ${error.message}`
  switch (meaningOf(facts, said)) {
    case 'filtered':
      return new PaddockError('content_filtered', { message: `The rules of ${id} forbid this content. ${message}` })
    case 'money':
      return new PaddockError('provider_out_of_money', {
        message: `The operator's balance at ${id}, or what may be spent there, is used up. ${message}`,
      })
    case 'overload':
      return new PaddockError('provider_overloaded', { message, retryAfterSeconds: retryAfterSeconds(headers) })
    case 'rate':
      return new PaddockError('provider_rate_limited', { message, retryAfterSeconds: retryAfterSeconds(headers) })
    case 'auth':
      return new PaddockError('provider_auth', { message: `${id} refuses the operator's key. ${message}` })
    case 'tooLong':
      // Whatever it came with: with 400 no SDK sends it again.
      return refused({ ...said, status: 400 }, `The prompt is longer than the model takes. ${message}`)
    case 'refused':
      return refused(said, message)
    case 'failed':
      return new PaddockError('provider_error', { message })
  }
}

function refused({ status, error: { param } }: Said, message: string): PaddockError {
  return new PaddockError('provider_refused', {
    message,
    ...(isRequests(status) ? { status } : {}),
    ...(param === null ? {} : { param }),
  })
}

/** The most telling first: an empty balance likes to come as a rate limit. */
const MEANINGS: readonly ErrorMeaning[] = ['money', 'overload', 'rate', 'auth', 'tooLong', 'refused']

/** Names that several providers share with the authors of their dialects; a provider's own facts count before them. */
const COMMON: ErrorFacts = {
  money: {
    codes: [
      'insufficient_quota',
      'exceeded_current_quota_error',
      'insufficient_balance',
      'credit_balance_exhausted',
      'billing_error',
      'payment_required',
    ],
  },
  overload: { codes: ['overloaded_error'] },
  rate: { codes: ['rate_limit_error', 'rate_limit_exceeded'] },
  auth: { codes: ['authentication_error', 'invalid_api_key'] },
  tooLong: { codes: ['context_length_exceeded'] },
}

function meaningOf(provider: Provider, said: Said): Meaning {
  const { errors = {} } = provider
  if (isContentFilter(said.status, said.error, dialectFacts(provider))) return 'filtered'
  return markedAs(errors, said) ?? markedAs(COMMON, said) ?? meaningOfStatus(said.status)
}

function markedAs(facts: ErrorFacts, said: Said): ErrorMeaning | undefined {
  return MEANINGS.find((meaning) => fits(facts[meaning], said))
}

function fits({ statuses = [], codes = [], words = [] }: ErrorMarks = {}, { status, error }: Said): boolean {
  const message = error.message.toLowerCase()
  return (
    statuses.includes(status) ||
    [error.code, error.type, error.reason].some((name) => name !== null && codes.includes(name)) ||
    words.some((each) => message.includes(each))
  )
}

function meaningOfStatus(status: number): Meaning {
  switch (status) {
    case 402:
      return 'money'
    case 401:
    case 403:
      return 'auth'
    case 429:
      return 'rate'
    case 503:
    case 529:
      return 'overload'
    default:
      return isRequests(status) ? 'refused' : 'failed'
  }
}

function isRequests(status: number): boolean {
  return status >= 400 && status < 500
}

export function failureOfCall(provider: string, { kind, message }: CallFailure): PaddockError {
  switch (kind) {
    case 'connect_timeout':
    case 'headers_timeout':
      return new PaddockError('provider_timeout', { message: `${provider} did not answer in time (${message}).` })
    case 'idle_timeout':
      return new PaddockError('provider_no_progress', { message: `${provider} stopped sending (${message}).` })
    case 'bad_answer':
      return badAnswer(provider, message)
    case 'unreachable':
    case 'reset':
    case 'cancelled':
      return new PaddockError('provider_unreachable', { message: `The call to ${provider} broke off (${message}).` })
  }
}

export function badAnswer(provider: string, what: string): PaddockError {
  return new PaddockError('provider_bad_answer', {
    message: `${provider} answered in a way that cannot be passed on: ${what}`,
  })
}

/** It is there, and does not get on with it. */
export function noProgress(message: string): PaddockError {
  return new PaddockError('provider_no_progress', { message })
}
