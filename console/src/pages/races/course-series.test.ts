import { describe, expect, it } from 'vitest'
import { courseChart, courseRange } from './course-series.ts'

const WORDS = { estimate: 'estimate', low: 'low', high: 'high', margin: 'margin' }

function point(day: number, difference: number | null, half: number) {
  const at = `2024-05-2${day}T00:00:00.000Z`
  const middle = difference ?? 0
  const [low, high] = [middle - half, middle + half]
  return { at, challenger: 'a/b', n: day, difference, low, high, good_enough: 0, too_bad: 0 }
}

describe('the course of a race', () => {
  it('is an estimate between two edges, and the margin below zero', () => {
    const { times, series } = courseChart([point(1, null, 0.9), point(2, 0.02, 0.04)], 0.05, WORDS)
    expect(times).toEqual([Date.parse('2024-05-21T00:00:00.000Z'), Date.parse('2024-05-22T00:00:00.000Z')])
    const [estimate, low, high, margin] = series.map(({ values }) => values)
    expect(estimate).toEqual([null, 0.02])
    expect(low?.[1]).toBeCloseTo(-0.02)
    expect(high?.[1]).toBeCloseTo(0.06)
    expect(margin).toEqual([-0.05, -0.05])
  })

  it('shows late intervals whole, and is not pressed together by early ones', () => {
    const points = [point(1, 0, 1.7), point(2, 0, 0.9), point(3, 0.01, 0.1), point(4, 0.02, 0.08), point(5, 0.02, 0.07)]
    const [low, high] = courseRange(points.slice(2), 0.05)
    expect(low).toBeLessThanOrEqual(-0.075)
    expect(high).toBeGreaterThanOrEqual(0.1)
    const [lowest, highest] = courseRange(points, 0.05)
    expect([lowest, highest].map((edge) => Math.abs(edge) <= 0.331)).toEqual([true, true])
  })
})
