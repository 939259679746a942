import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Decimal } from '@paddock/contract/decimal'
import { describe, expect, it } from 'vitest'
import { openStoredBooks, openStoredBooksIn, type StoredBooks } from '../../../tests/stand-ins/open-store.ts'
import { entryFor, money } from '../../../tests/stand-ins/samples.ts'
import { openConnection } from '../store/sqlite.ts'
import type { Requote } from './audit.ts'
import { entryRow } from './entry-row.ts'
import { FrameBuffer } from './frame.ts'
import { writeRecord } from './record.ts'

const SEGMENT = 'j-00000001-00000001.log'
const entries = [
  entryFor('a'),
  entryFor('b', { at: '2024-05-22T23:59:59.999Z', cost: money('2.5', 'USD'), charge: money('3', 'USD') }),
  entryFor('c', {
    at: '2024-05-22T01:00:00.000Z',
    state: 'unpriced',
    cost: money(null, null),
    charge: money(null, null),
  }),
  entryFor('d', { practice: true, cost: money('0.000000000001', 'CNY') }),
]

async function openSample(): Promise<StoredBooks> {
  const books = await openStoredBooks()
  books.ledger.write({ rows: entries.map(entryRow), checkpoint: { segment: SEGMENT, position: 0 }, durable: false })
  return books
}

/** Somebody with a SQLite shell. */
function tamper({ path }: StoredBooks, statement: string): void {
  const connection = openConnection(join(path, 'paddock.db'), 0)
  connection.exec(statement)
  connection.close()
}

describe('[B26] verify', () => {
  it('finds nothing in good books, and adds practice up apart', async () => {
    await using books = await openSample()
    expect(await books.reader.verify()).toEqual({
      ok: true,
      complete_from: null,
      forgotten: 0,
      entries: 4,
      totals: { CNY: '0.001420000000', USD: '2.500000000000' },
      costs: { CNY: '0.001420000000', USD: '2.500000000000' },
      retry_loss: {},
      practice_totals: { CNY: '0.000000000001' },
      requoted: 0,
      unchecked: 0,
      problems: [],
      undrained: 0,
      quarantined: 0,
    })
  })

  it('finds nothing in empty books', async () => {
    await using books = await openStoredBooks()
    expect(await books.reader.verify()).toMatchObject({ ok: true, entries: 0, totals: {}, problems: [] })
  })

  it.each([
    [
      'an amount changed by the smallest unit',
      "UPDATE entries SET cost_pico = cost_pico + 1 WHERE id = 'a'",
      /cost_pico is 1420000000, the entries give 1420000001/,
    ],
    [
      'a counter changed',
      "UPDATE entries SET output = output - 1 WHERE id = 'b'",
      /output is 250, the entries give 249/,
    ],
    ['an entry gone', "DELETE FROM entries WHERE id = 'a'", /requests|has no entries/],
    [
      'an entry moved to another hour',
      "UPDATE entries SET at = at + 3600000 WHERE id = 'a'",
      /no rollup|has no entries/,
    ],
    ['an entry given to another key', "UPDATE entries SET key_id = 'key-2' WHERE id = 'a'", /key key-2.*no rollup/],
    [
      'an entry made practice',
      "UPDATE entries SET practice = 1 WHERE id = 'a'",
      /requests is 1, the entries give 2|no rollup|no entries/,
    ],
    ['a rollup changed', "UPDATE rollups SET charge_whole = charge_whole + 1 WHERE grain = 'day'", /charge_whole/],
    [
      'a rollup of one grain changed',
      "UPDATE rollups SET requests = 5 WHERE grain = 'hour' AND state = 'ok'",
      /The hour from/,
    ],
    ['a rollup gone', "DELETE FROM rollups WHERE grain = 'day'", /The day from .*there are entries and no rollup/],
    [
      'a rollup of a day without entries',
      'INSERT INTO rollups SELECT grain, start - 86400000 * 30, organisation_id, team_id, key_id, provider, model, route, state, cost_currency, charge_currency, practice, requests, attempts, input, cached_input, cache_write, cache_write_1h, output, reasoning, cost_whole, cost_pico, charge_whole, charge_pico FROM rollups',
      /the rollup has no entries/,
    ],
    ['an entry that cannot be read', "UPDATE entries SET attempts = '[' WHERE id = 'c'", /Entry c cannot be read/],
  ])('finds %s', async (_what, statement, problem) => {
    await using books = await openSample()
    tamper(books, statement)
    const found = await books.reader.verify()
    expect(found.ok).toBe(false)
    expect(found.problems).toEqual(expect.arrayContaining([expect.stringMatching(problem)]))
  })

  it('finds a byte changed in the database file', async () => {
    await using books = await openSample()
    await books.store.close()
    const path = join(books.path, 'paddock.db')
    const file = readFileSync(path)
    file.write('key-7', file.indexOf('key-1'))
    writeFileSync(path, file)
    await using again = await openStoredBooksIn(books.path)
    const found = await again.reader.verify()
    expect(found.ok).toBe(false)
    expect(found.problems[0]).toMatch(/^The database file is damaged: /)
  })

  it('stops listing at a hundred problems, and is as sure as before', async () => {
    await using books = await openStoredBooks()
    const rows = Array.from({ length: 150 }, (_, index) => entryRow(entryFor(`r${index}`, { key_id: `key-${index}` })))
    books.ledger.write({ rows, checkpoint: { segment: SEGMENT, position: 0 }, durable: false })
    tamper(books, 'UPDATE rollups SET requests = 2')
    const found = await books.reader.verify()
    expect(found).toMatchObject({ ok: false, entries: 150 })
    expect(found.problems.length).toBe(100)
  })

  it('counts what is quarantined, and leaves the judgement to the operator', async () => {
    await using books = await openSample()
    mkdirSync(join(books.path, 'journal', 'quarantine'), { recursive: true })
    writeFileSync(join(books.path, 'journal', 'quarantine', `${SEGMENT}@17`), 'rubbish')
    expect(await books.reader.verify()).toMatchObject({ ok: true, quarantined: 1 })
  })

  it('finds settled requests that the ledger lacks', async () => {
    await using books = await openSample()
    const buffer = new FrameBuffer()
    for (const id of ['a', 'missing']) writeRecord(buffer, { kind: 'settle', value: entryFor(id) })
    mkdirSync(join(books.path, 'journal'), { recursive: true })
    writeFileSync(join(books.path, 'journal', SEGMENT), buffer.bytes)
    const found = await books.reader.verify()
    expect(found).toMatchObject({ ok: false, undrained: 1 })
    expect(found.problems).toEqual(['1 settled requests are in the journal and not in the ledger.'])
  })

  it('waits for a drain that is on its way', async () => {
    await using books = await openSample()
    const buffer = new FrameBuffer()
    writeRecord(buffer, { kind: 'settle', value: entryFor('late') })
    mkdirSync(join(books.path, 'journal'), { recursive: true })
    writeFileSync(join(books.path, 'journal', SEGMENT), buffer.bytes)
    // Drained while the entries are gone through.
    const onProgress = (): void => {
      books.ledger.write({
        rows: [entryRow(entryFor('late'))],
        checkpoint: { segment: SEGMENT, position: buffer.bytes.length },
        durable: false,
      })
    }
    expect(await books.reader.verify({ onProgress })).toMatchObject({ ok: true, entries: 4, undrained: 0 })
  })
})

