import type { Decimal } from '@paddock/contract/decimal'
import type { HedgeSetting } from '@paddock/contract/routes'
import { compareDecimals } from './compare-decimals.ts'

export type HedgeFacts = {
  /** Within which 95 of 100 first bytes of the first target came; null while that is not known. */
  readonly firstByteMsP95: number | null
  /** What the request would cost at the second target; null without a price. */
  readonly secondPrice: Decimal | null
}

/**
 * How long the first attempt may be silent before a second one is started beside it, in milliseconds; null for never: the
 * second would cost more than the cap, nobody knows what it would cost, or no delay is known yet.
 */
export function hedgeAfterMs(hedge: HedgeSetting, { firstByteMsP95, secondPrice }: HedgeFacts): number | null {
  if (secondPrice === null) return null
  if (compareDecimals(secondPrice, hedge.cost_cap) > 0) return null
  return hedge.after_ms ?? firstByteMsP95
}
