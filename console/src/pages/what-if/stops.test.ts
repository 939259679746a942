import { describe, expect, it } from 'vitest'
import { stopAt, stopsOf, ticksOf } from './stops.ts'

type Changes = Parameters<typeof stopsOf>[0]

const [may, june] = ['2024-05-20T16:00:00.000Z', '2024-06-05T16:00:00.000Z']
const changes = [
  { at: may, model: 'lab/a', percent: '-97.5' },
  { at: may, model: 'lab/b', percent: '-40.0' },
  { at: may, model: 'lab/a', percent: '-10.0' },
  { at: june, model: 'lab/b', percent: '120.0' },
] as unknown as Changes

describe('the stops of the slider', () => {
  const stops = stopsOf(changes)

  it("are each request's own time, the day before, and each change once", () => {
    expect(stops.map(({ at }) => at)).toEqual([undefined, '2024-05-19T16:00:00.000Z', may, june])
    expect(stops[2]).toMatchObject({ largest: { model: 'lab/a', percent: -97.5 }, others: 1 })
    expect(stops[3]).toMatchObject({ largest: { model: 'lab/b', percent: 120 }, others: 0 })
  })

  it('are found by any day', () => {
    expect(stopAt(stops, undefined)).toBe(0)
    expect(stopAt(stops, '2020-01-01')).toBe(1)
    expect(stopAt(stops, may)).toBe(2)
    expect(stopAt(stops, '2024-06-01')).toBe(2)
    expect(stopAt(stops, '2030-01-01')).toBe(3)
    expect(stopAt(stopsOf([]), '2024-06-01')).toBe(0)
  })

  it('are ticked where the model itself changed', () => {
    expect(ticksOf(stops, 'lab/b')).toEqual([2 / 3, 1])
    expect(ticksOf(stops, undefined)).toEqual([])
  })
})
