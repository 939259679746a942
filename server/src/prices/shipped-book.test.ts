import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { openPriceBook } from './book.ts'
import type { ComponentUsage, QuoteRequest } from './facts.ts'

const folder = fileURLToPath(new URL('../../../pricebook', import.meta.url))
const CNY_BILLED = new Set([
  'deepseek',
  'volcengine',
  'dashscope',
  'zhipu',
  'qianfan',
  'hunyuan',
  'spark',
  'moonshot',
  'zeroone',
  'practice',
])
const book = openPriceBook({ folder, billingCurrency: (provider) => (CNY_BILLED.has(provider) ? 'CNY' : 'USD') })

const MILLION_EACH: ComponentUsage = { input: 1_000_000, output: 1_000_000 }

function cost(model: string, at: string, request: Partial<QuoteRequest> = {}): string {
  const quote = book.quote({ model, at: Date.parse(at), usage: MILLION_EACH, ...request })
  return quote.state === 'priced' ? `${quote.amount} ${quote.currency}` : quote.state
}

describe('the price war of 2024', () => {
  it.each([
    ['deepseek/deepseek-chat', '2024-05-06T00:00Z', '3.000000000000 CNY'],
    ['volcengine/doubao-pro-32k', '2024-05-16T00:00Z', '2.800000000000 CNY'],
    ['volcengine/doubao-pro-128k', '2024-05-16T00:00Z', '14.000000000000 CNY'],
    ['zhipu/glm-3-turbo', '2024-05-10T15:59:59Z', '10.000000000000 CNY'],
    ['zhipu/glm-3-turbo', '2024-05-10T16:00:00Z', '2.000000000000 CNY'],
    ['qianfan/ernie-speed-8k', '2024-05-22T00:00Z', '0.000000000000 CNY'],
    ['qianfan/ernie-speed-128k', '2024-05-22T00:00Z', '0.000000000000 CNY'],
    ['qianfan/ernie-speed-128k', '2024-05-20T00:00Z', 'unpriced'],
    ['openai/gpt-4o-mini', '2024-07-18T00:00Z', '0.750000000000 USD'],
    ['openai/gpt-4o-mini-2024-07-18', '2024-07-18T00:00Z', '0.750000000000 USD'],
    ['openai/gpt-4o-mini', '2024-07-17T23:59:59Z', 'unpriced'],
    ['anthropic/claude-haiku-4-5-20251001', '2026-01-01T00:00Z', '6.000000000000 USD'],
    ['volcengine/doubao-seed-2-1-pro-260628', '2026-07-01T00:00Z', '36.000000000000 CNY'],
    ['hunyuan/hunyuan-standard', '2024-05-20T00:00Z', '20.000000000000 CNY'],
    ['hunyuan/ChatStd', '2024-05-20T00:00Z', '20.000000000000 CNY'],
    ['hunyuan/hunyuan-standard', '2024-05-22T00:00Z', '9.500000000000 CNY'],
    ['spark/SparkDesk-v3.5', '2024-05-20T00:00Z', '36.000000000000 CNY'],
    ['moonshot/kimi-k3.1-pro', '2026-11-01T00:00Z', '12.000000000000 USD'],
  ])('[P2][P6][P7] a million tokens each way of %s at %s cost %s', (model, at, amount) => {
    expect(cost(model, at)).toBe(amount)
  })

  it.each([
    ['2024-05-20T00:00Z', '20.000000000000 CNY'],
    ['2024-05-22T00:00Z', '0.500000000000 CNY'],
  ])('[P2] a million tokens read by qwen-long at %s cost %s', (at, amount) => {
    expect(cost('dashscope/qwen-long', at, { usage: { input: 1_000_000 } })).toBe(amount)
  })

  it('[P18] does not know what qwen-long charged for answers before its cut', () => {
    const quote = book.quote({ model: 'dashscope/qwen-long', at: Date.parse('2024-05-20T00:00Z'), usage: MILLION_EACH })
    expect(quote).toEqual({
      state: 'unpriced',
      amount: null,
      currency: null,
      rows: [],
      lines: [],
      notes: ['dashscope/qwen-long@CNY:open has no price for output'],
    })
  })
})

