import Big from 'big.js'
import type { EntryRecord } from '@paddock/contract/entry'
import { NO_USAGE, type Usage } from '@paddock/contract/usage'
import type { WhatIf, WhatIfGroup } from '@paddock/contract/what-if'
import { describe, expect, it } from 'vitest'
import { openStoredBooks, type StoredBooks } from '../../../../tests/stand-ins/open-store.ts'
import { oracleSums } from '../../../../tests/stand-ins/oracle-sums.ts'
import { entryFor } from '../../../../tests/stand-ins/samples.ts'
import { seeded, type Seeded } from '../../../../tests/seed.ts'
import { isoInstant } from '../../base/clock.ts'
import { openPriceBook, splitModel, usePriceBook, type PriceBook } from '../../prices/book.ts'
import { openFxTable } from '../../prices/fx.ts'
import { loadBook } from '../../prices/load.ts'
import { readFolder } from '../../prices/read-folder.ts'
import type { Bounds } from '../../prices/row.ts'
import { entryRow } from '../entry-row.ts'
import { CLOCK_EDGES, LIMITS, slotOf, slotsIn } from './grid.ts'
import type { WhatIfRequest } from './run.ts'
import { askWhatIf } from './what-if.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const shipped = openPriceBook({
  folder: 'pricebook',
  billingCurrency: (provider) => (provider === 'deepseek' ? 'CNY' : null),
})

/** The shipped book with prices of an operator beside it, whose limits and hours are on no edge of the grid. */
const withOwn = usePriceBook(
  loadBook(readFolder('pricebook'), [
    {
      place: 'paddock.yaml:1:1',
      raw: {
        model: 'lab/odd',
        currency: 'EUR',
        per: '1000000',
        input: '0.123456789',
        output: '2',
        variants: [
          { name: 'long', when: { input_tokens: { gt: '100000' } }, input: '3' },
          { name: 'night', when: { time: { zone: 'Europe/Berlin', windows: ['22:10-05:50'] } }, output: '0.7' },
        ],
      },
    },
    {
      place: 'paddock.yaml:2:1',
      raw: {
        model: 'lab/bands',
        currency: 'CNY',
        per: '1000000',
        tier_scope: 'marginal',
        output: '1',
        input: '1',
        variants: [{ name: 'far', when: { input_tokens: { gt: '50000' } }, input: '4' }],
      },
    },
    { place: 'paddock.yaml:3:1', raw: { model: 'lab/prompts', currency: 'CNY', per: '1000000', input: '1' } },
  ]),
  () => null,
)

const tokens = (random: Seeded): number =>
  random.pick([
    random.below(300),
    random.below(40_000),
    random.below(300_000),
    32_000,
    32_001,
    128_000,
    200_000,
    271_999,
  ])

const usageOf = (random: Seeded): Usage => ({
  ...NO_USAGE,
  input: tokens(random),
  cached_input: random.below(3) === 0 ? tokens(random) : 0,
  cache_write: random.below(9) === 0 ? random.below(5_000) : 0,
  output: random.pick([0, 200, 201, random.below(9_000)]),
  reasoning: random.below(4) === 0 ? random.below(9_000) : 0,
})

function randomRequest(
  random: Seeded,
  { prices, models, index }: { prices: PriceBook; models: readonly string[]; index: number },
): EntryRecord {
  const model = random.pick(models)
  const at = Date.parse('2026-08-10T00:00:00Z') + random.below(40 * DAY_MS)
  const usage = usageOf(random)
  const quote = prices.quote({ model, at, usage })
  const { provider, name } = splitModel(model)
  const cost = { amount: quote.amount, currency: quote.currency }
  return entryFor(`r${index}`, {
    at: isoInstant(at),
    provider,
    model: name,
    usage,
    cost,
    charge: cost,
    route: random.pick(['chat', 'cheap', null]),
    key_id: `key-${random.below(5)}`,
    practice: random.below(20) === 0,
    state: quote.state === 'priced' ? 'ok' : 'unpriced',
  })
}

