import { excerpt, PaddockError } from '../base/errors.ts'
import { SERVER } from './bounds.ts'
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
    message: `${isTokens ? 'Tokens' : 'Requests'} a minute of ${excerpt(demand.whose)}: limit ${count(demand.limit)}, used or held ${count(used)}${needs}. It will be admitted in ${seconds} s. ${isTokens ? 'Lower max_tokens, wait' : 'Wait'}, or ask an operator to raise the limit.`,
    retryAfterSeconds: seconds,
    headers: { 'retry-after-ms': String(waitMs), ...limitHeaders(levels) },
  })
}

/** For a request that no waiting helps, so that no client keeps on trying. */
export function largerThanLimit({ whose, limit, amount }: Demand): PaddockError {
  return new PaddockError('cap_exceeded', {
    message: `Tokens a minute of ${excerpt(whose)}: limit ${count(limit)}, and this request alone may need ${count(amount)}. Waiting does not help: lower max_tokens, shorten the prompt, or ask an operator to raise the limit.`,
    param: '/max_tokens',
  })
}

type NoPlace = Exclude<Refused, 'stopping'>

const REASONS: Readonly<Record<NoPlace, string>> = {
  full: 'as many wait already as may wait',
  late: 'its turn did not come in time',
}

/** No place to run in, and none to wait in or waited too long. How long that lasts is an estimate. */
export function noPlace(
  missing: Need & { readonly taken: number },
  why: NoPlace,
  retryAfterSeconds: number,
): PaddockError {
  const isServer = missing.id === SERVER
  return new PaddockError(isServer ? 'overloaded' : 'concurrency_limited', {
    message: `Requests at once of ${excerpt(missing.whose)}: limit ${count(missing.limit)}, running ${count(missing.taken)}, and ${REASONS[why]}. Try again in about ${retryAfterSeconds} s${isServer ? '' : ', send fewer at once, or ask an operator to raise the limit'}.`,
    retryAfterSeconds,
  })
}

export function stopping(): PaddockError {
  return new PaddockError('server_shutdown', {
    message: 'This server is stopping, and the request was still waiting for a place. Send it again.',
    retryAfterSeconds: 1,
  })
}
