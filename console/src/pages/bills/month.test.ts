import { expect, it } from 'vitest'
import { monthName, spanOfMonth } from './month.ts'

it('a month begins and ends where its zone says', () => {
  expect(spanOfMonth('2024-05', 'UTC')).toEqual({ from: '2024-05-01T00:00:00.000Z', to: '2024-06-01T00:00:00.000Z' })
  expect(spanOfMonth('2024-12', 'Asia/Shanghai')).toEqual({
    from: '2024-11-30T16:00:00.000Z',
    to: '2024-12-31T16:00:00.000Z',
  })
})

it('a month in which the clocks are changed has the offset of each end', () => {
  expect(spanOfMonth('2024-03', 'Europe/Berlin')).toEqual({
    from: '2024-02-29T23:00:00.000Z',
    to: '2024-03-31T22:00:00.000Z',
  })
})

it('a month has its name in each language', () => {
  expect(['en', 'zh-CN', 'ja'].map((locale) => monthName('2024-05', locale))).toEqual([
    'May 2024',
    '2024年5月',
    '2024年5月',
  ])
})
