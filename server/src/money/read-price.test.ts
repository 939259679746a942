import Big from 'big.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readPrice } from './read-price.ts'

describe('prices as written', () => {
  it.each([
    ['0.8', '0.8'],
    ['0.30', '0.3'],
    ['120', '120'],
    ['0', '0'],
    ['0.003625', '0.003625'],
    ['0.000000000001', '0.000000000001'],
    ['0.00000000012', '0.00000000012'],
    ['0.138888888889', '0.138888888889'],
    ['5.000000000000', '5'],
    ['0.0123456789', '0.0123456789'],
  ])('[M4] %s is the price %s', (text, price) => {
    expect(readPrice(text)).toEqual({ kind: 'price', price })
  })

  it.each([
    ['0.049999999999999996', '0.05'],
    ['1.7999999999999998', '1.8'],
    ['0.15000000000000002', '0.15'],
    ['0.30000000000000004', '0.3'],
    ['2.1799999999999997', '2.18'],
    ['0.9999999999', '1'],
    ['0.0499999999', '0.05'],
    ['3.000000000001', '3'],
    ['0.1000000000000', '0.1'],
  ])('[M4] %s is noise and probably means %s', (text, meant) => {
    expect(readPrice(text)).toEqual({ kind: 'refused', problem: `${text}: did you mean ${meant}?`, suggestion: meant })
  })

  it.each([
    ['-1', '-1: a price cannot be negative'],
    ['-0', '-0: a price cannot be negative'],
    ['0.1234567890123', '0.1234567890123: 13 decimals, at most 12 are kept; give the price of more units'],
    [
      '0.00000000000000000000123',
      '0.00000000000000000000123: 23 decimals, at most 12 are kept; give the price of more units',
    ],
    ['1e-7', '"1e-7" is not a price: write a plain decimal such as "0.8"'],
    ['free', '"free" is not a price: write a plain decimal such as "0.8"'],
    ['', '"" is not a price: write a plain decimal such as "0.8"'],
  ])('[M4] refuses %j', (text, problem) => {
    expect(readPrice(text)).toEqual({ kind: 'refused', problem })
  })

  it('[M4] finds the price behind the noise of a sum of floats', () => {
    const cents = fc.integer({ min: 1, max: 100_000 })
    fc.assert(
      fc.property(cents, cents, (left, right) => {
        const noisy = String(left / 100 + right / 100)
        const honest = new Big(left + right).div(100).toFixed()
        const read = readPrice(noisy)
        expect(read.kind === 'price' ? read.price : read.suggestion).toBe(honest)
      }),
      { numRuns: 100_000 },
    )
  })
})
