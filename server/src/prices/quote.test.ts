import Big from 'big.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { COMPONENTS, type Component } from './component.ts'
import { ask, bookOf, linesOf, NOON, type Written } from './fixtures/lab-book.ts'

describe('lines and amounts', () => {
  it('[P19] writes a line for each component that was used, exactly, and rounds their sum once', () => {
    const book = bookOf([{ rates: { input: '0.000001', cached_input: '0.000003', output: '2' } }])
    expect(ask(book, { input: 1, cached_input: 1, output: 3, reasoning: 0 })).toEqual({
      state: 'priced',
      amount: '0.000006000004',
      currency: 'CNY',
      rows: ['row-0'],
      lines: [
        {
          component: 'cached_input',
          units: 1,
          price: '0.000003',
          per: 1_000_000,
          amount: '0.000000000003',
          row: 'row-0',
        },
        { component: 'input', units: 1, price: '0.000001', per: 1_000_000, amount: '0.000000000001', row: 'row-0' },
        { component: 'output', units: 3, price: '2', per: 1_000_000, amount: '0.000006000000', row: 'row-0' },
      ],
      notes: [],
    })
  })

  it('[P19] prices what is not text by its own components', () => {
    const book = bookOf([{ rates: { input: '5', image_output: '40', image: { price: '0.04', per: 1 } } }])
    const extra = { image_output: 1_000, image: 2 }
    expect(ask(book, { input: 12, extra })).toMatchObject({
      amount: '0.120060000000',
      lines: [
        { component: 'input', units: 12 },
        { component: 'image_output', units: 1_000 },
        { component: 'image', units: 2, per: 1 },
      ],
    })
  })

  it('[P19] shows more than twelve decimals of a line where there are more', () => {
    const book = bookOf([{ rates: { input: '0.000000000001', output: '0.0000015' } }])
    const quote = ask(book, { input: 1, output: 1 })
    expect(quote.lines.map(({ amount }) => amount)).toEqual(['0.000000000000000001', '0.0000000000015'])
    expect(quote.amount).toBe('0.000000000002')
  })

  it('[P18] charges nothing where the price is zero, and nothing for no usage', () => {
    const book = bookOf([{ rates: { input: '0', output: '0' } }])
    expect(ask(book, { input: 5, output: 5 }).amount).toBe('0.000000000000')
    expect(ask(book, {})).toMatchObject({ state: 'priced', amount: '0.000000000000', lines: [] })
  })

  it.each([-1, 0.5, Number.NaN, 2 ** 53])('[P19] refuses %d units', (units) => {
    expect(() => ask(bookOf([{ rates: { input: '1' } }]), { input: units })).toThrow(/usage of input/)
  })

  it('[P19] agrees with big.js on any usage of a book with every component', () => {
    const price = fc.integer({ min: 0, max: 10 ** 9 }).map((millionths) => new Big(millionths).div(1_000_000).toFixed())
    const rates = fc.record(
      Object.fromEntries(COMPONENTS.map((component) => [component, price])) as Record<Component, typeof price>,
    )
    const usage = fc.record(
      Object.fromEntries(COMPONENTS.map((component) => [component, fc.nat({ max: 3_000_000 })])) as Record<
        Component,
        fc.Arbitrary<number>
      >,
    )
    fc.assert(
      fc.property(rates, fc.array(usage, { minLength: 20, maxLength: 20 }), (each, usages) => {
        const book = bookOf([{ rates: each }])
        for (const used of usages) {
          const exact = COMPONENTS.reduce(
            (sum, component) => sum.plus(new Big(each[component]).times(used[component]).div(1_000_000)),
            new Big(0),
          )
          expect(ask(book, used).amount).toBe(exact.round(12, Big.roundHalfEven).toFixed(12))
        }
      }),
      { numRuns: 250 },
    )
  })
})

describe('stand-ins', () => {
  const plain = bookOf([{ rates: { input: '1', output: '2' } }])
  const written = bookOf([{ rates: { input: '1', cache_write: '3', output: '2' } }])

  it.each([
    ['cached_input', plain, 'input', '1'],
    ['cache_write', plain, 'input', '1'],
    ['cache_write_1h', plain, 'input', '1'],
    ['cache_write_1h', written, 'cache_write', '3'],
    ['reasoning', plain, 'output', '2'],
  ] as const)('[P17] %s', (component, book, standIn, price) => {
    expect(ask(book, { [component]: 10 }).lines).toMatchObject([{ component, units: 10, price, priced_as: standIn }])
  })

  it('[P17] stand in by the price that holds for them at the time', () => {
    const night = { name: 'night', when: { time: { zone: 'UTC', windows: ['00:00-06:00'] } }, rates: { output: '1' } }
    const book = bookOf([{ rates: { output: '2' }, variants: [night] }])
    expect(ask(book, { reasoning: 1 }, { at: Date.parse('2026-06-03T05:00Z') }).lines).toMatchObject([
      { price: '1', priced_as: 'output', row: 'row-0#night' },
    ])
  })

  it.each(
    COMPONENTS.filter(
      (name) => !['cached_input', 'cache_write', 'cache_write_1h', 'reasoning', 'input', 'output'].includes(name),
    ),
  )('[P17][P18] %s has none', (component) => {
    expect(ask(plain, { input: 1, [component]: 1 })).toMatchObject({
      state: 'unpriced',
      notes: [`row-0 has no price for ${component}`],
    })
  })
})

