import { describe, expect, it } from 'vitest'
import { openStoredBooks, type StoredBooks } from '../../../tests/stand-ins/open-store.ts'
import { entryFor, money, NOON } from '../../../tests/stand-ins/samples.ts'
import { entryRow } from './entry-row.ts'
import type { EntryFilter } from './entry-rows.ts'
import type { RollupFilter } from './rollup-filter.ts'

const MINUTE_MS = 60_000
const at = (minutes: number): string => new Date(NOON + minutes * MINUTE_MS).toISOString()

/** 2,500 entries, one a minute, two models, two keys; every third has the instant of the one before. */
async function openSample(): Promise<StoredBooks> {
  const books = await openStoredBooks()
  const rows = Array.from({ length: 2_500 }, (_, index) =>
    entryRow(
      entryFor(`r${String(index).padStart(4, '0')}`, {
        at: at(index % 3 === 2 ? index - 1 : index),
        model: index % 2 === 0 ? 'small' : 'a/b',
        key_id: index % 5 === 0 ? 'key-2' : 'key-1',
        state: index % 100 === 0 ? 'timeout' : 'ok',
      }),
    ),
  )
  books.ledger.write({ rows, checkpoint: { segment: 'j-00000001-00000001.log', position: 0 }, durable: false })
  return books
}

async function idsOf({ reader }: StoredBooks, filter: EntryFilter): Promise<string[]> {
  const ids: string[] = []
  for await (const { id } of reader.entries(filter)) ids.push(id)
  return ids
}

const all = Array.from({ length: 2_500 }, (_, index) => `r${String(index).padStart(4, '0')}`)
const every = (nth: number): string[] => all.filter((_, index) => index % nth === 0)

describe('reading entries', () => {
  it.each<[string, EntryFilter, string[]]>([
    ['all, oldest first, page after page', {}, all],
    ['newest first', { order: 'newest' }, all.toReversed()],
    ['the first three', { limit: 3 }, all.slice(0, 3)],
    ['the last three', { limit: 3, order: 'newest' }, all.slice(-3).toReversed()],
    ['more than a page', { limit: 1_001 }, all.slice(0, 1_001)],
    ['from an instant on, which is included', { from: NOON + 2_400 * MINUTE_MS }, all.slice(2_400)],
    ['to an instant, which is not', { to: NOON + 3 * MINUTE_MS }, all.slice(0, 3)],
    ['of a key', { key: 'key-2' }, every(5)],
    ['of a model', { model: 'small' }, every(2)],
    ['of a model with its provider', { model: 'lab/small' }, every(2)],
    ['of a model with a slash in its name', { model: 'a/b' }, all.filter((_, index) => index % 2 === 1)],
    ['of such a model with its provider', { model: 'lab/a/b' }, all.filter((_, index) => index % 2 === 1)],
    ['of a model of another provider', { model: 'other/small' }, []],
    ['in a state', { state: 'timeout' }, every(100)],
    [
      'by everything at once',
      { key: 'key-2', model: 'small', state: 'timeout', from: NOON, to: NOON + 250 * MINUTE_MS, limit: 2 },
      ['r0000', 'r0100'],
    ],
  ])('gives %s', async (_what, filter, expected) => {
    await using books = await openSample()
    expect(await idsOf(books, filter)).toEqual(expected)
  })

  it('finds one by its id', async () => {
    await using books = await openSample()
    expect(await books.reader.find('r0007')).toMatchObject({ id: 'r0007', model: 'a/b' })
    expect(await books.reader.find('r9999')).toBeNull()
  })

  it('goes on rightly while entries are added', async () => {
    await using books = await openSample()
    const seen: string[] = []
    for await (const { id } of books.reader.entries()) {
      if (seen.push(id) === 10) {
        const late = [entryFor('early', { at: at(-5) }), entryFor('late', { at: at(3_000) })]
        books.ledger.write({
          rows: late.map(entryRow),
          checkpoint: { segment: 'j-00000001-00000001.log', position: 1 },
          durable: false,
        })
      }
    }
    expect(seen).toEqual([...all, 'late'])
  })
})

/** Two hours of one day and one of the next; practice in the first. */
async function openSummed(): Promise<StoredBooks> {
  const books = await openStoredBooks()
  const rows = [
    entryFor('a', { cost: money('1', 'CNY') }),
    entryFor('b', { cost: money('2', 'CNY'), at: '2024-05-21T13:30:00.000Z' }),
    entryFor('c', { cost: money('4', 'CNY'), key_id: 'key-2', practice: true, route: null }),
    entryFor('d', {
      state: 'unpriced',
      cost: money(null, null),
      charge: money(null, null),
      at: '2024-05-22T00:00:00.000Z',
      team_id: 'team-2',
    }),
  ]
  books.ledger.write({
    rows: rows.map(entryRow),
    checkpoint: { segment: 'j-00000001-00000001.log', position: 0 },
    durable: false,
  })
  return books
}

describe('reading rollups', () => {
  it('gives the sums of hours and days, by organisation, team, key, route and practice', async () => {
    await using books = await openSummed()
    const sums = async (filter: Parameters<typeof books.reader.rollups>[0]): Promise<string[]> =>
      (await books.reader.rollups(filter)).map(
        ({ start, requests, cost }) => `${start.slice(0, 13)} ${requests} ${cost.amount}`,
      )

    expect(await sums({ grain: 'day', practice: false })).toEqual([
      '2024-05-21T00 2 3.000000000000',
      '2024-05-22T00 1 null',
    ])
    expect(await sums({ grain: 'hour', practice: false })).toEqual([
      '2024-05-21T12 1 1.000000000000',
      '2024-05-21T13 1 2.000000000000',
      '2024-05-22T00 1 null',
    ])
    expect(await sums({ grain: 'day', key: 'key-2' })).toEqual(['2024-05-21T00 1 4.000000000000'])
    expect(await sums({ grain: 'day', team: 'team-2', organisation: 'org' })).toEqual(['2024-05-22T00 1 null'])
    expect(await sums({ grain: 'day', organisation: 'nobody' })).toEqual([])
    expect(await sums({ grain: 'day', route: '' })).toEqual(['2024-05-21T00 1 4.000000000000'])
    expect(await sums({ grain: 'day', from: NOON })).toEqual(['2024-05-22T00 1 null'])
    expect(await sums({ grain: 'hour', to: NOON + 1, practice: true })).toEqual(['2024-05-21T12 1 4.000000000000'])
    const [practice] = await books.reader.rollups({ grain: 'day', practice: true })
    expect(practice).toMatchObject({
      route: null,
      practice: true,
      attempts: 1,
      usage: { input: 900, cached_input: 100, output: 250 },
    })
  })

  it.each<[string, RollupFilter, [string, string] | null]>([
    ['all', {}, ['2024-05-21T12', '2024-05-22T01']],
    ['practice', { practice: true }, ['2024-05-21T12', '2024-05-21T13']],
    ['a team', { team: 'team-2' }, ['2024-05-22T00', '2024-05-22T01']],
    ['what is neither', { team: 'team-2', practice: true }, null],
  ])('says from which hour to which there is anything of %s', async (_what, filter, expected) => {
    await using books = await openSummed()
    const extent = await books.reader.extent(filter)
    const hours = extent && [extent.from, extent.to].map((hour) => new Date(hour).toISOString().slice(0, 13))
    expect(hours).toEqual(expected)
  })
})
