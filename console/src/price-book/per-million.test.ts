import { describe, expect, it } from 'vitest'
import { perMillion } from './per-million.ts'

describe('the price of a million', () => {
  it.each([
    ['0.0008', 1000, '0.8'],
    ['2', 1_000_000, '2'],
    ['0.25', 1_000_000, '0.25'],
    ['0.000000014', 1, '0.014'],
    ['0', 1000, '0'],
    ['120', 1000, '120000'],
    ['0.123456789012', 1_000_000, '0.123456789012'],
    ['3', 3_000_000, '1'],
  ])('%s of %i is %s', (price, per, wanted) => {
    expect(perMillion({ price, per })).toBe(wanted)
  })

  it('is not said where it has no end, or there is no price', () => {
    expect(perMillion({ price: '1', per: 3 })).toBeNull()
    expect(perMillion(undefined)).toBeNull()
  })
})
