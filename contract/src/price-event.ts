import type { Decimal } from './decimal.ts'
import type { WhatIfSums } from './what-if.ts'

/** A price as a small standard request pays it, or under a condition in words. For `per` units. */
export type EffectivePrice = {
  readonly component: string
  readonly when: string | null
  readonly price: Decimal
  readonly per: number
}

/** What a model costs at an instant, and the row that says so. */
export type EffectivePrices = {
  readonly row: string
  readonly currency: string
  readonly prices: readonly EffectivePrice[]
}

/** Null: it had no price before, or has none after. The percentage is null across currencies, too. */
export type EffectiveChange = {
  readonly component: string
  readonly when: string | null
  readonly from: Decimal | null
  readonly to: Decimal | null
  readonly per: number
  readonly percent: Decimal | null
}

/** `dated`: a row began or ended. `book`: the price book itself was changed, by an override, an accepted proposal, a new version. */
export type PriceEventCause = 'dated' | 'book'

/** The price of a model changed. */
export type PriceEvent = {
  /** The instant from which the new price holds; for a change of the book, when it was noticed. */
  readonly at: string
  readonly noted_at: string
  /** provider/model, as the entries have it. */
  readonly model: string
  readonly cause: PriceEventCause
  readonly before: EffectivePrices | null
  readonly after: EffectivePrices | null
  readonly changes: readonly EffectiveChange[]
  /** What the model's traffic of the thirty days before did cost, and would cost at the new prices. */
  readonly month: WhatIfSums
}
