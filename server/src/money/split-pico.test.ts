import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Pico } from './fixed-point.ts'
import { joinPico, splitPico } from './split-pico.ts'

const amount = fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }) as fc.Arbitrary<Pico>

describe('totals in two columns', () => {
  it.each([
    [0n, 0n, 0n],
    [1_500_000_000_000n, 1n, 500_000_000_000n],
    [-500_000_000_000n, -1n, 500_000_000_000n],
    [-1_000_000_000_000n, -1n, 0n],
  ])('[M8] %s pico', (value, whole, pico) => {
    expect(splitPico(value as Pico)).toEqual({ whole, pico })
  })

  it('[M8] joins what it split, and the rest is never negative nor a whole unit', () => {
    fc.assert(
      fc.property(amount, (value) => {
        const parts = splitPico(value)
        expect(parts.pico >= 0n && parts.pico < 10n ** 12n).toBe(true)
        expect(joinPico(parts)).toBe(value)
      }),
      { numRuns: 100_000 },
    )
  })

  it('[M8] columns added up give the exact total', () => {
    fc.assert(
      fc.property(fc.array(amount, { maxLength: 50 }), (values) => {
        const parts = values.map(splitPico)
        const whole = parts.reduce((sum, part) => sum + part.whole, 0n)
        const pico = parts.reduce((sum, part) => sum + part.pico, 0n)
        expect(joinPico({ whole, pico })).toBe(values.reduce((sum, value) => sum + value, 0n))
      }),
      { numRuns: 5_000 },
    )
  })
})