function write({ ledger }: StoredBooks, entries: readonly EntryRecord[]): void {
  for (let start = 0; start < entries.length; start += 500)
    ledger.write({
      rows: entries.slice(start, start + 500).map(entryRow),
      checkpoint: { segment: 'j-00000001-00000001.log', position: start },
      durable: false,
    })
}

function ask(books: StoredBooks, prices: PriceBook, request: Partial<WhatIfRequest>): Promise<WhatIf> {
  const fx = openFxTable([{ from: 'USD', to: 'CNY', rate: '7.1', valid_from: '2020-01-01' }])
  const asked = {
    from: Date.parse('2026-08-01'),
    to: Date.parse('2026-10-01'),
    model: null,
    listAt: null,
    groupBy: null,
  }
  const parts = {
    tables: books.tables,
    prices,
    fx,
    bookName: (provider: string, model: string) => `${provider}/${model}`,
  }
  return askWhatIf(parts, { ...asked, ...request })
}

/** What each entry would cost, exactly: priced by itself, by a library that shares nothing with ours. */
function priceAll(
  entries: readonly EntryRecord[],
  prices: PriceBook,
  { model, listAt }: Pick<WhatIfRequest, 'model' | 'listAt'>,
): Priced[] {
  return entries.map((entry) => {
    const { at, usage, provider, model: name } = entry
    const asked = { model: model ?? `${provider}/${name}`, at: Date.parse(at), listAt: listAt ?? undefined, usage }
    const { lines, currency } = prices.quote(asked)
    const exact = lines.reduce((sum, { units, price, per }) => sum.plus(new Big(units).times(price).div(per)), NOTHING)
    return { entry, currency, exact }
  })
}

type Priced = { readonly entry: EntryRecord; readonly currency: string | null; readonly exact: Big }

const NOTHING = new Big(0)

function expectedOf(
  priced: readonly Priced[],
): Pick<WhatIf['total'], 'requests' | 'unpriced'> & Record<'before' | 'after', unknown> {
  const [before, after] = [oracleSums(), new Map<string, Big>()]
  for (const { entry, currency, exact } of priced) {
    before.add(entry.cost)
    if (currency !== null) after.set(currency, (after.get(currency) ?? NOTHING).plus(exact))
  }
  const written = [...after].map(([currency, sum]) => [currency, sum.round(12, Big.roundHalfEven).toFixed(12)] as const)
  return {
    requests: priced.length,
    before: before.written(),
    after: Object.fromEntries(written),
    unpriced: {
      before: priced.filter(({ entry }) => entry.cost.amount === null).length,
      after: priced.filter(({ currency }) => currency === null).length,
    },
  }
}

Big.DP = 40

