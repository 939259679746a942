import type { AttemptRecord } from '@paddock/contract/entry'
import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { openStoredBooks, openStoredBooksIn, type StoredBooks } from '../../../tests/stand-ins/open-store.ts'
import { entryFor, money } from '../../../tests/stand-ins/samples.ts'
import { tempFolder } from '../../../tests/stand-ins/temp-folder.ts'
import { entryRow } from './entry-row.ts'
import type { Entry } from './entry.ts'
import { retryLoss } from './retry-loss.ts'
import { readLosses } from './whatif/read-losses.ts'

type Called = Pick<AttemptRecord, 'provider' | 'model'> & Partial<AttemptRecord>

function attempt(called: Called): AttemptRecord {
  return {
    outcome: 'timeout',
    status: 200,
    error: null,
    started_at: '2024-05-21T12:00:00.000Z',
    duration_ms: 9,
    ...called,
  }
}

/** Answered by lab/small for 1 CNY, charged 1.1; before that two others were asked, the first one twice. */
function retried(id: string, changes: Partial<Entry> = {}): Entry {
  const attempts = [
    attempt({ provider: 'dear', model: 'large', cost: money('0.25', 'USD') }),
    attempt({ provider: 'lab', model: 'small', cost: money('0.000000000001', 'CNY') }),
    attempt({ provider: 'dear', model: 'large', cost: money('0.5', 'USD') }),
    attempt({ provider: 'dear', model: 'unpriced', cost: money(null, null) }),
    attempt({ provider: 'lab', model: 'small', outcome: 'ok' }),
  ]
  const amounts = { cost: money('1', 'CNY'), charge: money('1.1', 'CNY') }
  return entryFor(id, { ...amounts, attempts, retry_loss: retryLoss(attempts), ...changes })
}

function write({ ledger }: StoredBooks, entries: readonly Entry[]): void {
  ledger.write({ rows: entries.map(entryRow), checkpoint: { segment: '', position: 0 }, durable: false })
}

describe('[B65] what attempts without an answer cost', () => {
  it('is told by the entry, one amount for each currency, and comes back from the ledger', async () => {
    await using books = await openStoredBooks()
    write(books, [retried('a'), entryFor('b')])
    const [lost, none] = [await books.ledger.find('a'), await books.ledger.find('b')]
    expect(lost?.retry_loss).toEqual([money('0.000000000001', 'CNY'), money('0.750000000000', 'USD')])
    expect(lost).toMatchObject({ cost: { amount: '1.000000000000' }, charge: { amount: '1.100000000000' } })
    expect(none).not.toHaveProperty('retry_loss')
  })

  it('counts at the provider and model that bills it, in its own currency, and is never charged', async () => {
    await using books = await openStoredBooks()
    write(books, [retried('a'), retried('b')])
    const rollups = await books.reader.rollups({ grain: 'day' })
    const told = rollups.map(({ provider, model, requests, cost, charge }) => [
      provider,
      model,
      requests,
      cost,
      charge.amount,
    ])
    expect(told).toHaveLength(2)
    expect(told).toEqual(
      expect.arrayContaining([
        ['dear', 'large', 0, money('1.500000000000', 'USD'), '0.000000000000'],
        ['lab', 'small', 2, money('2.000000000002', 'CNY'), '2.200000000000'],
      ]),
    )
  })

  it('is part of what verify adds up', async () => {
    await using books = await openStoredBooks()
    write(books, [retried('a'), retried('practised', { practice: true })])
    expect(await books.reader.verify()).toMatchObject({
      ok: true,
      totals: { CNY: '1.000000000001', USD: '0.750000000000' },
      practice_totals: { CNY: '1.000000000001', USD: '0.750000000000' },
    })
  })

  it('is expected on the bill of its provider, as an estimate, whoever answered the request', async () => {
    await using books = await openStoredBooks()
    write(books, [
      retried('a'),
      retried('practised', { practice: true }),
      retried('later', { at: '2024-05-22T12:00:00.000Z' }),
    ])
    const span = { from: '2024-05-21', to: '2024-05-22', zone: 'UTC' }
    expect(await books.reader.booked({ ...span, provider: 'dear' })).toEqual([
      {
        day: '2024-05-21',
        model: 'large',
        currency: 'USD',
        amount: 750_000_000_000n,
        entries: 0,
        orphans: 0n,
        estimated: 750_000_000_000n,
      },
    ])
    expect(await books.reader.booked({ ...span, provider: 'lab' })).toMatchObject([
      { model: 'small', amount: 1_000_000_000_001n, entries: 1, estimated: 1n },
    ])
  })

  it('is named by a what-if of the same traffic, found without looking at all entries', async () => {
    await using books = await openStoredBooks()
    write(books, [
      retried('a'),
      retried('practised', { practice: true }),
      retried('other key', { key_id: 'key-2' }),
      retried('later', { at: '2024-05-22T12:00:00.000Z' }),
      ...Array.from({ length: 50 }, (_, index) => entryFor(`whole-${index}`)),
    ])
    const asked = { from: Date.parse('2024-05-21'), to: Date.parse('2024-05-22') }
    const once = [money('0.000000000001', 'CNY'), money('0.750000000000', 'USD')]
    const twice = [money('0.000000000002', 'CNY'), money('1.500000000000', 'USD')]
    expect(await readLosses(books.tables, { ...asked, traffic: {} })).toEqual(twice)
    expect(await readLosses(books.tables, { ...asked, traffic: { key: 'key-2' } })).toEqual(once)
    expect(await readLosses(books.tables, { ...asked, traffic: { key: 'key-3' } })).toEqual([])
    const { rows } = await sql<{ detail: string }>`
      EXPLAIN QUERY PLAN SELECT attempts FROM entries WHERE instr(attempts, '"cost":') > 0 AND at >= 0`.execute(
      books.tables,
    )
    expect(rows.map(({ detail }) => detail).join()).toContain('entries_lost')
  })

  it('gets into the sums of a ledger of an earlier version when that is opened', async () => {
    using folder = tempFolder()
    {
      await using books = await openStoredBooksIn(folder.path)
      write(books, [retried('a')])
      const undo = [
        "DELETE FROM rollups WHERE provider = 'dear'",
        'UPDATE rollups SET cost_pico = cost_pico - 1',
        'DROP INDEX entries_lost',
        "DELETE FROM migrations WHERE name = '2026-11-28-retry-loss'",
      ]
      for (const statement of undo) books.store.batch({ durable: true }, (run) => run(statement, []))
      expect(await books.reader.verify()).toMatchObject({ ok: false })
    }
    await using books = await openStoredBooksIn(folder.path)
    expect(await books.reader.verify()).toMatchObject({ ok: true, totals: { USD: '0.750000000000' } })
  })
})
