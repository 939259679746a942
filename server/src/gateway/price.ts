import type { Usage } from '@paddock/contract/usage'
import type { Cost } from '../prices/quote.ts'
import { priceName, type Target } from '../routing/target.ts'
import type { Called } from './call.ts'
import type { Exchange } from './exchange.ts'
import type { Gateway } from './gateway.ts'
import type { Metered } from './meter.ts'

/**
 * Stage 7, price: exact, at the prices in force when the request was accepted (or completed, where the provider says so).
 * A model without a known price is unpriced: no amount, never a zero.
 */
export function price(
  gateway: Gateway,
  exchange: Exchange,
  { called: { target }, metered: { usage } }: { called: Called; metered: Metered },
): Cost {
  return quoteFor(gateway, exchange, { target, usage })
}

/** What a usage costs at a target that this request was sent to. */
export function quoteFor(
  gateway: Gateway,
  exchange: Exchange,
  { target, usage }: { target: Target; usage: Usage },
): Cost {
  const { facts } = target.provider
  return gateway.prices().cost({
    model: priceName(target),
    at: facts.pricedAt === 'accepted' ? exchange.acceptedAt : gateway.clock.now(),
    usage,
  })
}