describe('[B26] pricing again', () => {
  const quoted =
    (amount: string, rows: readonly string[]): Requote =>
    () => ({ state: 'priced', amount: amount as Decimal, currency: 'CNY', rows, lines: [], notes: [] })
  const rows = ['lab/small@CNY:2024-01-01']

  it('counts the entries that come out the same', async () => {
    await using books = await openStoredBooks()
    books.ledger.write({
      rows: [entryRow(entryFor('a'))],
      checkpoint: { segment: SEGMENT, position: 0 },
      durable: false,
    })
    expect(await books.reader.verify({ requote: quoted('0.001420000000', rows) })).toMatchObject({
      ok: true,
      requoted: 1,
    })
  })

  it('finds an amount that its own price rows do not give', async () => {
    await using books = await openStoredBooks()
    books.ledger.write({
      rows: [entryRow(entryFor('a'))],
      checkpoint: { segment: SEGMENT, position: 0 },
      durable: false,
    })
    const found = await books.reader.verify({ requote: quoted('0.001420000001', rows) })
    expect(found).toMatchObject({ ok: false, requoted: 0 })
    expect(found.problems).toEqual(['Entry a costs 0.001420000000 CNY; its price rows give 0.001420000001.'])
  })

  it.each([
    ['other rows would price it now', quoted('9.000000000000', ['lab/small@CNY:2024-06-01'])],
    [
      'the book knows no price',
      (() => ({ state: 'unpriced', amount: null, currency: null, rows: [], lines: [], notes: ['gone'] })) as Requote,
    ],
    ['nobody can say', (() => null) as Requote],
  ])('says nothing where %s', async (_why, requote) => {
    await using books = await openStoredBooks()
    books.ledger.write({
      rows: [entryRow(entryFor('a'))],
      checkpoint: { segment: SEGMENT, position: 0 },
      durable: false,
    })
    expect(await books.reader.verify({ requote })).toMatchObject({ ok: true, requoted: 0 })
  })
})
