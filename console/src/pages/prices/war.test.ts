import { describe, expect, it } from 'vitest'
import type { PriceChange } from '../../price-book/changes.ts'
import { floorUnder, largestFalls, marksOf, timesOf, valuesAt, type PriceSeries } from './war.ts'

const DAY = 86_400_000
const start = Date.parse('2024-05-20T00:00:00Z')

function seriesOf(...points: [string, string | null][]): PriceSeries {
  const series = {
    model: 'lab/one',
    currency: 'CNY',
    per: 1_000_000,
    points: points.map(([at, price]) => ({ at, price })),
  }
  return series as PriceSeries
}

function change(model: string, percent: string | null, at = '2024-05-20T16:00:00.000Z'): PriceChange {
  const about = { component: 'input', from: '20', to: '1', per: 1_000_000, currency: 'CNY', when: null }
  return { model, percent, at, ...about } as PriceChange
}

describe('the chart of the price war', () => {
  it('has every change between the days', () => {
    const series = seriesOf(['2024-05-20T16:00:00.000Z', '0.5'])
    const times = timesOf([series], { from: start, to: start + 2 * DAY })
    expect(times).toEqual([start, start + DAY * (2 / 3), start + DAY, start + 2 * DAY])
    expect(valuesAt(series, times)).toEqual([null, 0.5, 0.5, 0.5])
  })

  it('has at most some hundred days of a long span', () => {
    expect(timesOf([], { from: start, to: start + 900 * DAY }).length).toBeLessThan(130)
  })

  it('breaks off where a price ends, and knows zero from nothing', () => {
    const series = seriesOf(
      ['2024-05-20T00:00:00.000Z', '4'],
      ['2024-05-21T00:00:00.000Z', '0'],
      ['2024-05-22T00:00:00.000Z', null],
    )
    expect(valuesAt(series, [start, start + DAY, start + 2 * DAY])).toEqual([4, 0, null])
  })

  it('paints free a power of ten below the lowest price', () => {
    expect(floorUnder([120, 0.5, 0, null])).toBeCloseTo(0.1)
    expect(floorUnder([1, 100])).toBeCloseTo(0.1)
    expect(floorUnder([0, null])).toBe(0.01)
  })

  it('begins with the models that fell most', () => {
    const changes = [
      change('lab/b', '-80.0'),
      change('lab/a', '-97.5'),
      change('lab/c', '50.0'),
      change('lab/d', null),
      change('lab/b', '-10.0'),
    ]
    expect(largestFalls(changes, 6)).toEqual(['lab/a', 'lab/b'])
    expect(largestFalls(changes, 1)).toEqual(['lab/a'])
  })

  it('marks the falls of one instant once', () => {
    const later = '2024-06-01T00:00:00.000Z'
    const changes = [
      change('lab/a', '-80.0'),
      change('lab/b', '-97.5'),
      change('lab/a', '-60.0', later),
      change('lab/b', '-10.0', later),
    ]
    expect(marksOf(changes, ['lab/a', 'lab/b'])).toEqual([
      { at: Date.parse('2024-05-20T16:00:00.000Z'), model: 'lab/b', percent: -97.5, others: 1 },
      { at: Date.parse(later), model: 'lab/a', percent: -60, others: 0 },
    ])
    expect(marksOf(changes, ['lab/c'])).toEqual([])
  })
})
