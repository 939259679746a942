/** A price as somebody wrote it: checked, put into its shortest form, and refused when it smells of a binary float. */
import { DECIMAL_PLACES_MAX, type Decimal } from '@paddock/contract/decimal'
import { divideHalfEven } from './divide-half-even.ts'
import { ATTO_PLACES, formatAtto, parseAtto, type Atto } from './fixed-point.ts'

export type ReadPrice =
  | { readonly kind: 'price'; readonly price: Decimal }
  | {
      readonly kind: 'refused'
      readonly problem: string
      /** What was probably meant, where that can be told. */
      readonly suggestion?: Decimal
    }

/** From this many decimals on, a price is looked at for noise: honest prices hardly ever have so many. */
const NOISE_PLACES_MIN = 10

/** Five zeros or nines in a row, with at most two digits after them, are where a binary float shows: 0.04999…96, 1.1500…01. */
const NOISE = /(0{5,}|9{5,})\d{0,2}$/

export function readPrice(text: string): ReadPrice {
  if (text.startsWith('-')) return refuse(`${text}: a price cannot be negative`)
  const fraction = /^\d+\.(\d+)$/.exec(text)?.[1] ?? ''
  if (fraction.length >= NOISE_PLACES_MIN) {
    const meant = withoutNoise(text, fraction)
    if (meant !== null) return { ...refuse(`${text}: did you mean ${meant}?`), suggestion: meant }
  }
  if (fraction.length > DECIMAL_PLACES_MAX) {
    return refuse(
      `${text}: ${fraction.length} decimals, at most ${DECIMAL_PLACES_MAX} are kept; give the price of more units`,
    )
  }
  const exact = parseAtto(text)
  if (exact === null) return refuse(`"${text}" is not a price: write a plain decimal such as "0.8"`)
  return { kind: 'price', price: formatAtto(exact) }
}

/** The rounder number a noisy one stands for; null when the digits are not noise, or mean what they say. */
function withoutNoise(text: string, fraction: string): Decimal | null {
  const places = NOISE.exec(fraction)?.index ?? fraction.length
  if (places > DECIMAL_PLACES_MAX) return null
  const written = BigInt(text.replace('.', ''))
  const step = 10n ** BigInt(fraction.length - places)
  const rounded = divideHalfEven(written, step)
  const saysTheSame = rounded * step === written
  if (rounded === 0n || (saysTheSame && fraction.length <= DECIMAL_PLACES_MAX)) return null
  return formatAtto((rounded * 10n ** BigInt(ATTO_PLACES - places)) as Atto)
}

function refuse(problem: string): { readonly kind: 'refused'; readonly problem: string } {
  return { kind: 'refused', problem }
}
