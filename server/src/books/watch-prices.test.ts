import { join } from 'node:path'
import type { PriceEvent } from '@paddock/contract/price-event'
import { NO_USAGE } from '@paddock/contract/usage'
import { describe, expect, it } from 'vitest'
import { MovingClock } from '../../../tests/stand-ins/moving-clock.ts'
import { openStoredBooks, type StoredBooks } from '../../../tests/stand-ins/open-store.ts'
import { entryFor, money } from '../../../tests/stand-ins/samples.ts'
import { openPriceBook, usePriceBook, type PriceBook } from '../prices/book.ts'
import { openFxTable } from '../prices/fx.ts'
import { loadBook } from '../prices/load.ts'
import { openConnection } from '../store/sqlite.ts'
import { entryRow } from './entry-row.ts'
import { watchPrices, type PriceWatch } from './watch-prices.ts'

const DAY_MS = 86_400_000
/** Midnight in Beijing: the day of the price war on which Qwen fell. */
const CUT = Date.parse('2024-05-20T16:00:00.000Z')
const shipped = openPriceBook({ folder: 'pricebook', billingCurrency: () => 'CNY' })

function bookOf(...raws: Record<string, string>[]): PriceBook {
  const rows = raws.map((raw, index) => ({
    place: `paddock.yaml:${index}:1`,
    raw: { currency: 'CNY', per: '1000000', ...raw },
  }))
  return usePriceBook(loadBook({ books: [], calendars: [] }, rows), () => 'CNY')
}

type Server = {
  readonly watch: PriceWatch
  readonly told: PriceEvent[]
  readonly waits: number[]
  fire(): Promise<void>
}

type Serving = { readonly price: () => PriceBook; readonly offered?: readonly string[]; readonly failures?: unknown[] }

/** What a server does about prices, with a timer that goes off when it is told to. */
function serve(books: StoredBooks, clock: MovingClock, { price, offered = [], failures = [] }: Serving): Server {
  const [told, waits]: [PriceEvent[], number[]] = [[], []]
  let act = (): void => undefined
  const watch = watchPrices({
    store: books.store,
    clock,
    pricing: () => ({ prices: price(), bookName: (provider, model) => `${provider}/${model}`, fx: openFxTable([]) }),
    offered: () => offered,
    onEvent: (event) => told.push(event),
    onFailure: (cause) => failures.push(cause),
    later: (next, ms) => {
      waits.push(ms)
      act = next
      return () => {
        act = () => undefined
      }
    },
  })
  const fire = async (): Promise<void> => {
    clock.advance(waits.at(-1) ?? 0)
    act()
    await watch.look()
  }
  return { watch, told, waits, fire }
}

/** Ten requests of a million tokens in and a tenth of that out, a day before the cut. */
function useQwen({ ledger }: StoredBooks): void {
  const usage = { ...NO_USAGE, input: 1_000_000, output: 100_000 }
  const rows = Array.from({ length: 10 }, (_, index) =>
    entryRow(
      entryFor(`r${index}`, {
        at: new Date(CUT - DAY_MS + index).toISOString(),
        provider: 'dashscope',
        model: 'qwen-plus',
        usage,
        cost: money('22.000000000000', 'CNY'),
      }),
    ),
  )
  ledger.write({ rows, checkpoint: { segment: 'j-00000001-00000001.log', position: 0 }, durable: false })
}

