import { join } from 'node:path'
import Big from 'big.js'
import { NO_USAGE, type Usage } from '@paddock/contract/usage'
import { describe, expect, it } from 'vitest'
import type { Clock } from '../../server/src/base/clock.ts'
import { isoInstant } from '../../server/src/base/clock.ts'
import { newId } from '../../server/src/base/ids.ts'
import { openBooks } from '../../server/src/books/books.ts'
import type { Entry } from '../../server/src/books/entry.ts'
import { csvHead, csvLine } from '../../server/src/books/csv.ts'
import { openBooksForCommand } from '../../server/src/books/open-for-command.ts'
import { booksMigrations } from '../../server/src/books/tables.ts'
import { openPriceBook, type PriceBook } from '../../server/src/prices/book.ts'
import { openStore } from '../../server/src/store/store.ts'
import { seeded, type Seeded } from '../seed.ts'
import { MovingClock } from '../stand-ins/moving-clock.ts'
import { oracleSums, type Money } from '../stand-ins/oracle-sums.ts'
import { parseCsv } from '../stand-ins/parse-csv.ts'
import { priceOutput } from '../stand-ins/samples.ts'
import { tempFolder } from '../stand-ins/temp-folder.ts'

/**
 * A hundred thousand random requests over every price of the book: the sum of the entries, the sum of the rollups, the sum
 * of the export and a decimal library that knows nothing of ours agree in every digit.
 */

const REQUESTS = 100_000
const AT_ONCE = 500

Big.DP = 40
Big.RM = Big.roundHalfEven

const DAY_MS = 86_400_000

const randomUsage = (random: Seeded): Usage => ({
  ...NO_USAGE,
  input: random.below(200_000),
  cached_input: random.below(3) === 0 ? random.below(100_000) : 0,
  output: random.below(20_000),
  reasoning: random.below(4) === 0 ? random.below(9_000) : 0,
})

/** What one request costs by schoolbook arithmetic on the prices that the quote names. */
function oracle(quote: ReturnType<PriceBook['quote']>): Money {
  if (quote.state === 'unpriced') return { amount: null, currency: null }
  const exact = quote.lines.reduce(
    (sum, { units, price, per }) => sum.plus(new Big(units).times(price).div(per)),
    new Big(0),
  )
  return { amount: exact.toFixed(12, Big.roundHalfEven), currency: quote.currency }
}

describe('sums', () => {
  it('of entries, rollups and export are equal digit for digit', { timeout: 180_000 }, async () => {
    const random = seeded()
    using temp = tempFolder()
    const folder = temp.path
    const clock = new MovingClock(Date.parse('2024-05-01T00:00:00Z'))
    const prices = openPriceBook({ folder: 'pricebook', billingCurrency: () => null })
    const models = [...new Set(prices.rows().map(({ provider, model }) => `${provider}/${model}`))]
    const store = openStore(join(folder, 'paddock.db'))
    await store.migrate(booksMigrations)
    const options = { folder, store, clock, price: priceOutput }
    const books = await openBooks(options)
    const expected = oracleSums()

    for (let count = 0; count < REQUESTS; count += AT_ONCE) {
      clock.advance(random.below(DAY_MS * 4))
      const settled = Array.from({ length: AT_ONCE }, () => {
        const model = random.pick(models)
        const usage = randomUsage(random)
        const quote = prices.quote({ model, at: clock.now(), usage })
        expected.add(oracle(quote))
        return books.settle(entryFor({ clock, random, model, usage, quote }))
      })
      await Promise.all(settled)
    }
    await books.drained()
    await books.close()

    const reader = await openBooksForCommand(options)
    const verified = await reader.verify()
    const [listed, rolledUp, exported] = [oracleSums(), oracleSums(), oracleSums()]
    let csv = csvHead()
    for await (const entry of reader.entries()) {
      listed.add(entry.cost)
      csv += csvLine(entry)
    }
    for (const rollup of await reader.rollups({ grain: 'day' })) rolledUp.add(rollup.cost)
    const costs = exportedCosts(csv)
    for (const cost of costs) exported.add(cost)
    await reader.close()

    const message = `seed ${random.seed}`
    expect(costs.length, message).toBe(REQUESTS)
    expect(verified, message).toMatchObject({ ok: true, entries: REQUESTS, totals: expected.written() })
    for (const sums of [listed, rolledUp, exported]) expect(sums.written(), message).toEqual(expected.written())
    expect(Object.keys(expected.written())).toEqual(['CNY', 'USD'])
  })
})

function exportedCosts(csv: string): Money[] {
  const [head = [], ...rows] = parseCsv(csv)
  const [amount, currency] = [head.indexOf('cost'), head.indexOf('cost_currency')]
  return rows.map((row) => ({ amount: row[amount] || null, currency: row[currency] || null }))
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
    end_user: null,
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
