import { describe, expect, it } from 'vitest'
import { ask, bookOf, NOON } from './fixtures/lab-book.ts'

describe('which row', () => {
  const own = { model: 'lab/m', currency: 'CNY', per: '1000000', input: '9' }

  it('[P5] an earlier level wins, and is a whole price list', () => {
    const book = bookOf([{ rates: { input: '1', output: '1', image: '5' } }], {
      own: [own, { ...own, level: 'contract', input: '8', valid_from: '2026-01-01' }],
    })
    expect(ask(book, { input: 1 }).lines).toMatchObject([{ price: '9', row: 'lab/m@CNY:open:override:7c37ca7c' }])
    expect(ask(book, { input: 1, image: 1 }).notes).toEqual(['lab/m@CNY:open:override:7c37ca7c has no price for image'])
  })

  it('[P5] a level whose rows are not in force leaves the price to the next', () => {
    const rows = [
      { rates: { input: '1' }, level: 'feed' },
      { rates: { input: '2' }, valid_to: '2026-06-01' },
    ]
    const book = bookOf(rows, { own: [{ ...own, level: 'contract', valid_to: '2026-05-01' }] })
    const price = (at: string): string | undefined => ask(book, { input: 1 }, { at: Date.parse(at) }).lines[0]?.price
    expect([price('2026-04-30T00:00Z'), price('2026-05-01T00:00Z'), price('2026-06-01T00:00Z')]).toEqual([
      '9',
      '2',
      '1',
    ])
  })

  it('[P4] a row with a condition of its own is chosen where that holds', () => {
    const book = bookOf([{ rates: { input: '1' } }], { own: [{ ...own, when: { input_tokens: { gt: '10' } } }] })
    expect(ask(book, { input: 10 }).lines).toMatchObject([{ price: '1' }])
    expect(ask(book, { input: 11 }).lines).toMatchObject([
      { price: '9', row: 'lab/m@CNY:open:override:input_tokens->-10:5757ea59' },
    ])
    const onlyOwn = bookOf([], { own: [{ ...own, when: { input_tokens: { gt: '10' } } }] })
    expect(ask(onlyOwn, { input: 1 }).notes).toEqual([
      'lab/m has prices in CNY at 2026-06-03T12:00:00.000Z, but their conditions do not hold',
    ])
  })

  it('[P3][P4] a correction replaces what it corrects, from when it was known', () => {
    const book = bookOf([
      { id: 'wrong', rates: { input: '1' }, recorded_at: '2026-01-01' },
      { id: 'right', rates: { input: '2' }, recorded_at: '2026-02-01', revision: 2 },
    ])
    const price = (asOf?: string): string | undefined =>
      ask(book, { input: 1 }, asOf === undefined ? {} : { asOf: Date.parse(asOf) }).lines[0]?.price
    expect([price('2025-12-31T00:00Z'), price('2026-01-31T23:59:59Z'), price('2026-02-01T00:00Z'), price()]).toEqual([
      undefined,
      '1',
      '2',
      '2',
    ])
  })

  it('[P3] an announced price that was cancelled is gone, but for who asks as of then', () => {
    const book = bookOf([
      { id: 'now', rates: { input: '2' } },
      {
        id: 'rise',
        rates: { input: '3' },
        valid_from: '2026-06-01',
        recorded_at: '2026-04-01',
        retracted_at: '2026-05-01',
        revision: 2,
      },
    ])
    const price = (asOf?: string): string | undefined =>
      ask(book, { input: 1 }, asOf === undefined ? {} : { asOf: Date.parse(asOf) }).lines[0]?.price
    expect([price(), price('2026-04-15T00:00Z'), price('2026-05-01T00:00Z')]).toEqual(['2', '3', '2'])
    expect(book.rows().map(({ id }) => id)).toEqual(['now'])
    expect(book.rows({ retracted: true }).map(({ id }) => id)).toEqual(['now', 'rise'])
  })

  it('[P6][P7] the name itself, then its aliases, then beginnings, the longest first', () => {
    const aliases = [
      { alias: 'old', target: 'm', valid_from: '2026-01-01', valid_to: '2027-01-01' },
      { alias: 'older', target: 'old' },
      { alias: 'm-2', match: 'prefix', target: 'm' },
    ]
    const rows = [
      { id: 'm', rates: { input: '1' } },
      { id: 'family', model: 'm-', match: 'prefix', rates: { input: '2' } },
      { id: 'exact', model: 'm-3', rates: { input: '3' } },
    ]
    const book = bookOf(rows, { aliases })
    const price = (model: string, at = NOON): string | undefined =>
      ask(book, { input: 1 }, { model: `lab/${model}`, at }).lines[0]?.row
    expect(['m', 'old', 'older', 'm-20260603', 'm-3', 'm-4', 'x'].map((name) => price(name))).toEqual([
      'm',
      'm',
      'm',
      'm',
      'exact',
      'family',
      undefined,
    ])
    expect(price('old', Date.parse('2027-01-01T00:00Z'))).toBeUndefined()
  })

  it('[P5][P6] level comes before name: an override of the target prices the alias that has a shipped row', () => {
    const book = bookOf([{ rates: { input: '1' } }, { model: 'alias', rates: { input: '2' } }], {
      aliases: [{ alias: 'alias', target: 'm' }],
      own: [own],
    })
    expect(ask(book, { input: 1 }, { model: 'lab/alias' }).lines).toMatchObject([{ price: '9' }])
  })

  it('[P7] an alias that leads nowhere or to a beginning of itself ends', () => {
    const aliases = [
      { alias: 'm', match: 'prefix', target: 'mm' },
      { alias: 'gone', target: 'nothing' },
    ]
    const book = bookOf([{ model: 'z', rates: { input: '1' } }], { aliases })
    expect(ask(book, { input: 1 }, { model: 'lab/m1' }).state).toBe('unpriced')
    expect(ask(book, { input: 1 }, { model: 'lab/gone' }).state).toBe('unpriced')
  })

  it('[P8] the billing currency, or the only other one; a named one strictly', () => {
    const both = [{ rates: { input: '1' } }, { currency: 'USD', rates: { input: '2' } }]
    expect(ask(bookOf(both), { input: 1 }).currency).toBe('CNY')
    expect(ask(bookOf(both, { billing: 'USD' }), { input: 1 }).currency).toBe('USD')
    expect(ask(bookOf(both), { input: 1 }, { currency: 'USD' }).lines).toMatchObject([{ price: '2' }])
    expect(ask(bookOf(both, { billing: 'JPY' }), { input: 1 }).state).toBe('unpriced')
    expect(ask(bookOf(both, { billing: null }), { input: 1 }).state).toBe('unpriced')
    expect(ask(bookOf([{ currency: 'USD', rates: { input: '2' } }]), { input: 1 }).currency).toBe('USD')
    expect(ask(bookOf([{ currency: 'USD', rates: { input: '2' } }]), { input: 1 }, { currency: 'CNY' }).state).toBe(
      'unpriced',
    )
  })

  it('[P8] a price list that has ended in the billing currency is not continued in another', () => {
    const book = bookOf([
      { rates: { input: '1' }, valid_to: '2026-01-01' },
      { currency: 'USD', rates: { input: '2' } },
    ])
    expect(ask(book, { input: 1 }).state).toBe('unpriced')
  })

  it('[P8] an operator may price a model in a currency of their own', () => {
    const book = bookOf([{ rates: { input: '1' } }], { own: [{ ...own, currency: 'EUR' }] })
    expect(ask(book, { input: 1 }).currency).toBe('EUR')
    expect(book.currencyOf('lab/m')).toBe('EUR')
  })

  it('[P18] a name that is no alias any more has no price', () => {
    const book = bookOf([{ rates: { input: '1' } }], {
      aliases: [{ alias: 'old', target: 'm', valid_to: '2026-01-01' }],
    })
    const { notes } = ask(book, { input: 1 }, { model: 'lab/old' })
    expect(notes).toEqual(['lab/old has no price in CNY at 2026-06-03T12:00:00.000Z'])
  })
})