describe('a name before it was an alias', () => {
  it('[P7][P18] is unpriced, and told when it begins to have a price', () => {
    const quote = book.quote({
      model: 'qianfan/ernie-speed-128k',
      at: Date.parse('2024-05-20T00:00Z'),
      usage: { input: 1 },
    })
    expect(quote.notes).toEqual([
      'qianfan/ernie-speed-128k has no price in CNY at 2024-05-20T00:00:00.000Z; the price book has prices from 2024-05-20T16:00:00.000Z on',
    ])
  })
})

describe('prices by the clock', () => {
  const OFF_PEAK = ['5.000000000000 CNY', '0.750000000000 USD']
  const PEAK = ['10.000000000000 CNY', '1.500000000000 USD']
  it.each([
    ['Tuesday before the morning peak', '2026-09-15T08:59:59.999+08:00', OFF_PEAK],
    ['Tuesday, the morning peak begins', '2026-09-15T09:00:00+08:00', PEAK],
    ['Tuesday, the morning peak is about to end', '2026-09-15T11:59:59.999+08:00', PEAK],
    ['Tuesday at noon', '2026-09-15T12:00:00+08:00', OFF_PEAK],
    ['Tuesday, the afternoon peak begins', '2026-09-15T06:00:00Z', PEAK],
    ['Tuesday evening', '2026-09-15T18:00:00+08:00', OFF_PEAK],
    ['Saturday', '2026-09-19T10:00:00+08:00', OFF_PEAK],
    ['Sunday, a working day instead of a holiday', '2026-09-20T10:00:00+08:00', OFF_PEAK],
    ['Friday, the Mid-Autumn Festival', '2026-09-25T10:00:00+08:00', OFF_PEAK],
    ['Monday after the festival', '2026-09-28T10:00:00+08:00', PEAK],
    ['Thursday, National Day', '2026-10-01T10:00:00+08:00', OFF_PEAK],
    ['Wednesday, the last day of the holiday', '2026-10-07T15:00:00+08:00', OFF_PEAK],
    ['Thursday after the holiday', '2026-10-08T15:00:00+08:00', PEAK],
    ['Saturday in Beijing, still Friday in UTC', '2026-09-19T01:00:00Z', OFF_PEAK],
  ])('[P13][P14] deepseek-flash on %s (%s)', (_day, at, [cny = '', usd = '']) => {
    expect(cost('deepseek/deepseek-flash', at)).toBe(cny)
    expect(cost('deepseek/deepseek-flash', at, { currency: 'USD' })).toBe(usd)
  })

  it.each([
    ['2026-08-16T15:59:59Z', '3.000000000000 CNY'],
    ['2026-08-16T16:00:00Z', '6.000000000000 CNY'],
    ['2026-08-22T10:00:00+08:00', '12.000000000000 CNY'],
    ['2026-08-23T10:00:00+08:00', '6.000000000000 CNY'],
    ['2026-08-24T10:00:00+08:00', '12.000000000000 CNY'],
    ['2026-09-09T15:59:59Z', '6.000000000000 CNY'],
    ['2026-09-09T16:00:00Z', '5.000000000000 CNY'],
    ['2026-09-10T10:00:00+08:00', '10.000000000000 CNY'],
  ])('[P7][P13] deepseek-v4-flash at %s, an alias of deepseek-flash in the end', (at, amount) => {
    expect(cost('deepseek/deepseek-v4-flash', at)).toBe(amount)
  })

  it('[P13] both currencies of the models that change with the clock change at the same instants', () => {
    const hours = Array.from(
      { length: 24 * 60 },
      (_, hour) => Date.parse('2026-08-17T00:00:00+08:00') + hour * 3_600_000,
    )
    const refs = (model: string, currency: string): (string | undefined)[] =>
      hours.map((at) => book.quote({ model, at, usage: { input: 1 }, currency }).lines[0]?.row.split(/[@#]/)[2])
    for (const model of ['deepseek/deepseek-v4-pro', 'deepseek/deepseek-v4-flash', 'deepseek/deepseek-flash']) {
      expect(refs(model, 'USD'), model).toEqual(refs(model, 'CNY'))
    }
  })

  it('[P14] says that a year has no calendar, and takes no day of it as a holiday', () => {
    const quote = book.quote({
      model: 'deepseek/deepseek-flash',
      at: Date.parse('2027-01-01T10:00:00+08:00'),
      usage: MILLION_EACH,
    })
    expect(quote.amount).toBe('10.000000000000')
    expect(quote.notes).toEqual([
      'the calendar cn-statutory-holidays has no days of 2027: no day of that year was taken to be in it',
    ])
  })

  it('[P14] needs no calendar where the clock or the weekday has decided', () => {
    for (const at of ['2027-01-04T08:00:00+08:00', '2027-01-02T10:00:00+08:00']) {
      expect(book.quote({ model: 'deepseek/deepseek-flash', at: Date.parse(at), usage: MILLION_EACH }).notes).toEqual(
        [],
      )
    }
  })

  it('[P28] warns of the calendars of this year and the next', () => {
    const gaps = (at: string): string[] => book.calendarGaps(Date.parse(at)).map(({ message }) => message)
    expect(gaps('2025-06-01T00:00Z')).toEqual([])
    expect(gaps('2026-11-24T00:00Z')).toEqual([
      'the calendar cn-statutory-holidays has no days of 2027: prices of that year will be those of a year without holidays',
    ])
    expect(gaps('2027-02-01T00:00Z')).toHaveLength(2)
  })
})

describe('the rest of what the history holds', () => {
  const at = Date.parse('2026-11-02T00:00Z')
  it.each([
    ['deepseek/deepseek-search-fetch', { search_call: 1 }, '0.005000000000'],
    ['deepseek/deepseek-search-fetch', { search_call: 1000, fetch_call: 3 }, '5.015000000000'],
    [
      'moonshot/moonshot-context-cache',
      { cache_write: 32_000, cache_storage_minute: 320_000, cache_call: 2 },
      '2.408000000000',
    ],
    ['volcengine/doubao-pro-32k', { capacity_month: 2 }, '4000.000000000000'],
    ['volcengine/doubao-seed-2.1-pro', { cache_storage: 1_000_000 }, '0.017000000000'],
  ])('[P1][P25] %s prices %o at %s CNY', (model, usage, amount) => {
    expect(book.quote({ model, at, usage })).toMatchObject({ state: 'priced', currency: 'CNY', amount })
  })

  it('[P15] the batch tier of a tiered model is half of its own tier', () => {
    const request = { model: 'openai/gpt-6-astra', at, serviceTier: 'batch' } as const
    expect(book.quote({ ...request, usage: { input: 271_999, output: 1000 } })).toMatchObject({
      amount: '1.384995000000',
    })
    expect(book.quote({ ...request, usage: { input: 272_000, output: 1000 } })).toMatchObject({
      amount: '2.757500000000',
    })
  })

  it('[P20] says how little a price of low confidence is worth', () => {
    const quote = book.quote({ model: 'volcengine/doubao-seed-2-1-lite-260915', at, usage: { input: 1 } })
    expect(quote.notes[0]).toMatch(
      /^volcengine\/doubao-seed-2\.1-lite-260915@CNY:2026-09-15 has low confidence: Back-computed/,
    )
  })

  it('[P16] qwen-plus charges more for an answer it thought about', () => {
    const request = { model: 'dashscope/qwen-plus', at }
    expect(book.quote({ ...request, usage: { input: 1000, output: 1000 } }).amount).toBe('0.002800000000')
    expect(book.quote({ ...request, usage: { input: 1000, output: 400, reasoning: 600 } }).amount).toBe(
      '0.008800000000',
    )
    expect(book.quote({ ...request, usage: { input: 1000, output: 1000 }, thinking: true }).amount).toBe(
      '0.008800000000',
    )
  })

  it('[P16] kimi-latest is priced by the smallest window that holds the request', () => {
    const price = (usage: ComponentUsage, contextWindow?: number): string | undefined =>
      book.quote({ model: 'moonshot/kimi-latest', at: Date.parse('2025-06-01T00:00Z'), usage, contextWindow }).lines[0]
        ?.price
    expect([
      price({ input: 8000, output: 192 }),
      price({ input: 8000, output: 193 }),
      price({ input: 40_000 }),
    ]).toEqual(['2', '5', '10'])
    expect(price({ input: 100 }, 131_072)).toBe('10')
  })
})

describe('the practice models', () => {
  const models = book.models('practice', 0)

  it('[P9] are fourteen, at any time', () => {
    expect(models).toHaveLength(14)
    expect(book.models('practice', Date.parse('2030-01-01T00:00Z'))).toEqual(models)
  })

  it.each([
    ['gpt-4o-2024-05-13', '20.000000000000 USD'],
    ['gpt-4o-mini-2024-07-18', '0.750000000000 USD'],
    ['gpt-3.5-turbo-0125', '2.000000000000 USD'],
    ['claude-3-5-sonnet-20240620', '18.000000000000 USD'],
    ['claude-3-haiku-20240307', '1.500000000000 USD'],
    ['gemini-1.5-flash', '2.800000000000 USD'],
    ['deepseek-v2-chat-0628', '3.000000000000 CNY'],
    ['deepseek-v2.5-0908', '3.000000000000 CNY'],
    ['yi-large', '40.000000000000 CNY'],
  ])('[P9] %s costs what its own provider listed when it was recorded', (model, amount) => {
    expect(cost(`practice/${model}`, '2026-11-24T00:00Z')).toBe(amount)
  })

  it('[P9] copies the cache price of the recording day too', () => {
    const cached = (model: string): string | undefined =>
      book.quote({ model: `practice/${model}`, at: 0, usage: { cached_input: 1 } }).lines[0]?.price
    expect([cached('deepseek-v2-chat-0628'), cached('deepseek-v2.5-0908')]).toEqual(['1', '0.1'])
  })

  it.each([
    'meta-llama-3.1-70b-instruct',
    'meta-llama-3.1-8b-instruct',
    'qwen2-72b-instruct',
    'qwen2-7b-instruct',
    'yi-1.5-34b-chat',
  ])('[P9] %s has open weights: its price is what the machines cost, by the formula in its note', (model) => {
    const row = book.row(`practice/${model}@CNY:open`)
    const formula =
      /^(\d) GPUs? × (\d+) CNY per hour ÷ ([\d,]+) prompt .* = ([\d.]+) CNY per million; ÷ ([\d,]+) answer .* = ([\d.]+) CNY/
    const [, gpus, hourly, prompt, input, answer, output] = formula.exec(row?.note ?? '') ?? []
    const perHour = Number(gpus) * Number(hourly) * 1_000_000
    expect(perHour / Number(prompt?.replaceAll(',', ''))).toBe(Number(input))
    expect(perHour / Number(answer?.replaceAll(',', ''))).toBe(Number(output))
    expect(row).toMatchObject({ basis: 'capacity', rates: { input: { price: input }, output: { price: output } } })
    const quote = book.quote({ model: `practice/${model}`, at: 0, usage: MILLION_EACH })
    expect(quote.notes).toContain(
      `practice/${model}@CNY:open is worked out from what the machines cost, not a list price`,
    )
  })
})

describe('asking for rows', () => {
  it('[P2] lists the models in force that answer, and not what else is sold', () => {
    expect(book.models('moonshot', Date.parse('2024-07-15T00:00Z'))).toEqual([
      'moonshot-v1-128k',
      'moonshot-v1-32k',
      'moonshot-v1-8k',
    ])
    expect(book.models('deepseek', Date.parse('2026-11-24T00:00Z'))).toEqual(['deepseek-flash', 'deepseek-v4-pro'])
    expect(book.models('nobody', 0)).toEqual([])
  })

  it('[P8] knows the currency of a model, also by an alias', () => {
    expect(book.currencyOf('deepseek/deepseek-chat')).toBe('CNY')
    expect(book.currencyOf('moonshot/kimi-k3.1-pro')).toBe('USD')
    expect(book.currencyOf('openai/gpt-4o-mini-2024-07-18')).toBe('USD')
    expect(book.currencyOf('openai/nothing')).toBeNull()
  })

  it('[P19] finds a row by its id, and by the reference of a line', () => {
    const line = book.quote({
      model: 'deepseek/deepseek-flash',
      at: Date.parse('2026-09-15T02:00Z'),
      usage: { input: 1 },
    }).lines[0]
    expect(line?.row).toBe('deepseek/deepseek-flash@CNY:2026-09-10#peak')
    expect(book.row(line?.row ?? '')?.id).toBe('deepseek/deepseek-flash@CNY:2026-09-10')
    expect(book.row('nothing')).toBeNull()
  })

  it('[P3] says until when it knows: a quote as of then is the quote of now', () => {
    expect(book.recordedUntil).toBe(Date.parse('2026-11-24T00:00Z'))
    expect(cost('deepseek/deepseek-chat', '2024-05-06T00:00Z', { asOf: book.recordedUntil })).toBe('3.000000000000 CNY')
    expect(cost('deepseek/deepseek-chat', '2024-05-06T00:00Z', { asOf: book.recordedUntil - 1 })).toBe('unpriced')
  })

  it('[P21] is without a fault', () => {
    expect(book.problems).toEqual([])
  })
})
