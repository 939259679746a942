import { expect, it } from 'vitest'
import { isCurrency } from './currency.ts'

it.each(['CNY', 'USD', 'JPY', 'XAU'])('[M9] %s is a currency', (text) => {
  expect(isCurrency(text)).toBe(true)
})

it.each(['', 'cny', 'CN', 'CNYY', 'C1Y', '￥', 'CNY ', 'CNY\n'])('[M9] %j is none', (text) => {
  expect(isCurrency(text)).toBe(false)
})