describe('rows that copy the prices of another', () => {
  it('[P9] copy the newest shipped row in force at the instant, with its conditions, its sources and its doubts', () => {
    const night = { name: 'night', when: { time: { zone: 'UTC', windows: ['00:00-06:00'] } }, rates: { input: '0.5' } }
    const rows = [
      { model: 'a', rates: { input: '1' }, valid_to: '2026-02-01' },
      { model: 'a', rates: { input: '2' }, valid_from: '2026-02-01', level: 'feed' },
      { model: 'a', rates: { input: '3' }, valid_from: '2026-02-01' },
      {
        model: 'a',
        rates: { input: '4' },
        valid_from: '2026-02-01',
        revision: 2,
        confidence: 'low',
        variants: [night],
      },
      { model: 'a', rates: { input: '5' }, valid_from: '2026-02-01', revision: 3, retracted_at: '2026-03-01' },
      { model: 'a', rates: { input: '6' }, currency: 'USD' },
      { id: 'copy', same_as: { model: 'lab/a', at: '2026-02-15' } },
      { id: 'old copy', model: 'n', same_as: { model: 'lab/a', at: '2026-01-31' } },
    ]
    const own = [{ model: 'lab/a', currency: 'CNY', per: '1000000', input: '9' }]
    const book = bookOf(rows, { own })
    expect(book.row('copy')).toMatchObject({
      rates: { input: { price: '4', per: 1_000_000 } },
      variants: [{ name: 'night' }],
      source: ['S'],
      confidence: 'low',
      same_as: { model: 'lab/a', at: '2026-02-15T00:00:00.000Z' },
    })
    expect(ask(book, { input: 1 }).lines).toMatchObject([{ price: '4', row: 'copy' }])
    expect(ask(book, { input: 1 }, { model: 'lab/n' }).lines).toMatchObject([{ price: '1', row: 'old copy' }])
  })
})
