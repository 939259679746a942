/** A decimal number written as text, such as "0.8" or "-97.5": how money and prices travel, so that no float touches them. */
export type Decimal = string & { readonly __decimal: true }

/** At most this many digits may follow the point of a price (a price of one token of the cheapest model needs eight). */
export const DECIMAL_PLACES_MAX = 12

const DECIMAL = /^-?(0|[1-9]\d{0,17})(\.\d{1,18})?$/

/** True for a plain decimal: no exponent, no sign but "-", no leading zeros, at most 18 digits on either side of the point. */
export function isDecimal(text: string): text is Decimal {
  return DECIMAL.test(text)
}
