import Big from 'big.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { entryRow } from '../entry-row.ts'
import type { Entry } from '../entry.ts'
import { seeded } from '../../../../tests/seed.ts'
import { openStoredBooks, type StoredBooks } from '../../../../tests/stand-ins/open-store.ts'
import { parseCsv } from '../../../../tests/stand-ins/parse-csv.ts'
import { randomEntry } from '../../../../tests/stand-ins/random-entry.ts'
import { entryFor, money } from '../../../../tests/stand-ins/samples.ts'
import { invoiceCsv, invoiceHtml } from './write-invoice.ts'

function write(books: StoredBooks, entries: readonly Entry[]): void {
  books.ledger.write({ rows: entries.map(entryRow), checkpoint: { segment: '', position: 0 }, durable: false })
}

const random = seeded()

describe('invoices', () => {
  it(`[B62] add up to the charges of the month, to the last digit (seed ${random.seed})`, async () => {
    await using books = await openStoredBooks()
    const entries = Array.from({ length: 3_000 }, (_, index) => {
      const [entry] = fc.sample(randomEntry(`e${index}`), { seed: random.below(2 ** 31), numRuns: 1 })
      if (!entry) throw new Error('no entry was made')
      return { ...entry, at: new Date(Date.parse('2024-04-29') + random.below(35 * 86_400_000)).toISOString() }
    })
    write(books, entries)
    const asked = [
      { by: 'team', zone: 'Asia/Shanghai', start: 'T16:00' },
      { by: 'key', zone: 'Asia/Shanghai', start: 'T16:00' },
      // Its months begin within an hour of UTC.
      { by: 'key', zone: 'Asia/Kolkata', start: 'T18:30' },
    ] as const
    for (const { by, zone, start } of asked) {
      const invoices = await books.reader.invoices({ month: '2024-05', zone, by })
      const ofMonth = entries.filter(
        ({ at, practice, charge, trial }) =>
          // What races make themselves is nobody's bill.
          !practice &&
          (trial?.mirror_of ?? null) === null &&
          charge.amount !== null &&
          at >= `2024-04-30${start}` &&
          at < `2024-05-31${start}`,
      )
      const sums: Record<string, Big> = {}
      for (const { exact, held_back, currency } of invoices)
        sums[currency] = (sums[currency] ?? new Big(0)).plus(exact).plus(held_back.exact)
      const expected: Record<string, Big> = {}
      for (const { charge } of ofMonth)
        expected[charge.currency ?? ''] = (expected[charge.currency ?? ''] ?? new Big(0)).plus(charge.amount ?? 0)
      expect(Object.keys(sums).length).toBeGreaterThan(1)
      expect(mapped(sums)).toEqual(mapped(expected))
      for (const { lines, total, exact, residue, held_back } of invoices) {
        const added = lines.reduce((sum, line) => sum.plus(line.amount), new Big(0))
        expect(added.toFixed(2)).toBe(new Big(total).toFixed(2))
        expect(new Big(total).minus(residue).eq(exact)).toBe(true)
        for (const line of lines) expect(new Big(line.exact).round(2, Big.roundHalfEven).toFixed(2)).toBe(line.amount)
        expect(held_back.requests).toBeGreaterThanOrEqual(0)
      }
      const requests = invoices.flatMap(({ lines, held_back }) => [
        ...lines.map((line) => line.requests),
        held_back.requests,
      ])
      expect(requests.reduce((sum, count) => sum + count, 0)).toBe(ofMonth.length)
    }
  })

  it('hold back requests whose end nobody knows', async () => {
    await using books = await openStoredBooks()
    const charge = money('2.5', 'CNY')
    write(books, [entryFor('a', { charge }), entryFor('b', { charge, state: 'orphan' })])
    const [invoice, ...more] = await books.reader.invoices({ month: '2024-05', zone: 'UTC', by: 'key' })
    expect(more).toEqual([])
    expect(invoice).toMatchObject({
      number: '2024-05-key-1-CNY',
      total: '2.50',
      held_back: { requests: 1, exact: '2.500000000000' },
    })
    expect(await books.reader.invoices({ month: '2024-05', zone: 'UTC', by: 'team', team: 'nobody' })).toEqual([])
    expect(await books.reader.invoices({ month: '2024-06', zone: 'UTC', by: 'team' })).toEqual([])
  })

  it('can be read by a spreadsheet and by people, whatever a team is called', async () => {
    await using books = await openStoredBooks()
    write(books, [entryFor('a', { charge: money('1234.567', 'CNY'), model: '<b>&"small"' })])
    const [invoice] = await books.reader.invoices({ month: '2024-05', zone: 'UTC', by: 'team' })
    if (!invoice) throw new Error('there is one invoice')
    const recipient = { organisation: 'Acme, "Ltd"', team: '=1+1', key: null }
    const [head = [], row = []] = parseCsv(invoiceCsv([{ invoice, recipient }]))
    const cells = Object.fromEntries(head.map((name, index) => [name, row[index]]))
    expect(cells).toMatchObject({
      organisation: 'Acme, "Ltd"',
      team: "'=1+1",
      amount: '1234.57',
      exact: '1234.567000000000',
    })
    for (const [language, word] of [
      ['en', 'Invoice'],
      ['zh', '账单'],
      ['ja', '請求書'],
    ] as const) {
      const page = invoiceHtml(invoice, recipient, language)
      expect(page).toContain(`<h1>${word}</h1>`)
      expect(page).toContain('lab/&lt;b&gt;&amp;&quot;small&quot;')
      expect(page).toContain('1,234.57')
      expect(page).not.toMatch(/<b>|https?:|<script/)
    }
  })
})

function mapped(sums: Readonly<Record<string, Big>>): Record<string, string> {
  return Object.fromEntries(Object.entries(sums).map(([currency, sum]) => [currency, sum.toFixed(12)]))
}
