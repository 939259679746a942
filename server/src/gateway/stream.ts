import type { Called } from './call.ts'
import type { Exchange } from './exchange.ts'
import type { Gateway } from './gateway.ts'
import { nothingRelayed, type Relayed } from './relayed.ts'
import { relayEvents } from './relay-events.ts'
import { relayWhole } from './relay-whole.ts'
import type { Plan } from './route.ts'

/** Stage 5, stream back: everything but the end of the answer, in the caller's dialect; same dialect, same bytes. */
export function stream(
  gateway: Gateway,
  exchange: Exchange,
  { plan, called }: { plan: Plan; called: Called },
): Promise<Relayed> {
  if (!called.answer) {
    return Promise.resolve(nothingRelayed(called.failure, called.attempts.at(-1)?.outcome === 'timeout'))
  }
  const relay = plan.order.asked.stream ? relayEvents : relayWhole
  return relay(gateway, exchange, { answer: called.answer })
}
