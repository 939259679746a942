import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Decimal } from '@paddock/contract/decimal'
import type { Quote } from '@paddock/contract/quote'
import { describe, expect, it } from 'vitest'
import { parseCsv } from '../../../tests/stand-ins/parse-csv.ts'
import { entryFor, money, priceOutput } from '../../../tests/stand-ins/samples.ts'
import { tempFolder } from '../../../tests/stand-ins/temp-folder.ts'
import { systemClock } from '../base/clock.ts'
import { entryRow } from '../books/entry-row.ts'
import type { Entry } from '../books/entry.ts'
import { openLedger } from '../books/ledger.ts'
import { openBooksForCommand } from '../books/open-for-command.ts'
import type { PriceBook } from '../prices/book.ts'
import { openConnection } from '../store/sqlite.ts'
import { openStore } from '../store/store.ts'
import { booksCommand } from './books.ts'
import type { CliContext } from './context.ts'

const noLeagues = (): Promise<never> => Promise.reject(new Error('this command counts no members'))

type Ran = { readonly lines: string[]; readonly notes: string[]; readonly written: string; readonly exitCode: number }
type Shop = Disposable & { readonly path: string; run(...words: readonly string[]): Promise<Ran> }

const QUOTE: Quote = {
  state: 'priced',
  amount: '0.001420000000' as Decimal,
  currency: 'CNY',
  rows: ['lab/small@CNY:2024-01-01'],
  lines: [],
  notes: [],
}

const entries: readonly Entry[] = [
  entryFor('a'),
  entryFor('b', { at: '2024-05-22T00:00:00.000Z', model: 'large', key_id: 'key-2', cost: money('2', 'USD') }),
  entryFor('c', {
    at: '2024-05-23T00:00:00.000Z',
    state: 'unpriced',
    cost: money(null, null),
    charge: money(null, null),
    app: '=1+1',
  }),
]

/** A data folder with three entries, and the command as a person runs it there. */
async function openShop(settled: readonly Entry[] = entries): Promise<Shop> {
  const folder = tempFolder()
  const open = (): ReturnType<typeof openStore> => openStore(join(folder.path, 'paddock.db'))
  const store = open()
  const ledger = await openLedger(store)
  ledger.write({
    rows: settled.map(entryRow),
    checkpoint: { segment: 'j-00000001-00000001.log', position: 0 },
    durable: false,
  })
  await store.close()
  const run = async (...words: readonly string[]): Promise<Ran> => {
    const ran = { lines: [] as string[], notes: [] as string[], written: '', exitCode: 0 }
    const context = {
      clock: systemClock,
      output: {
        terminal: false,
        line: (text: string) => ran.lines.push(text),
        json: (value: unknown) => ran.lines.push(JSON.stringify(value)),
        table: (head: readonly string[], rows: readonly (readonly string[])[]) => {
          for (const row of [head, ...rows]) ran.lines.push(row.join(' | '))
        },
        note: (text: string) => ran.notes.push(text),
        write: (text: string) => {
          ran.written += text
          return Promise.resolve()
        },
      },
      openPrices: () => Promise.resolve({ quote: () => QUOTE } as unknown as PriceBook),
      openBooks: () =>
        openBooksForCommand({ folder: folder.path, store: open(), clock: systemClock, price: priceOutput }),
    } as unknown as CliContext
    process.exitCode = 0
    try {
      await booksCommand(context, { openLeagues: noLeagues, racesNeedFrom: () => Promise.resolve(null) })
        .exitOverride()
        .parseAsync(words, { from: 'user' })
      return { ...ran, exitCode: process.exitCode }
    } finally {
      process.exitCode = 0
    }
  }
  return { path: folder.path, run, [Symbol.dispose]: () => folder[Symbol.dispose]() }
}

