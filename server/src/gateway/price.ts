import type { Quote } from '@paddock/contract/quote'
import type { Called } from './call.ts'
import type { Exchange } from './exchange.ts'
import type { Gateway } from './gateway.ts'
import { priceName } from '../routing/target.ts'
import type { Metered } from './meter.ts'

/**
 * Stage 7, price: exact, at the prices in force when the request was accepted (or completed, where the provider says so).
 * A model without a known price is unpriced: no amount, never a zero.
 */
export function price(
  gateway: Gateway,
  exchange: Exchange,
  { called, metered }: { called: Pick<Called, 'target'>; metered: Metered },
): Quote {
  const { facts } = called.target.provider
  return gateway.prices().quote({
    model: priceName(called.target),
    at: facts.pricedAt === 'accepted' ? exchange.acceptedAt : gateway.clock.now(),
    usage: metered.usage,
  })
}
