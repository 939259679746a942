import { describe, expect, it } from 'vitest'
import { addDays, daysOf } from './days.ts'

describe('days of a league', () => {
  it('are the last ones up to today', () => {
    expect(daysOf({}, '2024-07-13', 30)).toEqual({
      from: '2024-06-14',
      last: '2024-07-13',
      to: '2024-07-14',
      count: 30,
    })
  })

  it('are those that were asked for, both ends included', () => {
    const own = { from: '2024-02-28', to: '2024-03-01' }
    expect(daysOf(own, '2024-07-13', 30)).toEqual({
      from: '2024-02-28',
      last: '2024-03-01',
      to: '2024-03-02',
      count: 3,
    })
  })

  it('are one day where they are the wrong way round', () => {
    expect(daysOf({ from: '2024-07-20' }, '2024-07-13', 30)).toMatchObject({ from: '2024-07-13', count: 1 })
  })

  it('step over months and leap days', () => {
    expect(addDays('2024-02-28', 2)).toBe('2024-03-01')
  })
})