describe('price events', () => {
  it('[B48] [B49] come at the instant a row begins, once, with what it does to a month of the traffic', async () => {
    await using books = await openStoredBooks()
    useQwen(books)
    const clock = new MovingClock(CUT - 90_000)
    const server = serve(books, clock, { price: () => shipped })
    await server.watch.look()
    expect(server.told).toEqual([])
    expect(server.waits).toEqual([90_000])
    await server.fire()
    expect(server.told.length).toBe(1)
    expect(server.told[0]).toMatchObject({
      at: '2024-05-20T16:00:00.000Z',
      noted_at: '2024-05-20T16:00:00.000Z',
      model: 'dashscope/qwen-plus',
      cause: 'dated',
      before: { currency: 'CNY' },
      changes: [
        { component: 'input', when: null, from: '20', to: '4', per: 1_000_000, percent: '-80.0' },
        { component: 'output', when: null, from: '20', to: '12', per: 1_000_000, percent: '-40.0' },
      ],
      month: {
        requests: 10,
        before: { CNY: '220.000000000000' },
        after: { CNY: '52.000000000000' },
        difference: { CNY: '-168.000000000000' },
        percent: '-76.4',
      },
    })
    await server.watch.look()
    await server.watch.close()
    // Started again and again, it is not told again.
    for (const _ of [1, 2, 3]) {
      const again = serve(books, clock, { price: () => shipped })
      await again.watch.look()
      await again.watch.close()
      expect(again.told).toEqual([])
    }
    expect(await books.reader.priceEvents()).toEqual(server.told)
    expect(await books.reader.priceEvents({ from: CUT + 1 })).toEqual([])
  })

  it('[B48] come a little later when the ledger could not be written, and then once', async () => {
    await using books = await openStoredBooks()
    const clock = new MovingClock(CUT - 1_000)
    const failures: unknown[] = []
    const server = serve(books, clock, { price: () => shipped, offered: ['dashscope/qwen-plus'], failures })
    await server.watch.look()
    const somebody = openConnection(join(books.path, 'paddock.db'), 0)
    somebody.exec('BEGIN IMMEDIATE')
    await server.fire()
    expect(failures).not.toEqual([])
    expect(server.told).toEqual([])
    somebody.exec('COMMIT')
    somebody.close()
    await server.fire()
    expect(server.told.map(({ at }) => at)).toEqual(['2024-05-20T16:00:00.000Z'])
    await server.watch.close()
  })

  it('[B48] come at the next start for each change that nobody was there to see', async () => {
    await using books = await openStoredBooks()
    const clock = new MovingClock(Date.parse('2024-01-15T00:00:00Z'))
    const prices = bookOf(
      { model: 'lab/small', input: '3', output: '9', valid_to: '2024-02-01' },
      { model: 'lab/small', input: '2', output: '9', valid_from: '2024-02-01', valid_to: '2024-03-01' },
      { model: 'lab/small', input: '1', output: '9', valid_from: '2024-03-01' },
    )
    const before = serve(books, clock, { price: () => prices, offered: ['lab/small'] })
    await before.watch.look()
    await before.watch.close()
    clock.advance(90 * DAY_MS)
    const after = serve(books, clock, { price: () => prices, offered: ['lab/small'] })
    await after.watch.look()
    expect(after.told.map(({ at, changes }) => [at, changes[0]?.from, changes[0]?.to])).toEqual([
      ['2024-02-01T00:00:00.000Z', '3', '2'],
      ['2024-03-01T00:00:00.000Z', '2', '1'],
    ])
    await after.watch.close()
  })

  it('[B48] come when the book is changed: an override, another currency, a price taken away', async () => {
    await using books = await openStoredBooks()
    const clock = new MovingClock(CUT)
    let prices = bookOf({ model: 'lab/small', input: '3', output: '9' })
    const server = serve(books, clock, { price: () => prices, offered: ['lab/small'] })
    await server.watch.look()
    const change = async (next: PriceBook): Promise<PriceEvent | undefined> => {
      prices = next
      clock.advance(1_000)
      await server.watch.look()
      return server.told.at(-1)
    }
    expect(await change(bookOf({ model: 'lab/small', input: '2.5', output: '9' }))).toMatchObject({
      cause: 'book',
      at: '2024-05-20T16:00:01.000Z',
      changes: [{ component: 'input', from: '3', to: '2.5', percent: '-16.7' }],
    })
    expect(await change(bookOf({ model: 'lab/small', currency: 'USD', input: '2.5', output: '9' }))).toMatchObject({
      before: { currency: 'CNY' },
      after: { currency: 'USD' },
      changes: [
        { component: 'input', percent: null },
        { component: 'output', percent: null },
      ],
    })
    expect(await change(bookOf({ model: 'lab/large', input: '1' }))).toMatchObject({ after: null })
    // The same prices in another row are no change.
    const count = server.told.length
    await change(bookOf({ model: 'lab/large', input: '1.0' }))
    expect(server.told.length).toBe(count)
    await server.watch.close()
  })
})
