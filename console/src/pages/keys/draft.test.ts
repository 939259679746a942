import { describe, expect, it } from 'vitest'
import {
  budgetDraftOf,
  budgetFrom,
  expiryFrom,
  limitChanges,
  limitDraftOf,
  limitsFrom,
  NO_BUDGET,
  NO_LIMITS,
} from './draft.ts'

describe('limits as they are typed', () => {
  it('become numbers, "none" and nothing', () => {
    expect(limitsFrom(NO_LIMITS)).toBeUndefined()
    expect(limitsFrom({ ...NO_LIMITS, rpm: ' 60 ', tpm: 'none' })).toEqual({ rpm: 60, tpm: 'none' })
  })

  it('that are no numbers are left for the server to refuse, and never become nothing', () => {
    expect(JSON.stringify(limitsFrom({ ...NO_LIMITS, rpm: 'many' }))).toBe('{"rpm":"many"}')
  })

  it('are told by what has changed, with null for what is gone', () => {
    const before = limitDraftOf({ rpm: 60, tpm: 1000, concurrent: 4 })
    expect(limitChanges(before, { ...before, rpm: '', concurrent: '8' })).toEqual({ rpm: null, concurrent: 8 })
    expect(limitChanges(before, before)).toEqual({})
  })
})

describe('a budget as it is typed', () => {
  it('comes back as it went in', () => {
    for (const budget of [
      { amount: '10 CNY', window: 'month' },
      { amount: '0.5 USD', window: '5h', zone: 'Asia/Tokyo' },
    ])
      expect(budgetFrom(budgetDraftOf(budget))).toEqual(budget)
  })

  it('is none without an amount', () => {
    expect(budgetFrom(NO_BUDGET)).toBeUndefined()
    expect(budgetFrom(budgetDraftOf(null))).toBeUndefined()
  })
})

describe('when a key ends', () => {
  it('is so many days from now, or never', () => {
    expect(expiryFrom('never', '', 0)).toBeNull()
    expect(expiryFrom('30', '', 0)).toBe('1970-01-31T00:00:00.000Z')
  })

  it('is the end of the own day', () => {
    const end = expiryFrom('own', '2024-05-21', 0)
    expect(new Date(end ?? '').getDate()).toBe(21)
    expect(new Date(end ?? '').getHours()).toBe(23)
  })
})
