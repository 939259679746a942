import type { Decimal } from './decimal.ts'

/** One line of a price calculation. `amount` is exact and unrounded: units × price ÷ per. */
export type QuoteLine = {
  readonly component: string
  readonly units: number
  /** The price of `per` units, in the quote's currency. */
  readonly price: Decimal
  readonly per: number
  readonly amount: Decimal
  /** The price row (and the condition in it) that set this line. */
  readonly row: string
  /** Set when the row has no price of its own for the component and another component's price stands in. */
  readonly priced_as?: string
}

/** The exact price of a usage at an instant. An unknown price is `unpriced`, never zero. */
export type Quote =
  | {
      readonly state: 'priced'
      /** Rounded once, half to even, to twelve decimals. */
      readonly amount: Decimal
      readonly currency: string
      readonly rows: readonly string[]
      readonly lines: readonly QuoteLine[]
      readonly notes: readonly string[]
    }
  | {
      readonly state: 'unpriced'
      readonly amount: null
      readonly currency: null
      readonly rows: readonly []
      readonly lines: readonly []
      /** Why: the model, the component or the instant that has no price. */
      readonly notes: readonly string[]
    }
