import type { HedgeSetting } from '@paddock/contract/routes'
import { compareDecimals } from './compare-decimals.ts'
import type { Money } from './price.ts'

/**
 * How long the first attempt may be silent before a second one is started beside it, in milliseconds; null while the time
 * within which 95 of 100 answers begin is to be waited for and not known.
 */
export function hedgeAfterMs(hedge: HedgeSetting, silenceMsP95: number | null): number | null {
  return hedge.after_ms ?? silenceMsP95
}

/** Whether what a second attempt is expected to cost is within the cap, in its provider's own currency; unknown is not. */
export function isWithinCap({ cost_cap: cap }: HedgeSetting, price: Money | null): boolean {
  return price !== null && compareDecimals(price.amount, cap) <= 0
}
