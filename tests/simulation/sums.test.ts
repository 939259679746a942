import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Big from 'big.js'
import type { EntryRecord } from '@paddock/contract/entry'
import { NO_USAGE, type Usage } from '@paddock/contract/usage'
import { describe, expect, it } from 'vitest'
import type { Clock } from '../../server/src/base/clock.ts'
import { isoInstant } from '../../server/src/base/clock.ts'
import { newId } from '../../server/src/base/ids.ts'
import { openBooks } from '../../server/src/books/books.ts'
import type { Entry } from '../../server/src/books/entry.ts'
import { openBooksForCommand } from '../../server/src/books/open-for-command.ts'
import { booksMigrations } from '../../server/src/books/tables.ts'
import { openPriceBook, type PriceBook } from '../../server/src/prices/book.ts'
import { openStore } from '../../server/src/store/store.ts'
import { seeded, type Seeded } from '../seed.ts'

/**
 * A hundred thousand random requests over every price of the book: the sum of the entries, the sum of the rollups, the sum
 * of the export and a decimal library that knows nothing of ours agree in every digit.
 */

const REQUESTS = 100_000
const AT_ONCE = 500

Big.DP = 40
Big.RM = Big.roundHalfEven

const DAY_MS = 86_400_000
const clockAt = (start: number): Clock & { ms: number } => {
  const clock = { ms: start, now: () => clock.ms, elapsed: () => clock.ms }
  return clock
}

const randomUsage = (random: Seeded): Usage => ({
  ...NO_USAGE,
  input: random.below(200_000),
  cached_input: random.below(3) === 0 ? random.below(100_000) : 0,
  output: random.below(20_000),
  reasoning: random.below(4) === 0 ? random.below(9_000) : 0,
})

/** What one request costs by schoolbook arithmetic on the prices that the quote names. */
function oracle(quote: ReturnType<PriceBook['quote']>): Big | null {
  if (quote.state === 'unpriced') return null
  const exact = quote.lines.reduce(
    (sum, { units, price, per }) => sum.plus(new Big(units).times(price).div(per)),
    new Big(0),
  )
  return exact.round(12, Big.roundHalfEven)
}

describe('sums', () => {
  it('of entries, rollups and export are equal digit for digit', { timeout: 180_000 }, async () => {
    const random = seeded()
    const folder = mkdtempSync(join(tmpdir(), 'paddock-sums-'))
    const clock = clockAt(Date.parse('2024-05-01T00:00:00Z'))
    const prices = openPriceBook({ folder: 'pricebook', billingCurrency: () => null })
    const models = [...new Set(prices.rows().map(({ provider, model }) => `${provider}/${model}`))]
    const store = openStore(join(folder, 'paddock.db'))
    await store.migrate(booksMigrations)
    const price = (): ReturnType<PriceBook['quote']> => prices.quote({ model: 'none/none', at: 0, usage: NO_USAGE })
    const books = await openBooks({ folder, store, clock, price })
    const expected = new Map<string, Big>()

    for (let count = 0; count < REQUESTS; count += AT_ONCE) {
      clock.ms += random.below(DAY_MS * 4)
      const settled = Array.from({ length: AT_ONCE }, () => {
        const model = random.pick(models)
        const usage = randomUsage(random)
        const quote = prices.quote({ model, at: clock.ms, usage })
        const cost = oracle(quote)
        if (cost && quote.currency)
          expected.set(quote.currency, (expected.get(quote.currency) ?? new Big(0)).plus(cost))
        return books.settle(entryFor({ clock, random, model, usage, quote }))
      })
      await Promise.all(settled)
    }
    await books.drained()
    await books.close()

    const reader = await openBooksForCommand({ folder, store, clock, price })
    const verified = await reader.verify()
    const sums = { entries: new Map<string, Big>(), rollups: new Map<string, Big>() }
    let exported = 0
    for await (const entry of reader.entries()) {
      exported += 1
      add(sums.entries, entry.cost)
    }
    for (const rollup of await reader.rollups({ grain: 'day' })) add(sums.rollups, rollup.cost)
    await reader.close()
    rmSync(folder, { recursive: true })

    const text = (totals: Map<string, Big>): Record<string, string> =>
      Object.fromEntries(
        [...totals]
          .sort(([one], [other]) => one.localeCompare(other))
          .map(([currency, total]) => [currency, total.toFixed(12)]),
      )
    const message = `seed ${random.seed}`
    expect(exported, message).toBe(REQUESTS)
    expect(verified, message).toMatchObject({ ok: true, entries: REQUESTS, totals: text(expected) })
    expect(text(sums.entries), message).toEqual(text(expected))
    expect(text(sums.rollups), message).toEqual(text(expected))
    expect(Object.keys(text(expected))).toEqual(['CNY', 'USD'])
  })
})

function add(sums: Map<string, Big>, { amount, currency }: EntryRecord['cost']): void {
  if (amount !== null && currency !== null) sums.set(currency, (sums.get(currency) ?? new Big(0)).plus(amount))
}

type Made = { clock: Clock; random: Seeded; model: string; usage: Usage; quote: ReturnType<PriceBook['quote']> }

function entryFor({ clock, random, model, usage, quote }: Made): Entry {
  const [provider = '', ...name] = model.split('/')
  const cost = { amount: quote.amount, currency: quote.currency }
  return {
    id: newId(clock),
    at: isoInstant(clock.now()),
    ended_at: isoInstant(clock.now()),
    state: quote.state === 'priced' ? 'ok' : 'unpriced',
    error: null,
    organisation_id: 'o',
    team_id: `team-${random.below(5)}`,
    user_id: null,
    key_id: `key-${random.below(40)}`,
    endpoint: '/v1/chat/completions',
    stream: random.below(2) === 0,
    route: random.below(3) === 0 ? 'chat' : null,
    provider,
    model: name.join('/'),
    answered_model: null,
    provider_request_id: null,
    usage,
    usage_source: 'provider',
    usage_method: 'usage',
    cost,
    charge: cost,
    price_rows: quote.rows,
    priced_as_of: isoInstant(clock.now()),
    practice: false,
    app: null,
    first_byte_ms: null,
    duration_ms: 0,
    attempts: [],
  }
}
