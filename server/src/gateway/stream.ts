import { assert } from '../base/errors.ts'
import type { Called } from './call.ts'
import type { Exchange } from './exchange.ts'
import type { Gateway } from './gateway.ts'
import { nothingRelayed, type Relayed } from './relayed.ts'
import { relayEvents } from './relay-events.ts'
import { relayWhole } from './relay-whole.ts'

/** Stage 5, stream back: everything but the end of the answer, in the caller's dialect; same dialect, same bytes. */
export function stream(
  gateway: Gateway,
  exchange: Exchange,
  { answer, failure, attempts }: Called,
): Relayed | Promise<Relayed> {
  if (!answer) return nothingRelayed(failure, attempts.at(-1)?.outcome === 'timeout')
  const { begun } = answer
  if (begun.kind === 'stream') return relayEvents(gateway, exchange, { answer, begun })
  assert(begun.kind === 'whole', 'an answer in a conversation is told in words')
  exchange.whenGone(null)
  return relayWhole(begun)
}
