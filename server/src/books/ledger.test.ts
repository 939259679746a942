import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openStoredBooks, openStoredBooksIn, type StoredBooks } from '../../../tests/stand-ins/open-store.ts'
import { randomEntry } from '../../../tests/stand-ins/random-entry.ts'
import { entryFor, money } from '../../../tests/stand-ins/samples.ts'
import { tempFolder } from '../../../tests/stand-ins/temp-folder.ts'
import { openConnection } from '../store/sqlite.ts'
import { openStore } from '../store/store.ts'
import { entryRow, type EntryRow } from './entry-row.ts'
import { CELL_COLUMNS, ENTRY_COLUMNS, ROLLUP_COLUMNS, type LedgerBatch } from './ledger.ts'
import { Rollup, rollupName } from './rollup.ts'
import { booksMigrations } from './tables.ts'
import { Cells } from './whatif/cells.ts'

const SEGMENT = 'j-00000001-00000001.log'
const batch = (rows: readonly EntryRow[], position = 1): LedgerBatch => ({
  rows,
  checkpoint: { segment: SEGMENT, position },
  durable: false,
})

/** Everything a ledger holds, in one order. */
async function contentOf({ tables, ledger }: StoredBooks): Promise<unknown> {
  const entries = await tables.selectFrom('entries').selectAll().orderBy('id').execute()
  const rollups = await tables.selectFrom('rollups').selectAll().execute()
  const sorted = rollups.toSorted((left, right) => (rollupName(left) < rollupName(right) ? -1 : 1))
  return { entries, rollups: sorted, checkpoint: await ledger.checkpoint() }
}

const randomEntries = fc
  .integer({ min: 1, max: 30 })
  .chain((count) => fc.tuple(...Array.from({ length: count }, (_, index) => randomEntry(`r${index}`))))

/** Columns that came later. */
const LATER = [
  'extra',
  'kind',
  'adjusts',
  'reason',
  'end_user',
  'race',
  'arm',
  'unit',
  'phase',
  'mirror_of',
  'checksum',
]
const ADDED = new Set(LATER)

describe('a row', () => {
  it('[B7] has its members in the order of the columns, because that is how they are stored', () => {
    const row = entryRow(entryFor('e1'))
    expect(Object.keys(row)).toEqual(ENTRY_COLUMNS)
    const [rollup, cells] = [new Rollup(), new Cells()]
    rollup.add(row)
    cells.add(row)
    for (const sums of rollup.rows()) expect(Object.keys(sums)).toEqual(ROLLUP_COLUMNS)
    for (const sums of cells.rows()) expect(Object.keys(sums)).toEqual(CELL_COLUMNS)
  })
})

describe('a ledger of the first version', () => {
  it('[B6] keeps its entries when it learns to keep what is not text', async () => {
    using folder = tempFolder()
    const { '2026-11-24-books': first } = booksMigrations
    const store = openStore(join(folder.path, 'paddock.db'))
    if (first) await store.migrate({ '2026-11-24-books': first })
    const row = entryRow(entryFor('old'))
    const old = Object.fromEntries(Object.entries(row).filter(([name]) => !ADDED.has(name))) as typeof row
    await store.tables<{ entries: typeof old }>().insertInto('entries').values(old).execute()
    await store.close()

    await using books = await openStoredBooksIn(folder.path)
    const usage = { ...entryFor('new').usage, extra: { image: 3 } }
    books.ledger.write(batch([entryRow(entryFor('new', { usage }))]))
    expect(await books.ledger.find('old')).toEqual(entryFor('old'))
    expect(await books.ledger.find('new')).toEqual(entryFor('new', { usage }))
    expect(await books.reader.verify()).toMatchObject({ ok: true, entries: 2, unchecked: 1 })
  })
})

describe('an entry', () => {
  it('[B6] [B11] comes out of the database as it went in', async () => {
    await using books = await openStoredBooks()
    let count = 0
    await fc.assert(
      fc.asyncProperty(randomEntry('r'), async (random) => {
        const entry = { ...random, id: `r${(count += 1)}` }
        books.ledger.write(batch([entryRow(entry)]))
        expect(await books.ledger.find(entry.id)).toEqual(entry)
      }),
      { numRuns: 300 },
    )
  })

  it('[B11] is exact where a double is not', async () => {
    await using books = await openStoredBooks()
    const amounts = [
      '9007.199254740993',
      '9007.199254740992',
      '8999999.999999999999',
      '-8999999.999999999999',
      '0.000000000001',
    ]
    books.ledger.write(
      batch(amounts.map((amount, index) => entryRow(entryFor(`r${index}`, { cost: money(amount, 'CNY') })))),
    )
    const found = await Promise.all(amounts.map((_, index) => books.ledger.find(`r${index}`)))
    expect(found.map((entry) => entry?.cost.amount)).toEqual(amounts)
  })

  it('[B11] cannot hold anything but a whole number as an amount', async () => {
    await using books = await openStoredBooks()
    const row = { ...entryRow(entryFor('a')), cost_pico: 0.5 } as unknown as EntryRow
    expect(() => books.ledger.write(batch([row]))).toThrow(/cost_pico/)
    expect(await books.ledger.find('a')).toBeNull()
  })
})

