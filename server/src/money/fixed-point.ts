/** Decimal text to whole numbers of a small unit and back: the only way money gets in and out. */
import { isDecimal, type Decimal } from '@paddock/contract/decimal'

/** 1e-18 of a currency: the price of one unit, and exact sums of such prices. */
export type Atto = bigint & { readonly __unit: 'atto' }

/** 1e-12 of a currency: the amount of an entry in the books. */
export type Pico = bigint & { readonly __unit: 'pico' }

export const ATTO_PLACES = 18
const PICO_PLACES = 12

/** The decimal as a whole number of 1e-18, or null when the text is not a plain decimal of at most 18 places. */
export function parseAtto(text: string): Atto | null {
  return parse(text, ATTO_PLACES) as Atto | null
}

/** The decimal as a whole number of 1e-12, or null when the text is not a plain decimal of at most 12 places. */
export function parsePico(text: string): Pico | null {
  return parse(text, PICO_PLACES) as Pico | null
}

/** Exact, without trailing zeros beyond `placesMin`: 500000000000000000n is "0.5". */
export function formatAtto(amount: Atto, placesMin = 0): Decimal {
  return format(amount, ATTO_PLACES, placesMin)
}

/** As the books write an amount, always with twelve places: "3.000000000000". */
export function formatPico(amount: Pico): Decimal {
  return format(amount, PICO_PLACES, PICO_PLACES)
}

function parse(text: string, places: number): bigint | null {
  if (!isDecimal(text)) return null
  const point = text.indexOf('.')
  if (point < 0) return BigInt(text) * 10n ** BigInt(places)
  const fraction = text.slice(point + 1).padEnd(places, '0')
  const isExact = fraction.length === places || /^0+$/.test(fraction.slice(places))
  return isExact ? BigInt(text.slice(0, point) + fraction.slice(0, places)) : null
}

function format(amount: bigint, places: number, placesMin: number): Decimal {
  const digits = (amount < 0n ? -amount : amount).toString().padStart(places + 1, '0')
  const point = digits.length - places
  let end = digits.length
  while (end > point + placesMin && digits[end - 1] === '0') end -= 1
  const sign = amount < 0n ? '-' : ''
  const whole = digits.slice(0, point)
  return (end === point ? `${sign}${whole}` : `${sign}${whole}.${digits.slice(point, end)}`) as Decimal
}
