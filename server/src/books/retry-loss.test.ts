import type { AttemptRecord } from '@paddock/contract/entry'
import { describe, expect, it } from 'vitest'
import { openStoredBooks, type StoredBooks } from '../../../tests/stand-ins/open-store.ts'
import { entryFor, money } from '../../../tests/stand-ins/samples.ts'
import { entryRow } from './entry-row.ts'
import type { Entry } from './entry.ts'
import { retryLoss } from './retry-loss.ts'

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
})