describe('[B7] a batch', () => {
  it('that fails in the middle changes nothing', async () => {
    await using books = await openStoredBooks()
    books.ledger.write(batch([entryRow(entryFor('a'))], 10))
    const before = await contentOf(books)
    const broken = { ...entryRow(entryFor('c')), at: null } as unknown as EntryRow
    expect(() => books.ledger.write(batch([entryRow(entryFor('b')), broken], 20))).toThrow(/NOT NULL/)
    expect(await contentOf(books)).toEqual(before)
    books.ledger.write(batch([entryRow(entryFor('b'))], 20))
    expect(await books.ledger.find('b')).not.toBeNull()
  })

  it('does not wait for another writer, and changes nothing then', async () => {
    await using books = await openStoredBooks()
    const before = await contentOf(books)
    const other = openConnection(`${books.path}/paddock.db`, 0)
    other.exec('BEGIN IMMEDIATE')
    expect(() => books.ledger.write(batch([entryRow(entryFor('a'))]))).toThrow('locked')
    other.exec('ROLLBACK')
    other.close()
    expect(await contentOf(books)).toEqual(before)
    books.ledger.write(batch([entryRow(entryFor('a'))]))
    expect(await books.ledger.find('a')).not.toBeNull()
  })

  it('adds only what it inserts', async () => {
    await using books = await openStoredBooks()
    books.ledger.write(batch([entryRow(entryFor('a'))]))
    books.ledger.write(batch([entryRow(entryFor('a', { cost: money('7', 'CNY') })), entryRow(entryFor('b'))]))
    const rollups = await books.reader.rollups({ grain: 'day' })
    expect(rollups.map(({ requests, cost }) => ({ requests, cost }))).toEqual([
      { requests: 2, cost: money('0.002840000000', 'CNY') },
    ])
  })

  it('carries between the two columns of an amount, so that sums beyond 64 bits stay exact', async () => {
    await using books = await openStoredBooks()
    const rows = Array.from({ length: 40 }, (_, index) =>
      entryRow(entryFor(`r${index}`, { cost: money('8999999.999999999999', 'CNY') })),
    )
    for (let start = 0; start < rows.length; start += 7) books.ledger.write(batch(rows.slice(start, start + 7)))
    const [day] = await books.tables.selectFrom('rollups').selectAll().where('grain', '=', 'day').execute()
    expect(day).toMatchObject({ cost_whole: 359_999_999n, cost_pico: 999_999_999_960n })
    const [record] = await books.reader.rollups({ grain: 'day' })
    expect(record?.cost).toEqual(money('359999999.999999999960', 'CNY'))
  })
})

describe('[B8] draining', () => {
  it('in any order, any batch any number of times, comes to the same', async () => {
    const schedule = randomEntries.chain((entries) =>
      fc.record({
        entries: fc.constant(entries),
        // Batches may overlap and repeat; a last one brings whatever they left out.
        batches: fc.array(fc.record({ from: fc.nat(entries.length), size: fc.nat(12), position: fc.nat(50) }), {
          maxLength: 12,
        }),
      }),
    )
    await fc.assert(
      fc.asyncProperty(schedule, async ({ entries, batches }) => {
        await using once = await openStoredBooks()
        await using often = await openStoredBooks()
        const rows = entries.map(entryRow)
        once.ledger.write(batch(rows, 51))
        for (const { from, size, position } of batches)
          often.ledger.write(batch(rows.slice(from, from + size), position))
        often.ledger.write(batch(rows.toReversed(), 51))
        for (const { from, size, position } of batches)
          often.ledger.write(batch(rows.slice(from, from + size), position))
        expect(await contentOf(often)).toEqual(await contentOf(once))
        expect(await often.reader.verify()).toMatchObject({ ok: true, entries: rows.length })
      }),
      { numRuns: 40 },
    )
  })

  it.each([
    ['later in the segment', { segment: SEGMENT, position: 70 }, { segment: SEGMENT, position: 70 }],
    ['earlier in the segment', { segment: SEGMENT, position: 5 }, { segment: SEGMENT, position: 60 }],
    [
      'in a later segment',
      { segment: 'j-00000001-00000002.log', position: 5 },
      { segment: 'j-00000001-00000002.log', position: 5 },
    ],
    ['in an earlier segment', { segment: 'j-00000000-00000009.log', position: 99 }, { segment: SEGMENT, position: 60 }],
  ])('moves a checkpoint %s only forward', async (_where, checkpoint, expected) => {
    await using books = await openStoredBooks()
    expect(await books.ledger.checkpoint()).toBeNull()
    books.ledger.write(batch([], 60))
    books.ledger.write({ rows: [], checkpoint, durable: true })
    expect(await books.ledger.checkpoint()).toEqual(expected)
  })
})
