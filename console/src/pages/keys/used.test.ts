import type { Decimal } from '@paddock/contract/decimal'
import { expect, it } from 'vitest'
import { budgetsOfKey, fillOf, type Budget } from './used.ts'

const money = (amount: string) => ({ amount: amount as Decimal, currency: 'CNY' })

function budget(id: string, spent: string, held = '0'): Budget {
  return {
    scope: 'key',
    id,
    name: id,
    limit: money('10'),
    spent: money(spent),
    held: money(held),
    left: money('0'),
    window: 'day',
    zone: 'UTC',
    hard: true,
    from: '2024-05-21T00:00:00.000Z',
    until: null,
    set_in: 'console',
    budget_id: id,
  }
}

it('a budget is full by what is spent and what is held', () => {
  expect(fillOf(budget('a', '2', '1'))).toEqual({ spent: 0.2, held: 0.1, tone: 'accent' })
  expect(fillOf(budget('a', '7', '1.5')).tone).toBe('warn')
  expect(fillOf(budget('a', '10.01')).tone).toBe('bad')
})

it('a budget of nothing is full as soon as anything is spent', () => {
  const nothing = { ...budget('a', '0.1'), limit: money('0') }
  expect(fillOf(nothing)).toMatchObject({ spent: 1, tone: 'bad' })
  expect(fillOf({ ...nothing, spent: money('0') })).toMatchObject({ spent: 0, tone: 'accent' })
})

it('the fullest budget of a key comes first', () => {
  const all = [budget('a', '1'), budget('b', '9'), { ...budget('a', '5'), budget_id: 'fuller' }]
  expect(budgetsOfKey(all, 'a').map(({ budget_id }) => budget_id)).toEqual(['fuller', 'a'])
})
