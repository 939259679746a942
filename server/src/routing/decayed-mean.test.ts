import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NOTHING_SEEN, valueOf, withSample, type Sample } from './decayed-mean.ts'

const HALF_LIFE_MS = 1_000

const meanOf = (samples: readonly Sample[], now: number, weightMin = 0): number | null =>
  valueOf(
    samples.reduce((mean, sample) => withSample(mean, sample, HALF_LIFE_MS), NOTHING_SEEN),
    { now, halfLifeMs: HALF_LIFE_MS, weightMin },
  )

describe('a decayed mean', () => {
  it.each<[string, readonly Sample[], number | null]>([
    ['nothing', [], null],
    ['one sample', [{ value: 7, at: 0 }], 7],
    [
      'two of one moment',
      [
        { value: 6, at: 0 },
        { value: 12, at: 0 },
      ],
      9,
    ],
    [
      'one a half-life older',
      [
        { value: 6, at: 0 },
        { value: 12, at: 1_000 },
      ],
      (6 * 0.5 + 12) / 1.5,
    ],
    [
      'weights',
      [
        { value: 1, weight: 300, at: 0 },
        { value: 0, weight: 100, at: 0 },
      ],
      0.75,
    ],
  ])('[R6] of %s counts what is old for less', (_what, samples, mean) => {
    expect(meanOf(samples, 1_000)).toBe(mean)
  })

  it('[R6] is forgotten when too little of it is left', () => {
    const samples = [{ value: 7, at: 0 }]
    expect([meanOf(samples, 3_000, 0.125), meanOf(samples, 3_001, 0.125)]).toEqual([7, null])
  })

  it('[R6] lies among what was seen, whatever came when', () => {
    const sample = fc.record({ value: fc.nat(1_000), weight: fc.integer({ min: 1, max: 50 }), at: fc.nat(20_000) })
    fc.assert(
      fc.property(fc.array(sample, { minLength: 1, maxLength: 20 }), (samples) => {
        const mean = meanOf(samples, 20_000) ?? NaN
        const values = samples.map(({ value }) => value)
        expect(mean).toBeGreaterThanOrEqual(Math.min(...values) - 1e-6)
        expect(mean).toBeLessThanOrEqual(Math.max(...values) + 1e-6)
      }),
    )
  })
})