describe('what-if', () => {
  it(
    '[B40] [B41] [B42] of 20,000 random requests agrees with every entry priced by itself, digit for digit',
    { timeout: 300_000 },
    async () => {
      const random = seeded()
      const message = `seed ${random.seed}`
      await using books = await openStoredBooks()
      const models = [...new Set(withOwn.rows().map(({ provider, model }) => `${provider}/${model}`))]
      const entries = Array.from({ length: 20_000 }, (_, index) =>
        randomRequest(random, { prices: withOwn, models, index }),
      )
      write(books, entries)
      expect(await books.reader.verify(), message).toMatchObject({ ok: true })

      const targets: (string | null)[] = [
        null,
        'lab/odd',
        'lab/bands',
        'lab/prompts',
        'deepseek/deepseek-v4-flash',
        'deepseek/deepseek-flash',
        'nobody/knows',
        random.pick(models),
        random.pick(models),
      ]
      for (const model of targets) {
        const [from, to] = [
          Date.parse('2026-08-10') + random.below(10 * DAY_MS),
          Date.parse('2026-09-10') + random.below(9 * DAY_MS),
        ]
        const listAt = random.below(3) === 0 ? Date.parse('2026-09-12T05:00:00Z') : null
        const groupBy = random.pick<WhatIfGroup | null>([null, 'route', 'model', 'key', 'day'])
        const found = await ask(books, withOwn, { from, to, model, listAt, groupBy })
        const about = `${message}, ${model} by ${groupBy} from ${isoInstant(from)} to ${isoInstant(to)} at ${listAt}`
        const within = entries.filter(({ at }) => Date.parse(at) >= from && Date.parse(at) < to)
        const priced = priceAll(within, withOwn, { model, listAt })
        const real = priced.filter(({ entry }) => !entry.practice)
        expect(found.total, about).toMatchObject(expectedOf(real))
        expect(found.practice, about).toMatchObject(expectedOf(priced.filter(({ entry }) => entry.practice)))
        for (const { group, ...sums } of found.groups) {
          const own = real.filter(({ entry }) => groupName(entry, groupBy) === group)
          expect(sums, `${about}: ${group}`).toMatchObject(expectedOf(own))
        }
        if (groupBy !== null) expect(found.groups.reduce((sum, { requests }) => sum + requests, 0)).toBe(real.length)
      }
    },
  )

  it('[B41] at their own prices gives what the entries cost, and reads no entry for it', async () => {
    const random = seeded()
    await using books = await openStoredBooks()
    const models = [...new Set(shipped.rows().map(({ provider, model }) => `${provider}/${model}`))]
    write(
      books,
      Array.from({ length: 5_000 }, (_, index) => ({
        ...randomRequest(random, { prices: shipped, models, index }),
        practice: false,
      })).filter(({ cost }) => cost.amount !== null),
    )
    const { total, entries_read, rounding } = await ask(books, shipped, {})
    expect(total.after, `seed ${random.seed}`).toEqual(total.before)
    expect(Object.values(total.difference)).toEqual(['0.000000000000', '0.000000000000'])
    expect({ entries_read, rounding }).toEqual({ entries_read: 0, rounding: '0.000000000000' })
  })

  it('[B42] says how far a bill may be from it where prices have more than twelve decimals', async () => {
    await using books = await openStoredBooks()
    write(
      books,
      [1, 2, 3].map((index) => entryFor(`r${index}`, { usage: { ...NO_USAGE, input: 1 } })),
    )
    const { total, rounding } = await ask(books, withOwn, {
      from: Date.parse('2024-05-21'),
      to: Date.parse('2024-05-22'),
      model: 'lab/odd',
    })
    // Three times 0.000000123456789 of a euro.
    expect(total.after).toEqual({ EUR: '0.000000370370' })
    expect(rounding).toBe('0.000000000002')
  })

  it('[B43] says what it takes for granted', async () => {
    await using books = await openStoredBooks()
    write(books, [
      entryFor('a'),
      entryFor('b', { usage: { ...NO_USAGE, output: 5 }, state: 'unpriced', cost: { amount: null, currency: null } }),
      entryFor('c', { practice: true }),
    ])
    const day = { from: Date.parse('2024-05-21'), to: Date.parse('2024-05-22') }
    const found = await ask(books, withOwn, { ...day, model: 'lab/prompts', listAt: Date.parse('2026-01-01') })
    expect(found).toMatchObject({
      total: { requests: 2, unpriced: { before: 1, after: 2 }, after: {} },
      practice: { requests: 1 },
    })
    expect(found.assumptions).toEqual([
      'Tokens are as the models that answered counted them; lab/prompts may cut the same text into more or fewer.',
      'The price list is that of 2026-01-01T00:00:00.000Z; prices by the clock hold at the hour of each request.',
      expect.stringContaining('Unpriced: lab/prompts'),
    ])
    const odd = await ask(books, withOwn, { ...day, model: 'lab/odd' })
    expect(odd.assumptions).toContain(
      '200 cached tokens are priced as fresh input: lab/odd has no price for cached ones.',
    )
  })

  it('[B44] reports in one currency by the rates of each day, and says when there is none', async () => {
    await using books = await openStoredBooks()
    write(books, [entryFor('a', { cost: { amount: '2', currency: 'USD' } as EntryRecord['cost'] }), entryFor('b')])
    const day = { from: Date.parse('2024-05-21'), to: Date.parse('2024-05-22'), model: 'lab/prompts' }
    expect((await ask(books, withOwn, { ...day, currency: 'CNY' })).total.reported).toMatchObject({
      currency: 'CNY',
      before: '14.201420000000',
    })
    expect((await ask(books, withOwn, { ...day, currency: 'JPY' })).total.reported).toBeNull()
  })

  it('[B40] the price war of May 2024: the same traffic before and after the cuts', async () => {
    await using books = await openStoredBooks()
    const usage = { ...NO_USAGE, input: 1_000_000, output: 1_000_000 }
    const at = Date.parse('2024-05-09T04:00:00Z')
    const quote = shipped.quote({ model: 'dashscope/qwen-max', at, usage, currency: 'CNY' })
    const cost = { amount: quote.amount, currency: quote.currency }
    write(books, [entryFor('a', { at: isoInstant(at), provider: 'dashscope', model: 'qwen-max', usage, cost })])
    const after = async (model: string, day: string): Promise<unknown> => {
      const span = { from: at - DAY_MS, to: at + DAY_MS }
      const found = await ask(books, shipped, { ...span, model, listAt: Date.parse(`${day}T04:00:00Z`) })
      expect(found.total.before).toEqual({ CNY: '240.000000000000' })
      return [found.total.after['CNY'], found.total.percent]
    }
    // A million tokens in and a million out, in CNY, as the providers listed them.
    const cuts = {
      'dashscope/qwen-max': [240, '0.0', 160, '-33.3'],
      'dashscope/qwen-plus': [40, '-83.3', 16, '-93.3'],
      'dashscope/qwen-turbo': [16, '-93.3', 8, '-96.7'],
      'zhipu/glm-3-turbo': [10, '-95.8', 2, '-99.2'],
      'qianfan/ernie-speed-8k': [12, '-95.0', 0, '-100.0'],
      'hunyuan/hunyuan-standard': [20, '-91.7', 9.5, '-96.0'],
      'deepseek/deepseek-chat': [3, '-98.8', 3, '-98.8'],
    } as const
    for (const [model, [dear, less, cheap, muchLess]] of Object.entries(cuts)) {
      expect(await after(model, '2024-05-10'), model).toEqual([dear.toFixed(12), less])
      expect(await after(model, '2024-05-22'), model).toEqual([cheap.toFixed(12), muchLess])
    }
  })
})

