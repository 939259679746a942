import { sumTokens } from '@paddock/contract/usage'
import type { Permit } from '../limits/permit.ts'
import type { Who } from '../limits/who.ts'
import type { Caller } from '../callers/caller.ts'
import { fullName } from '../routing/target.ts'
import type { Exchange } from './exchange.ts'
import type { Gateway } from './gateway.ts'
import { CallerGone } from './read-body.ts'
import type { AnyPlan } from './route.ts'

/**
 * Is there room: counts the request against every limit it is under and waits for its place. Throws `rate_limited`,
 * `cap_exceeded`, `concurrency_limited` or `overloaded`; the permit is settled when the request is over.
 */
export function enter(
  gateway: Gateway,
  exchange: Exchange,
  { order, itinerary, intent }: AnyPlan,
): Permit | Promise<Permit> {
  const admitted = gateway.limits.admit({
    who: whoIs(order.caller),
    model: fullName(itinerary.placed[0].target),
    tokens: sumTokens(intent.hold),
    line: exchange,
  })
  return admitted instanceof Promise
    ? admitted.then((permit) => entered(exchange, permit))
    : entered(exchange, admitted)
}

function entered(exchange: Exchange, permit: Permit | null): Permit {
  if (permit === null) throw new CallerGone()
  exchange.permit = permit
  return permit
}

/** Asked by several stages of every request, and the same for all requests of a key. */
const known = new WeakMap<Caller, Who>()

export function whoIs(caller: Caller): Who {
  const found = known.get(caller)
  if (found) return found
  const { keyId, keyName, teamId, teamName, organisationId, organisationName, limits } = caller
  const who = {
    key: { id: keyId, name: keyName },
    team: { id: teamId, name: teamName },
    organisation: { id: organisationId, name: organisationName },
    own: limits,
  }
  known.set(caller, who)
  return who
}
