import type { Decimal } from '@paddock/contract/decimal'
import Big from 'big.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { multiply, rateOf, roundToPico, sumAtto } from './amount.ts'
import { divideHalfEven } from './divide-half-even.ts'
import { formatAtto, formatPico, type Atto } from './fixed-point.ts'

const price = fc
  .tuple(fc.nat({ max: 10_000 }), fc.nat({ max: 999_999_999_999 }), fc.nat({ max: 12 }))
  .map(([whole, fraction, places]) => {
    const digits = String(fraction).padStart(12, '0').slice(0, places)
    return (places === 0 ? String(whole) : `${whole}.${digits}`) as Decimal
  })
const units = fc.oneof(fc.nat({ max: 2_000_000 }), fc.maxSafeNat())
const per = fc.constantFrom(1, 1000, 10_000, 1_000_000)
const line = fc.record({ price, units, per })

function exactly(lines: readonly { price: string; units: number; per: number }[]): Big {
  return lines.reduce(
    (sum, each) => sum.plus(new Big(each.price).times(each.units).times(`1e-${String(each.per).length - 1}`)),
    new Big(0),
  )
}

describe('amounts', () => {
  it.each([
    ['0.8', 1_000_000, 800_000_000_000n],
    ['0.000000000001', 1_000_000, 1n],
    ['2', 1, 2n * 10n ** 18n],
    ['5', 1000, 5n * 10n ** 15n],
    ['0', 1_000_000, 0n],
  ])('[M5] the rate of %s per %i', (text, units_, rate) => {
    expect(rateOf(text as Decimal, units_)).toBe(rate)
  })

  it.each([
    ['1', 3],
    ['0.000000000001', 10_000_000],
    ['1', 0],
    ['1', -1],
    ['one', 1],
  ])('[M5] %s per %i has no exact rate', (text, units_) => {
    expect(rateOf(text as Decimal, units_)).toBeNull()
  })

  it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])('[M6] %d units are refused', (bad) => {
    expect(() => multiply(bad, 1n as Atto)).toThrow(RangeError)
  })

  it('[M6] multiplies beyond what a float could hold', () => {
    expect(multiply(Number.MAX_SAFE_INTEGER, 123_456_789_012_345_678n as Atto)).toBe(
      9_007_199_254_740_991n * 123_456_789_012_345_678n,
    )
  })

  it.each([
    [0n, 0n],
    [500_000n, 0n],
    [500_001n, 1n],
    [1_500_000n, 2n],
    [2_500_000n, 2n],
    [-500_000n, 0n],
    [-500_001n, -1n],
    [-1_500_000n, -2n],
    [-2_500_000n, -2n],
  ])('[M7] %s atto are %s pico', (atto, pico) => {
    expect(roundToPico(atto as Atto)).toBe(pico)
  })

  it('[M7] never divides by less than one', () => {
    expect(() => divideHalfEven(1n, 0n)).toThrow(RangeError)
  })

  it('[M6][M7] a bill is the exact sum rounded once, as big.js does it', () => {
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 6 }), (lines) => {
        const amounts = lines.map((each) => multiply(each.units, rateOf(each.price, each.per) ?? (-1n as Atto)))
        const total = sumAtto(amounts)
        const oracle = exactly(lines)
        expect(formatAtto(total)).toBe(oracle.toFixed())
        expect(formatPico(roundToPico(total))).toBe(oracle.round(12, Big.roundHalfEven).toFixed(12))
      }),
      { numRuns: 100_000 },
    )
  })

  it('[M7] half-even rounding of any fraction, either sign, as big.js does it', () => {
    const numerator = fc.oneof(fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }), fc.bigInt({ min: -30n, max: 30n }))
    fc.assert(
      fc.property(numerator, fc.constantFrom(1n, 2n, 4n, 10n, 1_000_000n), (top, bottom) => {
        const oracle = new Big(top.toString()).div(bottom.toString()).round(0, Big.roundHalfEven)
        expect(divideHalfEven(top, bottom)).toBe(BigInt(oracle.toFixed()))
      }),
      { numRuns: 100_000 },
    )
  })
})
