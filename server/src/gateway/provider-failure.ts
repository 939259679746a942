import { PaddockError } from '../base/errors.ts'
import type { ProviderError } from '../dialects/openai-chat/errors.ts'
import type { CallFailure } from '../providers/call-provider.ts'

/** Nobody is asked to wait longer than this for a provider, whatever it says. */
const RETRY_AFTER_SECONDS_MAX = 600
const RETRY_AFTER_SECONDS_UNKNOWN = 5

const MONEY_CODES: ReadonlySet<string> = new Set([
  'insufficient_quota',
  'billing_error',
  'payment_required',
  'insufficient_balance',
])

/** What an error answer of a provider means for the caller. The provider is named; its own words are passed on. */
export function failureOfStatus(
  provider: string,
  status: number,
  answer: ProviderError & { retryAfter: string | undefined },
): PaddockError {
  const said = `${provider} says: ${answer.message}`
  const cause = answer.code ?? answer.type ?? undefined
  if (status === 402 || (cause !== undefined && MONEY_CODES.has(cause))) {
    return new PaddockError('provider_out_of_money', {
      message: `The operator's balance at ${provider} is used up. ${said}`,
    })
  }
  if (status === 401 || status === 403) {
    return new PaddockError('provider_auth', { message: `${provider} refuses the operator's key. ${said}` })
  }
  if (status === 429) {
    return new PaddockError('provider_rate_limited', {
      message: said,
      retryAfterSeconds: readRetryAfter(answer.retryAfter),
    })
  }
  if (status === 503 || status === 529) {
    return new PaddockError('provider_overloaded', {
      message: said,
      retryAfterSeconds: readRetryAfter(answer.retryAfter),
    })
  }
  if (status >= 400 && status < 500) {
    return new PaddockError('provider_refused', {
      message: said,
      status,
      ...(answer.param === null ? {} : { param: answer.param }),
    })
  }
  return new PaddockError('provider_error', { message: said })
}

export function failureOfCall(provider: string, failure: CallFailure): PaddockError {
  switch (failure.kind) {
    case 'connect_timeout':
    case 'headers_timeout':
      return new PaddockError('provider_timeout', {
        message: `${provider} did not answer in time (${failure.message}).`,
      })
    case 'idle_timeout':
      return new PaddockError('provider_no_progress', { message: `${provider} stopped sending (${failure.message}).` })
    case 'bad_answer':
      return badAnswer(provider, failure.message)
    case 'unreachable':
    case 'reset':
    case 'cancelled':
      return new PaddockError('provider_unreachable', {
        message: `The call to ${provider} broke off (${failure.message}).`,
      })
  }
}

export function badAnswer(provider: string, what: string): PaddockError {
  return new PaddockError('provider_bad_answer', {
    message: `${provider} answered in a way that cannot be passed on: ${what}`,
  })
}

function readRetryAfter(header: string | undefined): number {
  const seconds = header === undefined ? NaN : Number(header)
  if (!Number.isFinite(seconds) || seconds < 0) return RETRY_AFTER_SECONDS_UNKNOWN
  return Math.min(Math.ceil(seconds), RETRY_AFTER_SECONDS_MAX)
}