function groupName(entry: EntryRecord, groupBy: WhatIfGroup | null): string {
  const names = {
    route: entry.route ?? '',
    model: `${entry.provider}/${entry.model}`,
    key: entry.key_id,
    day: entry.at.slice(0, 10),
  }
  return groupBy === null ? '' : names[groupBy]
}

describe('the grid', () => {
  it('[B40] has an edge wherever a price of the shipped book changes', () => {
    for (const row of shipped.rows()) {
      for (const instant of [row.valid_from, row.valid_to]) {
        if (instant !== null) expect(slotOf(Date.parse(instant)).from, row.id).toBe(Date.parse(instant))
      }
      for (const { when } of row.variants) {
        for (const limit of lastTokens(when.input_tokens)) expect(LIMITS.input, row.id).toContain(limit)
        for (const limit of lastTokens(when.output_tokens)) expect(LIMITS.output, row.id).toContain(limit)
        for (const limit of lastTokens(when.context_window)) expect(LIMITS.context, row.id).toContain(limit)
      }
    }
    // The windows of the clock: no stretch of any day has two prices.
    const day = Date.parse('2026-09-14')
    for (const model of ['deepseek/deepseek-flash', 'deepseek/deepseek-chat', 'deepseek/deepseek-v4-pro']) {
      for (const at of [day, Date.parse('2025-03-03'), Date.parse('2026-08-20')]) {
        const prices = shipped.classPrices(model, { listAt: null })
        const slots = slotsIn({ from: at, to: at + 2 * DAY_MS })
        expect(slots.length).toBe(2 * CLOCK_EDGES.length)
        for (const slot of slots) expect(prices.epochOf(slot), `${model} ${isoInstant(slot.from)}`).not.toBeNull()
      }
    }
  })
})

/** The last token below each limit. */
function lastTokens({ gt, gte, lt, lte }: Bounds = {}): number[] {
  return [gt, lte, gte && gte - 1, lt && lt - 1].filter((limit) => limit !== undefined)
}
