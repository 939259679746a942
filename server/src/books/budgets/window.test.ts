import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { calendarSpan, readWindow, rollingFrom, stepOf } from './window.ts'

const shown = (unit: 'day' | 'week' | 'month', zone: string, at: string): string[] => {
  const { from, to } = calendarSpan(unit, zone, Date.parse(at))
  return [from, to].map((each) => new Date(each).toISOString())
}

describe('calendar windows', () => {
  it.each<['day' | 'week' | 'month', string, string, string, string]>([
    ['day', 'UTC', '2026-11-28T23:59:59.999Z', '2026-11-28T00:00:00.000Z', '2026-11-29T00:00:00.000Z'],
    ['day', 'Asia/Shanghai', '2026-11-28T16:00:00Z', '2026-11-28T16:00:00.000Z', '2026-11-29T16:00:00.000Z'],
    ['day', 'Asia/Shanghai', '2026-11-28T15:59:59.999Z', '2026-11-27T16:00:00.000Z', '2026-11-28T16:00:00.000Z'],
    // A day of 23 hours, and one of 25.
    ['day', 'Europe/Berlin', '2026-03-29T12:00:00Z', '2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z'],
    ['day', 'Europe/Berlin', '2026-10-25T12:00:00Z', '2026-10-24T22:00:00.000Z', '2026-10-25T23:00:00.000Z'],
    // A day that has no midnight.
    ['day', 'Africa/Cairo', '2026-04-24T12:00:00Z', '2026-04-23T22:00:00.000Z', '2026-04-24T21:00:00.000Z'],
    ['day', 'Asia/Kathmandu', '2026-11-28T18:15:00Z', '2026-11-28T18:15:00.000Z', '2026-11-29T18:15:00.000Z'],
    ['week', 'UTC', '2026-11-29T23:00:00Z', '2026-11-23T00:00:00.000Z', '2026-11-30T00:00:00.000Z'],
    ['week', 'UTC', '2026-11-30T00:00:00Z', '2026-11-30T00:00:00.000Z', '2026-12-07T00:00:00.000Z'],
    ['week', 'America/New_York', '2026-11-01T12:00:00Z', '2026-10-26T04:00:00.000Z', '2026-11-02T05:00:00.000Z'],
    ['month', 'UTC', '2024-02-29T12:00:00Z', '2024-02-01T00:00:00.000Z', '2024-03-01T00:00:00.000Z'],
    ['month', 'Asia/Shanghai', '2026-11-30T16:00:00Z', '2026-11-30T16:00:00.000Z', '2026-12-31T16:00:00.000Z'],
    ['month', 'America/New_York', '2026-03-15T12:00:00Z', '2026-03-01T05:00:00.000Z', '2026-04-01T04:00:00.000Z'],
  ])('[B31] the %s of %s at %s', (unit, zone, at, from, to) => {
    expect(shown(unit, zone, at)).toEqual([from, to])
  })

  it('[B31] follow one another without a gap or an overlap, in any zone, across every change of its clocks', () => {
    const zone = fc.constantFrom(
      'UTC',
      'Europe/Berlin',
      'America/Sao_Paulo',
      'Australia/Lord_Howe',
      'America/Havana',
      'Asia/Tehran',
    )
    const at = fc.integer({ min: Date.parse('2010-01-01'), max: Date.parse('2027-01-01') })
    fc.assert(
      fc.property(zone, fc.constantFrom('day', 'week', 'month'), at, (name, unit, instant) => {
        const { from, to } = calendarSpan(unit, name, instant)
        expect(from).toBeLessThanOrEqual(instant)
        expect(to).toBeGreaterThan(instant)
        expect(calendarSpan(unit, name, from)).toEqual({ from, to })
        expect(calendarSpan(unit, name, to - 1)).toEqual({ from, to })
        expect(calendarSpan(unit, name, to).from).toBe(to)
      }),
      { numRuns: 3_000 },
    )
  })
})

describe('rolling windows', () => {
  it.each([
    ['1h', 60],
    ['5h', 120],
    ['24h', 720],
    ['7d', 3_600],
    ['30d', 21_600],
  ])('[B31] %s moves in steps of %i seconds', (text, seconds) => {
    const window = readWindow(text, 'UTC')
    expect(window.kind === 'rolling' && stepOf(window.lengthMs) / 1_000).toBe(seconds)
  })

  it('[B31] reach back at least their length, and less than a step further', () => {
    const length = fc.integer({ min: 1, max: 999 }).map((hours) => hours * 3_600_000)
    fc.assert(
      fc.property(length, fc.integer({ min: 1_600_000_000_000, max: 1_900_000_000_000 }), (lengthMs, at) => {
        const from = rollingFrom(lengthMs, at)
        expect(at - from).toBeGreaterThanOrEqual(lengthMs)
        expect(at - from).toBeLessThan(lengthMs + stepOf(lengthMs))
      }),
    )
  })
})
