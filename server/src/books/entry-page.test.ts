import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { seeded } from '../../../tests/seed.ts'
import { openStoredBooks, type StoredBooks } from '../../../tests/stand-ins/open-store.ts'
import { plansOf } from '../../../tests/stand-ins/query-plans.ts'
import { entryFor } from '../../../tests/stand-ins/samples.ts'
import type { Entry } from './entry.ts'
import { entryRow } from './entry-row.ts'
import { readEntryPage, type PageFilter } from './entry-page.ts'
import { sumRollups } from './rollup-sums.ts'

const random = seeded()
const FROM = Date.parse('2024-05-01T00:00:00Z')
const DAYS = 40
const DAY_MS = 86_400_000

let books: StoredBooks
let entries: Entry[]
beforeAll(async () => {
  books = await openStoredBooks()
  entries = Array.from({ length: 3_000 }, (_, index) =>
    entryFor(`e${String(index).padStart(5, '0')}`, {
      // Some at the same millisecond, and some days without any.
      at: new Date(FROM + (random.below(DAYS) & ~2) * DAY_MS + random.below(50) * 1_234_567).toISOString(),
      key_id: random.pick(['busy', 'busy', 'busy', 'quiet']),
      team_id: random.pick(['one', 'two']),
      organisation_id: random.below(200) === 0 ? 'small' : 'large',
      state: random.below(100) === 0 ? 'timeout' : 'ok',
      model: random.pick(['a', 'b', 'lab/a']),
    }),
  )
  books.ledger.write({ rows: entries.map(entryRow), checkpoint: { segment: '', position: 0 }, durable: false })
})
afterAll(() => books[Symbol.asyncDispose]())

/** The same by looking at all of them. */
function bruteForce({ from, to, organisation, team, key, state, model, order, after, limit }: PageFilter): string[] {
  const place = ({ at, id }: { at: number; id: string }): string => `${String(at).padStart(15, '0')} ${id}`
  const sign = order === 'newest' ? -1 : 1
  return entries
    .map((entry) => ({ ...entry, at: Date.parse(entry.at) }))
    .filter((entry) => entry.at >= (from ?? 0) && entry.at < (to ?? Infinity))
    .filter((entry) => organisation === undefined || entry.organisation_id === organisation)
    .filter((entry) => team === undefined || entry.team_id === team)
    .filter((entry) => key === undefined || entry.key_id === key)
    .filter((entry) => state === undefined || entry.state === state)
    .filter((entry) => model === undefined || [entry.model, `${entry.provider}/${entry.model}`].includes(model))
    .filter((entry) => after === undefined || (place(entry) < place(after) ? -1 : 1) * sign > 0)
    .filter((entry) => after === undefined || place(entry) !== place(after))
    .toSorted((one, other) => (place(one) < place(other) ? -sign : sign))
    .slice(0, limit)
    .map(({ id }) => id)
}

const instant = fc.integer({ min: FROM - DAY_MS, max: FROM + (DAYS + 1) * DAY_MS })
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined })
const filters = fc.record({
  from: maybe(instant),
  to: maybe(instant),
  organisation: maybe(fc.constantFrom('small', 'large', 'none')),
  team: maybe(fc.constantFrom('one', 'two')),
  key: maybe(fc.constantFrom('busy', 'quiet', 'none')),
  state: maybe(fc.constantFrom('ok' as const, 'timeout' as const, 'orphan' as const)),
  model: maybe(fc.constantFrom('a', 'lab/a', 'lab/lab/a', 'none')),
  order: maybe(fc.constantFrom('newest' as const, 'oldest' as const)),
  limit: fc.constantFrom(1, 7, 51),
  after: maybe(fc.nat({ max: 2_999 })),
})

describe('a page of entries', () => {
  it(`holds what looking at all of them finds (seed ${random.seed})`, async () => {
    await fc.assert(
      fc.asyncProperty(filters, async ({ after, ...filter }) => {
        const place = after === undefined ? undefined : entries[after]
        const wanted = { ...filter, after: place && { at: Date.parse(place.at), id: place.id } }
        const page = await books.reader.page(wanted)
        expect(page.map(({ id }) => id)).toEqual(bruteForce(wanted))
      }),
      { seed: random.below(2 ** 31), numRuns: 300 },
    )
  })

  it('follows on the page before until there are no more', async () => {
    const seen: string[] = []
    let after: PageFilter['after']
    for (;;) {
      const page = await books.reader.page({ organisation: 'large', key: 'quiet', order: 'newest', limit: 50, after })
      seen.push(...page.map(({ id }) => id))
      const last = page.at(-1)
      if (!last || page.length < 50) break
      after = { at: Date.parse(last.at), id: last.id }
    }
    expect(seen).toEqual(bruteForce({ organisation: 'large', key: 'quiet', order: 'newest', limit: Infinity }))
  })
})

describe('what pages ask of the database', () => {
  it('is a range of a key or an index, and never all entries', async () => {
    const plans = await plansOf(books.tables, async (tables) => {
      for (const state of [undefined, 'timeout', 'orphan'] as const) {
        for (const key of [undefined, 'quiet']) {
          for (const model of [undefined, 'lab/a', 'a'])
            await readEntryPage(tables, { organisation: 'large', state, key, model, order: 'newest', limit: 51 })
        }
      }
    })
    expect(plans.length).toBeGreaterThan(30)
    for (const plan of plans)
      expect(plan).toMatch(/^(SEARCH|USE TEMP B-TREE|MULTI-INDEX OR|INDEX \d|SCALAR SUBQUERY|SCAN CONSTANT ROW)/)
  })

  it('is not asked of entries at all for a chart', async () => {
    const span = { from: FROM, to: FROM + DAYS * DAY_MS, organisation: 'large', practice: false }
    const plans = await plansOf(books.tables, async (tables) => {
      for (const by of [undefined, 'model', 'key', 'team', 'provider', 'route', 'state'] as const) {
        for (const grain of [undefined, 'hour', 'day'] as const) await sumRollups(tables, { ...span, by, grain })
      }
    })
    expect(plans.some((plan) => plan.includes('rollups'))).toBe(true)
    expect(plans.filter((plan) => plan.includes('entries') || plan.startsWith('SCAN'))).toEqual([])
  })
})