describe('books entries', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['oldest first', [], ['a', 'b', 'c']],
    ['newest first', ['--latest'], ['c', 'b', 'a']],
    ['at most so many', ['--limit', '2'], ['a', 'b']],
    ['from a day on', ['--from', '2024-05-22'], ['b', 'c']],
    ['up to an instant', ['--to', '2024-05-22T08:00:00+08:00'], ['a']],
    ['of a key', ['--key', 'key-2'], ['b']],
    ['of a model', ['--model', 'lab/large'], ['b']],
    ['in a state', ['--state', 'unpriced'], ['c']],
  ])('lists %s', async (_what, words, ids) => {
    using shop = await openShop()
    const { lines } = await shop.run('entries', '--json', ...words)
    expect(lines.map((line) => (JSON.parse(line) as Entry).id)).toEqual(ids)
  })

  it('gives each entry whole, one a line', async () => {
    using shop = await openShop()
    const { lines } = await shop.run('entries', '--json', '--limit', '1')
    expect(lines.map((line) => JSON.parse(line) as Entry)).toEqual([entries[0]])
  })

  it('shows a table to a person', async () => {
    using shop = await openShop()
    const { lines } = await shop.run('entries')
    expect(lines).toEqual([
      'AT | ID | STATE | MODEL | IN | OUT | COST | ',
      '2024-05-21T12:00:00.000Z | a | ok | lab/small | 1000 | 250 | 0.001420000000 CNY | ',
      '2024-05-22T00:00:00.000Z | b | ok | lab/large | 1000 | 250 | 2.000000000000 USD | ',
      '2024-05-23T00:00:00.000Z | c | unpriced | lab/small | 1000 | 250 | no price | ',
    ])
  })

  it('shows a person no more than fifty unasked, and says so', async () => {
    using shop = await openShop(Array.from({ length: 60 }, (_, index) => entryFor(`r${index}`)))
    const short = await shop.run('entries')
    expect(short.lines.length).toBe(51)
    expect(short.notes).toEqual(['The first 50. --limit shows more, --latest the newest.'])
    expect((await shop.run('entries', '--json')).lines.length).toBe(60)
    expect((await shop.run('entries', '--limit', '55')).lines.length).toBe(56)
  })

  it.each([
    [['--from', 'yesterday'], '--from takes a day such as'],
    [['--to', '2024-02-30'], '--to takes a day such as'],
    [['--from', '2024-06-01', '--to', '2024-05-01'], 'is after --to'],
    [['--limit', '0'], '--limit takes a whole number'],
    [['--limit', 'ten'], '--limit takes a whole number'],
    [['--state', 'fine'], '--state takes one of ok, client_gone'],
  ])('refuses %j and says what it takes', async (words, message) => {
    using shop = await openShop()
    await expect(shop.run('entries', ...words)).rejects.toMatchObject({
      code: 'argument_invalid',
      message: expect.stringContaining(message) as string,
    })
  })
})

describe('books show', () => {
  it('gives one entry', async () => {
    using shop = await openShop()
    expect(JSON.parse((await shop.run('show', 'b', '--json')).lines[0] ?? '')).toEqual({
      ...entries[1],
      cost: money('2.000000000000', 'USD'),
    })
    expect((await shop.run('show', 'b')).lines[0]).toContain('"attempts": [')
  })

  it('says where to look when there is none', async () => {
    using shop = await openShop()
    await expect(shop.run('show', 'z')).rejects.toMatchObject({
      code: 'argument_invalid',
      message: expect.stringContaining('"z"') as string,
    })
  })
})

