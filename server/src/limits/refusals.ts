import { PaddockError } from '../base/errors.ts'
import { count } from './count.ts'
import type { Demand, Level } from './counter-store.ts'
import type { Refused } from './fair-queue.ts'
import { limitHeaders } from './limit-headers.ts'
import type { Need } from './places.ts'

/** The level that keeps a request waiting longest decides when it is admitted. */
export function rateLimited(levels: readonly Level[]): PaddockError {
  const { demand, used, waitMs } = levels.reduce((one, other) => (other.waitMs > one.waitMs ? other : one))
  const seconds = Math.ceil(waitMs / 1_000)
  const isTokens = demand.kind === 'tokens'
  const needs = isTokens ? `, this request may need ${count(demand.amount)}` : ''
  return new PaddockError('rate_limited', {
    message: `${isTokens ? 'Tokens' : 'Requests'} a minute of ${demand.whose}: limit ${count(demand.limit)}, used or held ${count(used)}${needs}. It will be admitted in ${seconds} s. ${isTokens ? 'Lower max_tokens, wait' : 'Wait'}, or ask an operator to raise the limit.`,
    retryAfterSeconds: seconds,
    headers: { 'retry-after-ms': String(waitMs), ...limitHeaders(levels) },
  })
}

/** For a request that no waiting helps, so that no client keeps on trying. */
export function largerThanLimit({ whose, limit, amount }: Demand): PaddockError {
  return new PaddockError('cap_exceeded', {
    message: `Tokens a minute of ${whose}: limit ${count(limit)}, and this request alone may need ${count(amount)}. Waiting does not help: lower max_tokens, shorten the prompt, or ask an operator to raise the limit.`,
    param: '/max_tokens',
  })
}

const REASONS: Readonly<Record<Exclude<Refused, 'stopping'>, string>> = {
  full: 'as many wait already as may wait',
  late: 'its turn did not come in time',
}

/**
 * No place to run in, and none to wait in or waited too long. `missing` is what the caller is short of; null if it is
 * the server that is full. How long that lasts is an estimate.
 */
export function noPlace(missing: Need | null, why: Refused, retryAfterSeconds: number): PaddockError {
  if (why === 'stopping') {
    return new PaddockError('server_shutdown', {
      message: 'This server is stopping, and the request was still waiting for a place. Send it again.',
      retryAfterSeconds: 1,
    })
  }
  if (missing === null) {
    return new PaddockError('overloaded', {
      message: `The server runs as many requests as it may, and ${REASONS[why]}. Try again in about ${retryAfterSeconds} s.`,
      retryAfterSeconds,
    })
  }
  return new PaddockError('concurrency_limited', {
    message: `Requests at once of ${missing.whose}: limit ${count(missing.limit)}, all running, and ${REASONS[why]}. Send fewer at once, try again in about ${retryAfterSeconds} s, or ask an operator to raise the limit.`,
    retryAfterSeconds,
  })
}
