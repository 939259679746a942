/** The arithmetic of a bill: units times rate, added up exactly, rounded once. */
import type { Decimal } from '@paddock/contract/decimal'
import { divideHalfEven } from './divide-half-even.ts'
import { parseAtto, type Atto, type Pico } from './fixed-point.ts'

export const ATTO_PER_PICO = 1_000_000n

/** The price of one unit where `price` is for `per` units; null when that has no exact value in 1e-18 of the currency. */
export function rateOf(price: Decimal, per: number): Atto | null {
  const whole = parseAtto(price)
  const units = BigInt(per)
  if (whole === null || units <= 0n || whole % units !== 0n) return null
  return (whole / units) as Atto
}

/** Exact. Units are counted, so anything but a whole number from zero upwards is a mistake of the program. */
export function multiply(units: number, rate: Atto): Atto {
  const counted = BigInt(units)
  if (counted < 0n) throw new RangeError('units cannot be negative')
  return (counted * rate) as Atto
}

export function sumAtto(amounts: Iterable<Atto>): Atto {
  let total = 0n
  for (const amount of amounts) total += amount
  return total as Atto
}

/** The one rounding of an entry, half to even. */
export function roundToPico(amount: Atto): Pico {
  return divideHalfEven(amount, ATTO_PER_PICO) as Pico
}
