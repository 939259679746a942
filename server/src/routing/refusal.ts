import type { ErrorCode } from '@paddock/contract/errors'
import { PaddockError } from '../base/errors.ts'
import type { PassedOver } from './order.ts'
import type { Hindrance } from './health/breaker.ts'

const CODES: Readonly<Record<Hindrance['kind'], ErrorCode>> = {
  failing: 'provider_overloaded',
  limited: 'provider_rate_limited',
  out_of_money: 'provider_out_of_money',
}

/**
 * What a caller is told when no candidate can be called: the state of the one that is back first, and when that is. Money
 * has no such time. Without a hindrance that passes, no candidate is meant for such a request.
 */
export function refusalFor(route: string | null, passedOver: readonly PassedOver[]): PaddockError {
  const why = passedOver.map(({ model, reason }) => `${model}: ${reason}`).join('; ')
  const first = passedOver
    .flatMap(({ hindrance }) => hindrance ?? [])
    .reduce<Hindrance | null>((one, other) => (one === null || other.forMs < one.forMs ? other : one), null)
  const message = `${route === null ? 'This model' : `The route ${route}`} has no candidate that can be called now. ${why}.`
  if (first === null) return new PaddockError('route_unavailable', { message })
  const wait = first.kind === 'out_of_money' ? {} : { retryAfterSeconds: Math.ceil(first.forMs / 1_000) }
  return new PaddockError(CODES[first.kind], { message, ...wait })
}
