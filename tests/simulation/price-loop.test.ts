import { NO_USAGE } from '@paddock/contract/usage'
import type { RacesSetting } from '@paddock/contract/races'
import { describe, expect, it } from 'vitest'
import { MovingClock } from '../stand-ins/moving-clock.ts'
import { openStoredBooks } from '../stand-ins/open-store.ts'
import { entryFor, money, NOON } from '../stand-ins/samples.ts'
import { entryRow } from '../../server/src/books/entry-row.ts'
import { watchPrices } from '../../server/src/books/watch-prices.ts'
import { usePriceBook, type PriceBook } from '../../server/src/prices/book.ts'
import { openFxTable } from '../../server/src/prices/fx.ts'
import { loadBook } from '../../server/src/prices/load.ts'
import { labTable } from '../../server/src/routing/fixtures/lab.ts'
import { openLeads, routingMigrations } from '../../server/src/routing/leads.ts'
import { hearPrice } from '../../server/src/races/live/price-loop.ts'
import type { Proposal } from '../../server/src/races/live/proposals.ts'
import { readOpenRaces } from '../../server/src/races/live/race-rows.ts'
import { racesMigrations } from '../../server/src/races/live/tables.ts'

/** a/m answers a route on which b/m is listed with weight 0. */
function bookWith(priceOfB: string): PriceBook {
  const row = (model: string, input: string): Record<string, string> => ({
    model,
    input,
    output: input,
    currency: 'CNY',
    per: '1000000',
    valid_from: '2024-01-01',
  })
  const rows = [row('a/m', '10'), row('b/m', priceOfB)].map((raw, index) => ({ place: `paddock.yaml:${index}:1`, raw }))
  return usePriceBook(loadBook({ books: [], calendars: [] }, rows), () => 'CNY')
}

/** A day of traffic, then a new price of b/m; what came of it. */
async function afterPrice(
  priceOfB: string,
  setting: RacesSetting,
): Promise<{ proposals: Proposal[]; races: Awaited<ReturnType<typeof readOpenRaces>> }> {
  await using books = await openStoredBooks()
  await books.store.migrate({ ...racesMigrations, ...routingMigrations })
  const usage = { ...NO_USAGE, input: 900_000, output: 100_000 }
  const traffic = Array.from({ length: 10 }, (_, index) =>
    entryRow(
      entryFor(`r${index}`, { route: 'chat', provider: 'a', model: 'm', usage, cost: money('10.000000000000', 'CNY') }),
    ),
  )
  books.ledger.write({ rows: traffic, checkpoint: { segment: '', position: 0 }, durable: false })
  const clock = new MovingClock(NOON + 86_400_000)
  const leads = await openLeads({ store: books.store, clock })
  const proposals: Proposal[] = []
  let prices = bookWith('9.5')
  const pricing = (): ReturnType<Parameters<typeof hearPrice>[0]['pricing']> => ({
    prices,
    bookName: (provider, model) => `${provider}/${model}`,
    fx: openFxTable([]),
  })
  const { routes } = labTable([{ name: 'chat', candidates: [{ model: 'a/m' }, { model: 'b/m', weight: 0 }] }])
  const hearing: Promise<void>[] = []
  const watch = watchPrices({
    store: books.store,
    clock,
    pricing,
    offered: () => ['b/m'],
    onEvent: (event) => {
      const onProposal = (proposal: Proposal): void => {
        proposals.push(proposal)
      }
      const parts = {
        store: books.store,
        clock,
        leads,
        pricing,
        routes: () => routes,
        setting: () => setting,
        onProposal,
      }
      hearing.push(hearPrice(parts, event))
    },
    onFailure: (cause) => {
      throw cause
    },
    later: () => () => undefined,
  })
  await watch.look()
  prices = bookWith(priceOfB)
  await watch.look()
  await Promise.all(hearing)
  await watch.close()
  return { proposals, races: await readOpenRaces(books.store.tables()) }
}

describe('a price that falls', () => {
  it('[H38] proposes a race on the route that lists its model, with what a month of its traffic would have saved', async () => {
    const { proposals, races } = await afterPrice('2', {})
    const saving = { amount: '80.000000000000', currency: 'CNY', days: 30 }
    expect(proposals).toEqual([
      expect.objectContaining({ route: 'chat', champion: 'a/m', challenger: 'b/m', saving, race: null }),
    ])
    expect(Number(proposals[0]?.percent)).toBe(80)
    expect(races).toEqual([])
  })

  it('[H38] starts one where the operator wants that, which waits for a person to promote', async () => {
    const { proposals, races } = await afterPrice('2', { on_price_drop: 'start' })
    expect(races.map(({ id }) => id)).toEqual([proposals[0]?.race])
    expect(races[0]?.config).toMatchObject({ auto: false, expectedSaving: { amount: '80.000000000000' } })
  })

  it('[H38] does neither for a saving that is too small, for a price that rises, or where it is to be ignored', async () => {
    expect((await afterPrice('9.2', {})).proposals).toEqual([])
    expect((await afterPrice('12', { on_price_drop: 'start' })).proposals).toEqual([])
    expect((await afterPrice('2', { on_price_drop: 'ignore' })).proposals).toEqual([])
    expect((await afterPrice('2', { saving_percent: 90 })).proposals).toEqual([])
  })
})