describe('books verify', () => {
  it('exits 0 when all agrees', async () => {
    using shop = await openShop()
    const json = await shop.run('verify', '--json')
    expect(json.exitCode).toBe(0)
    expect(JSON.parse(json.lines[0] ?? '')).toEqual({
      ok: true,
      complete_from: null,
      forgotten: 0,
      entries: 3,
      totals: { CNY: '0.001420000000', USD: '2.000000000000' },
      costs: { CNY: '0.001420000000', USD: '2.000000000000' },
      retry_loss: {},
      practice_totals: {},
      requoted: 1,
      unchecked: 0,
      problems: [],
      undrained: 0,
      quarantined: 0,
    })
    expect((await shop.run('verify')).lines).toEqual([
      '3 entries, and every sum agrees.',
      '0.001420000000 CNY',
      '2.000000000000 USD',
    ])
  })

  it('[B74] exits 1 when one byte of one row was changed, and names the row', async () => {
    using shop = await openShop()
    const connection = openConnection(join(shop.path, 'paddock.db'), 0)
    connection.exec("UPDATE entries SET answered_model = 'smalk-2024-05-01' WHERE id = 'a'")
    connection.close()
    const { lines, exitCode } = await shop.run('verify')
    expect(exitCode).toBe(1)
    expect(lines.slice(0, 2)).toEqual([
      '3 entries, and something does not agree:',
      '  Row a of entries is not as it was written: its bytes were changed.',
    ])
  })

  it('[B65] says which part of a total is that of what-if', async () => {
    const cost = money('0.25', 'USD')
    const attempt = { provider: 'lab', model: 'large', outcome: 'timeout', status: null, error: null } as const
    const lost = { ...attempt, started_at: '2024-05-21T12:00:00.000Z', duration_ms: 9, cost }
    using shop = await openShop([entryFor('a'), entryFor('b', { attempts: [lost], cost: money('2', 'USD') })])
    const { lines } = await shop.run('verify')
    expect(lines).toContain(
      '2.250000000000 USD = 2.000000000000 for answers (the COST of "books whatif") + 0.250000000000 for attempts that gave none',
    )
    const verified = JSON.parse((await shop.run('verify', '--json')).lines[0] ?? '') as Record<string, unknown>
    expect(verified).toMatchObject({
      totals: { CNY: '0.001420000000', USD: '2.250000000000' },
      costs: { CNY: '0.001420000000', USD: '2.000000000000' },
      retry_loss: { USD: '0.250000000000' },
    })
  })

  it('exits 1 when something does not', async () => {
    using shop = await openShop([...entries, entryFor('d', { cost: money('7', 'CNY') })])
    const { lines, exitCode } = await shop.run('verify')
    expect(exitCode).toBe(1)
    expect(lines).toContain('  Entry d costs 7.000000000000 CNY; its price rows give 0.001420000000.')
  })
})

describe('books export', () => {
  it('writes CSV to standard output', async () => {
    using shop = await openShop()
    const rows = parseCsv((await shop.run('export')).written)
    expect(rows.map(([id]) => id)).toEqual(['id', 'a', 'b', 'c'])
    expect(rows[3]).toContain("'=1+1")
  })

  it.each([[['--format', 'jsonl']], [['--json']]])('writes JSON lines with %j', async (words) => {
    using shop = await openShop()
    const { written } = await shop.run('export', ...words)
    expect(
      written
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as Entry).id),
    ).toEqual(['a', 'b', 'c'])
  })

  it('chooses entries as the list does', async () => {
    using shop = await openShop()
    const rows = parseCsv((await shop.run('export', '--latest', '--limit', '2')).written)
    expect(rows.map(([id]) => id)).toEqual(['id', 'c', 'b'])
  })

  it('writes a file, whole or not at all', async () => {
    using shop = await openShop()
    const path = join(shop.path, 'may.csv')
    writeFileSync(path, 'of last time')
    expect((await shop.run('export', '--out', path, '--from', '2024-05-22')).written).toBe('')
    expect(parseCsv(readFileSync(path, 'utf8')).map(([id]) => id)).toEqual(['id', 'b', 'c'])
    expect(existsSync(`${path}.part`)).toBe(false)
  })

  it('says so when the file cannot be written', async () => {
    using shop = await openShop()
    const path = join(shop.path, 'none', 'may.csv')
    await expect(shop.run('export', '--out', path)).rejects.toMatchObject({
      code: 'argument_invalid',
      message: expect.stringContaining(path) as string,
    })
  })

  it('knows two formats', async () => {
    using shop = await openShop()
    await expect(shop.run('export', '--format', 'xlsx')).rejects.toMatchObject({
      code: 'argument_invalid',
      message: '--format takes one of csv, jsonl; got "xlsx".',
    })
  })
})