describe('what has no price', () => {
  const book = bookOf([
    { rates: { input: '1' }, valid_from: '2026-06-01', valid_to: '2026-06-02' },
    { rates: { input: '2' }, valid_from: '2026-06-05', variants: [] },
    { model: 'other', currency: 'USD', rates: { input: '1' } },
    { model: 'both', currency: 'USD', rates: { input: '1' } },
    { model: 'both', currency: 'JPY', rates: { input: '1' } },
  ])
  it.each([
    [{ model: 'nowhere/x' }, 'nowhere/x is not in the price book: add its price under prices: in paddock.yaml'],
    [{ model: 'm' }, 'm is not in the price book: add its price under prices: in paddock.yaml'],
    [
      { model: 'lab/m', asOf: 0 },
      'lab/m is not in the price book as it was known at 1970-01-01T00:00:00.000Z: add its price under prices: in paddock.yaml',
    ],
    [
      { at: NOON },
      'lab/m has no price in CNY at 2026-06-03T12:00:00.000Z; the price book has prices from 2026-06-01T00:00:00.000Z to 2026-06-02T00:00:00.000Z, from 2026-06-05T00:00:00.000Z on',
    ],
    [{ currency: 'USD' }, 'lab/m has no price in USD; the price book has CNY'],
    [{ model: 'lab/both' }, 'lab/both has prices in USD and JPY: name the currency that is meant'],
  ])('[P18] %o', (request, note) => {
    expect(ask(book, { input: 1 }, request)).toEqual({
      state: 'unpriced',
      amount: null,
      currency: null,
      rows: [],
      lines: [],
      notes: [note],
    })
  })

  it('[P2] is what a row does not reach: its first instant is in, its last is out', () => {
    const at = (instant: string): string =>
      ask(book, { input: 1_000_000 }, { at: Date.parse(instant) }).amount ?? 'none'
    expect(at('2026-05-31T23:59:59.999Z')).toBe('none')
    expect(at('2026-06-01T00:00:00.000Z')).toBe('1.000000000000')
    expect(at('2026-06-01T23:59:59.999Z')).toBe('1.000000000000')
    expect(at('2026-06-02T00:00:00.000Z')).toBe('none')
  })
})

describe('tiers', () => {
  const tier = (name: string, input_tokens: object, input: string): Written => ({
    name,
    when: { input_tokens },
    rates: { input, output: `${input}0` },
  })
  const tiers = [
    tier('small', { lte: 100 }, '1'),
    tier('middle', { gt: 100, lte: 200 }, '2'),
    tier('large', { gte: 201, lt: 301 }, '3'),
  ]
  const whole = bookOf([{ variants: tiers }])
  const marginal = bookOf([{ variants: tiers, tier_scope: 'marginal', rates: { cached_input: '0.5' } }])

  it.each([
    [{ input: 0, output: 5 }, ['5 output at 10']],
    [{ input: 100 }, ['100 input at 1']],
    [{ input: 101 }, ['101 input at 2']],
    [{ input: 200, output: 1 }, ['200 input at 2', '1 output at 20']],
    [{ input: 50, cached_input: 51 }, ['51 cached_input at 2', '50 input at 2']],
    [
      { input: 50, cache_write: 25, cache_write_1h: 25, audio_input: 0, output: 900 },
      ['25 cache_write_1h at 1', '25 cache_write at 1', '50 input at 1', '900 output at 10'],
    ],
    [{ input: 300 }, ['300 input at 3']],
  ])('[P10][P12] the whole of %o lies in one tier', (usage, lines) => {
    expect(linesOf(whole, usage)).toEqual(lines)
  })

  it('[P18][P23] has no price above the last tier', () => {
    expect(ask(whole, { input: 301 }).notes[0]).toBe(
      'row-0 has no price for input in a request of 301 input_tokens and 0 output_tokens, only for input_tokens <= 100; input_tokens > 100 and <= 200; input_tokens >= 201 and < 301',
    )
  })

  it.each([
    [{ input: 100 }, ['100 input at 1']],
    [{ input: 250 }, ['100 input at 1', '100 input at 2', '50 input at 3']],
    [{ cached_input: 120, input: 100 }, ['120 cached_input at 0.5', '80 input at 2', '20 input at 3']],
    [
      { cached_input: 10, cache_write: 100, output: 7 },
      ['10 cached_input at 0.5', '90 cache_write at 1', '10 cache_write at 2', '7 output at 20'],
    ],
  ])('[P12] marginally, each token of %o pays its own band', (usage, lines) => {
    expect(linesOf(marginal, usage)).toEqual(lines)
  })

  it('[P12] marginally, an answer is cut by the limits on answers, thinking first', () => {
    const bands = [
      { name: 'first', when: { output_tokens: { lte: 10 } }, rates: { output: '1' } },
      { name: 'rest', when: { output_tokens: { gt: 10 } }, rates: { output: '2' } },
    ]
    const book = bookOf([{ rates: { input: '5' }, variants: bands, tier_scope: 'marginal' }])
    expect(linesOf(book, { input: 99, reasoning: 8, output: 8 })).toEqual([
      '99 input at 5',
      '8 reasoning at 1',
      '2 output at 1',
      '6 output at 2',
    ])
  })

  it('[P18] a token beyond the last band makes all unpriced', () => {
    expect(ask(marginal, { input: 301 }).state).toBe('unpriced')
  })

  it('[P12] marginally, no token is lost or counted twice', () => {
    const tokens = fc.nat({ max: 100 })
    fc.assert(
      fc.property(tokens, tokens, tokens, (cached_input, cache_write, input) => {
        const lines = ask(marginal, { cached_input, cache_write, input }).lines
        const sum = lines.reduce((total, line) => total + line.units, 0)
        expect(sum).toBe(cached_input + cache_write + input)
        const first = [...lines]
          .filter((line) => line.row.endsWith('#small'))
          .reduce((total, line) => total + line.units, 0)
        expect(first).toBe(Math.max(0, Math.min(100, sum) - cached_input))
      }),
      { numRuns: 2_000 },
    )
  })
})
