import type { Decimal } from './decimal.ts'
import type { Amount } from './entry.ts'

export const WHAT_IF_GROUPS = ['route', 'model', 'key', 'day'] as const
export type WhatIfGroup = (typeof WHAT_IF_GROUPS)[number]

/** What requests cost, and what they would have cost. Amounts by currency, twelve decimals; currencies are never added up. */
export type WhatIfSums = {
  readonly requests: number
  /** As the ledger has it, to the last digit. */
  readonly before: Readonly<Record<string, Decimal>>
  /** The same usage at the other prices, added up exactly and rounded once. */
  readonly after: Readonly<Record<string, Decimal>>
  /** `after` less `before`, currency by currency. */
  readonly difference: Readonly<Record<string, Decimal>>
  /** In percent of `before`; null unless both are in one and the same currency, or reported in one. */
  readonly percent: Decimal | null
  /** Requests without a price: they are in no amount. */
  readonly unpriced: { readonly before: number; readonly after: number }
  /** All of it in the currency asked for, by the operator's table; null where that lacks a rate. Absent if none was asked for. */
  readonly reported?: {
    readonly currency: string
    readonly before: Decimal
    readonly after: Decimal
    readonly difference: Decimal
  } | null
}

/** The answer to: what would this traffic have cost elsewhere? */
export type WhatIf = {
  readonly from: string
  readonly to: string
  /** The model whose prices are used; null: each request's own. */
  readonly as: string | null
  /** The instant whose price list is used; null: the instant of each request. */
  readonly prices_at: string | null
  readonly total: WhatIfSums
  /**
   * Owed beside `before`, for attempts of this traffic that gave no answer: other prices for the answers change nothing about it.
   * One amount for each currency; left out where there is none.
   */
  readonly retry_loss?: readonly Amount[]
  readonly group_by: WhatIfGroup | null
  readonly groups: readonly (WhatIfSums & { readonly group: string })[]
  /** Requests to the practice provider: nobody owes anything for them, and they are in no other sum. */
  readonly practice: WhatIfSums | null
  /** Bills round every request by itself: their sum may differ from `after` by this much, in any currency, and no more. */
  readonly rounding: Decimal
  /** How many entries had to be read one by one, because a price changes inside of what is kept as a sum. */
  readonly entries_read: number
  /** What the numbers take for granted, in sentences. */
  readonly assumptions: readonly string[]
}
