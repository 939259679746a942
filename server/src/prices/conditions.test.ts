import { describe, expect, it } from 'vitest'
import type { PriceBook } from './book.ts'
import type { ComponentUsage, QuoteRequest } from './facts.ts'
import { ask, bookOf, linesOf, type Written } from './fixtures/lab-book.ts'

describe('conditions', () => {
  it('[P11] the most specific variant that holds and prices a component wins, each component by itself', () => {
    const book = bookOf([
      {
        rates: { input: '1', output: '2', cached_input: '0.1' },
        variants: [
          { name: 'long', when: { input_tokens: { gt: 10 } }, rates: { input: '3', output: '4' } },
          { name: 'long-thinking', when: { input_tokens: { gt: 10 }, thinking: true }, rates: { output: '9' } },
        ],
      },
    ])
    expect(linesOf(book, { input: 11, cached_input: 1, output: 1 }, { thinking: true })).toEqual([
      '1 cached_input at 0.1',
      '11 input at 3',
      '1 output at 9',
    ])
    expect(linesOf(book, { input: 11, output: 1 })).toEqual(['11 input at 3', '1 output at 4'])
    expect(linesOf(book, { input: 1, output: 1 }, { thinking: true })).toEqual(['1 input at 1', '1 output at 2'])
  })

  it('[P10] all parts of a condition must hold', () => {
    const when = {
      input_tokens: { gte: 5 },
      output_tokens: { lt: 3 },
      context_window: { lte: 64 },
      thinking: false,
      modality: 'audio',
    }
    const book = bookOf([{ rates: { input: '1', output: '1' }, variants: [{ when, rates: { input: '7' } }] }])
    const price = (usage: ComponentUsage, request: Partial<QuoteRequest>): string | undefined =>
      ask(book, usage, { modality: 'audio', ...request }).lines[0]?.price
    expect(price({ input: 5, output: 2 }, {})).toBe('7')
    expect(price({ input: 4, output: 2 }, {})).toBe('1')
    expect(price({ input: 5, output: 3 }, {})).toBe('1')
    expect(price({ input: 5, output: 2 }, { contextWindow: 65 })).toBe('1')
    expect(price({ input: 5, output: 1, reasoning: 1 }, {})).toBe('1')
    expect(price({ input: 5, output: 2 }, { modality: 'text' })).toBe('1')
  })

  it('[P15] another tier of service needs a price of its own', () => {
    const book = bookOf([
      {
        rates: { input: '2', output: '4', cached_input: '1' },
        variants: [{ name: 'batch', when: { service_tier: 'batch' }, rates: { input: '1', output: '2' } }],
      },
    ])
    expect(linesOf(book, { input: 1, output: 1 }, { serviceTier: 'standard' })).toEqual([
      '1 input at 2',
      '1 output at 4',
    ])
    const batch = ask(book, { input: 1, cached_input: 1 }, { serviceTier: 'batch' })
    expect(batch.lines.map(({ price }) => price)).toEqual(['1', '1'])
    expect(batch.notes).toContain('cached_input has no batch price of its own: the standard price is used')
    expect(ask(book, { input: 1 }, { serviceTier: 'flex' })).toMatchObject({
      state: 'unpriced',
      notes: ['row-0 has no price for service_tier flex'],
    })
  })

  it('[P15] a row may be for one tier of service as a whole', () => {
    const own = { model: 'lab/m', currency: 'CNY', per: '1000000', input: '1', when: { service_tier: 'batch' } }
    const book = bookOf([{ rates: { input: '2' } }], { own: [own] })
    expect(ask(book, { input: 1 }, { serviceTier: 'batch' })).toMatchObject({ lines: [{ price: '1' }], notes: [] })
    expect(ask(book, { input: 1 })).toMatchObject({ lines: [{ price: '2' }], notes: [] })
  })

  const windowed = (time: Written): PriceBook =>
    bookOf([{ rates: { input: '1' }, variants: [{ when: { time: { zone: 'UTC', ...time } }, rates: { input: '2' } }] }])
  const isIn = (book: PriceBook, at: string): boolean =>
    ask(book, { input: 1 }, { at: Date.parse(at) }).lines[0]?.price === '2'

  it.each([
    ['crossing midnight, before it', { windows: ['16:30-00:30'] }, '2026-06-03T16:30Z', true],
    ['crossing midnight, after it', { windows: ['16:30-00:30'] }, '2026-06-03T00:29:59Z', true],
    ['crossing midnight, at its end', { windows: ['16:30-00:30'] }, '2026-06-03T00:30Z', false],
    [
      'a Friday window on Saturday morning belongs to Friday',
      { windows: ['22:00-02:00'], weekdays: ['fri'] },
      '2026-06-06T01:00Z',
      true,
    ],
    [
      'a Friday window on Friday morning would belong to Thursday',
      { windows: ['22:00-02:00'], weekdays: ['fri'] },
      '2026-06-05T01:00Z',
      false,
    ],
    [
      'the span of days looks at the first day of the window',
      { windows: ['22:00-02:00'], from: '2026-06-03', to: '2026-06-04' },
      '2026-06-04T01:00Z',
      true,
    ],
    [
      'and not at the second',
      { windows: ['22:00-02:00'], from: '2026-06-03', to: '2026-06-04' },
      '2026-06-03T01:00Z',
      false,
    ],
    [
      'the calendar looks at the first day',
      { windows: ['22:00-02:00'], not_on: 'holidays' },
      '2026-10-01T01:00Z',
      true,
    ],
    ['of the window', { windows: ['22:00-02:00'], not_on: 'holidays' }, '2026-10-02T01:00Z', false],
    ['only on a holiday', { only_on: 'holidays' }, '2026-10-01T12:00Z', true],
    ['and on no other day', { only_on: 'holidays' }, '2026-10-02T12:00Z', false],
    ['until midnight', { windows: ['20:00-24:00'] }, '2026-06-03T23:59:59.999Z', true],
    ['weekends, the whole day', { weekdays: ['sat', 'sun'] }, '2026-06-07T00:00Z', true],
    [
      'by the clock of New York in summer',
      { zone: 'America/New_York', windows: ['09:00-10:00'] },
      '2026-07-01T13:00Z',
      true,
    ],
    ['and in winter', { zone: 'America/New_York', windows: ['09:00-10:00'] }, '2026-12-01T13:00Z', false],
  ])('[P13][P14] a window %s', (_name, time, at, inside) => {
    expect(isIn(windowed(time), at)).toBe(inside)
  })
})
