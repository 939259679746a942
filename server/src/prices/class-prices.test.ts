import { describe, expect, it } from 'vitest'
import { seeded, type Seeded } from '../../../tests/seed.ts'
import { isoInstant } from '../base/clock.ts'
import { openPriceBook, usePriceBook, type PriceBook } from './book.ts'
import type { ClassPrice } from './class-prices.ts'
import { loadBook } from './load.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
/** Weeks around the days on which the clocks of Berlin and New York change, and a row ends. */
const STARTS = ['2026-03-05', '2026-03-26', '2026-10-22', '2026-10-29', '2026-11-29'].map((day) => Date.parse(day))

function bookOf(time: Record<string, unknown>): PriceBook {
  const row = { model: 'lab/small', currency: 'CNY', per: '1000000', output: '1' }
  const variants = [{ name: 'then', when: { time }, output: '3' }]
  const raws = [
    { ...row, variants, valid_to: '2026-12-01' },
    { ...row, output: '7', valid_from: '2026-12-01' },
  ]
  return usePriceBook(
    loadBook(
      { books: [], calendars: [] },
      raws.map((raw, index) => ({ raw, place: `${index}` })),
    ),
    () => null,
  )
}

const clock = (random: Seeded): string =>
  `${String(random.below(24)).padStart(2, '0')}:${random.pick(['00', '10', '30', '45'])}`

function randomTime(random: Seeded): Record<string, unknown> {
  const [start, end] = [clock(random), clock(random)]
  return {
    zone: random.pick(['UTC', 'Asia/Shanghai', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata']),
    windows: [start === end ? '09:00-12:00' : `${start}-${end}`],
    ...(random.below(2) === 0 && { weekdays: ['mon', 'wed', 'sat'] }),
  }
}

describe('epochs', () => {
  it('[P34] have the same price at every minute, whatever the clocks do', { timeout: 60_000 }, () => {
    const random = seeded()
    let epochs = 0
    for (let round = 0; round < 400; round += 1) {
      const time = randomTime(random)
      const book = bookOf(time)
      const prices = book.classPrices('lab/small', { listAt: null })
      const priceOf = new Map<string, string | null>()
      for (let count = 0; count < 20; count += 1) {
        const from = random.pick(STARTS) + random.below(5 * 24 * 60) * MINUTE_MS
        const to = from + (1 + random.below(6 * 60)) * MINUTE_MS
        const epoch = prices.epochOf({ from, to })
        if (epoch === null) continue
        epochs += 1
        for (let at = from; at < to; at += 5 * MINUTE_MS) {
          const { amount } = book.quote({ model: 'lab/small', at, usage: { output: 1_000_000 } })
          const known = priceOf.get(epoch) ?? amount
          priceOf.set(epoch, known)
          expect(amount, `seed ${random.seed}: ${JSON.stringify(time)} at ${isoInstant(at)}`).toBe(known)
        }
      }
    }
    expect(epochs).toBeGreaterThan(1_000)
  })

  it('[P34] end where a row or a window begins, and only there', () => {
    const book = bookOf({ zone: 'Asia/Shanghai', windows: ['09:00-12:00'] })
    const prices = book.classPrices('lab/small', { listAt: null })
    const nine = Date.parse('2026-11-02T01:00:00Z')
    expect(prices.epochOf({ from: nine - HOUR_MS, to: nine })).not.toBeNull()
    expect(prices.epochOf({ from: nine - HOUR_MS, to: nine + 1 })).toBeNull()
    const night = prices.epochOf({ from: nine + 3 * HOUR_MS, to: nine + DAY_MS })
    expect(night).toBe(prices.epochOf({ from: nine - HOUR_MS, to: nine }))
    const end = Date.parse('2026-12-01T00:00:00Z')
    expect(prices.epochOf({ from: end - 1, to: end + 1 })).toBeNull()
    // By one price list rows do not begin or end.
    expect(book.classPrices('lab/small', { listAt: end }).epochOf({ from: end - 1, to: end + 1 })).not.toBeNull()
  })
})

describe('classes', () => {
  it('[P35] have one price, or are mixed where a limit lies within', () => {
    const book = openPriceBook({ folder: 'pricebook', billingCurrency: () => 'CNY' })
    const at = Date.parse('2026-10-01T00:00:00Z')
    const tiered = book
      .rows({ at })
      .find(({ variants }) => variants.some(({ when }) => when.input_tokens?.gt === 32_000))
    expect(tiered).toBeDefined()
    const prices = book.classPrices(`${tiered?.provider}/${tiered?.model}`, {
      listAt: null,
      currency: tiered?.currency ?? null,
    })
    const of = (min: number, max: number): ClassPrice['kind'] =>
      prices.priceOf({
        at,
        input: { min, max },
        output: { min: 201, max: 300 },
        context: { min, max: max + 300 },
        thinking: false,
      }).kind
    expect([of(0, 32_000), of(32_001, 128_000), of(32_000, 32_001), of(0, Infinity)]).toEqual([
      'priced',
      'priced',
      'mixed',
      'mixed',
    ])
  })
})
