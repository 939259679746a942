import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import type { EntryRecord } from '@paddock/contract/entry'
import { describe, expect, it } from 'vitest'
import { openStoredBooks, openStoredBooksIn, type StoredBooks } from '../stand-ins/open-store.ts'
import { parseCsv } from '../stand-ins/parse-csv.ts'
import { runElsewhere, sourceUrl } from '../stand-ins/run-elsewhere.ts'
import { entryFor, money } from '../stand-ins/samples.ts'
import { seeded, type Seeded } from '../seed.ts'
import { isoInstant } from '../../server/src/base/clock.ts'
import { openLeagues } from '../../server/src/leagues/leagues.ts'
import { leaguesMigrations } from '../../server/src/leagues/tables.ts'
import { openPriceBook } from '../../server/src/prices/book.ts'
import { openFxTable } from '../../server/src/prices/fx.ts'
import { copyDatabase } from '../../server/src/store/sqlite.ts'
import { readBudgetRules } from '../../server/src/books/budgets/rules.ts'
import { entryRow } from '../../server/src/books/entry-row.ts'
import { rebuildSums } from '../../server/src/books/rebuild.ts'
import { correctionOf } from '../../server/src/books/reprice.ts'
import { forgetMonths, type ForgetRequest, type ForgottenMonth } from '../../server/src/books/retention/forget.ts'
import { digestSums } from '../../server/src/books/retention/digest.ts'
import { latestMark } from '../../server/src/books/retention/latest-mark.ts'
import { completeFrom } from '../../server/src/books/retention/mark.ts'
import { addMonths, markedMonthOf, markOf, monthOf } from '../../server/src/books/retention/month.ts'

const DAY_MS = 86_400_000
const ZONE = 'Asia/Shanghai'
const JANUARY = Date.parse('2024-01-01')
const MARK = Date.parse('2024-03-31')

const prices = openPriceBook({
  folder: 'pricebook',
  billingCurrency: () => null,
  operatorRows: [
    // A limit that is on no edge of the cells: such prices are worked out from entries.
    {
      place: 'test',
      raw: {
        model: 'lab/odd',
        currency: 'CNY',
        per: '1000000',
        input: '1',
        output: '2',
        variants: [{ when: { input_tokens: { gt: '500' } }, input: '2' }],
      },
    },
    { place: 'test', raw: { model: 'lab/flat', currency: 'CNY', per: '1000000', input: '1', output: '2' } },
  ],
})
const pricing = { prices, fx: openFxTable([]), bookName: (provider: string, model: string) => `${provider}/${model}` }

function randomEntry(random: Seeded, index: number): EntryRecord {
  const cost = money(`${random.below(90)}.${String(random.below(1e12)).padStart(12, '0')}`, random.pick(['CNY', 'USD']))
  return entryFor(`r${index}`, {
    at: isoInstant(JANUARY + random.below(150 * DAY_MS)),
    key_id: `key-${random.below(4)}`,
    end_user: random.pick([null, 'ann', 'bob']),
    team_id: random.pick(['search', 'support']),
    model: random.pick(['small', 'large']),
    practice: random.below(12) === 0,
    usage: { ...entryFor('').usage, input: random.below(1_000) },
    cost,
    charge: cost,
  })
}

function write({ ledger }: StoredBooks, entries: readonly EntryRecord[]): void {
  for (let start = 0; start < entries.length; start += 1_000)
    ledger.write({
      rows: entries.slice(start, start + 1_000).map(entryRow),
      checkpoint: { segment: 'j-00000001-00000001.log', position: start },
      durable: false,
    })
}

/** A quarter and more of random entries, and corrections of some of them. */
async function openFilled(random: Seeded, count = 1_000): Promise<StoredBooks & { readonly entries: EntryRecord[] }> {
  const books = await openStoredBooks()
  await books.store.migrate(leaguesMigrations)
  const requests = Array.from({ length: count }, (_, index) => randomEntry(random, index))
  const corrections = requests
    .filter((_, index) => index % 50 === 0)
    .map((entry) =>
      correctionOf(entry, {
        kind: 'correction',
        cost: money('-0.100000000000', entry.cost.currency),
        charge: money(null, null),
        number: 1,
        reason: 'credit',
        now: JANUARY + 160 * DAY_MS,
      }),
    )
  const last = entryFor('last', { at: isoInstant(JANUARY + 149 * DAY_MS) })
  const entries = [...requests, ...corrections, last]
  write(books, entries)
  return { ...books, entries }
}

async function forget(
  books: Pick<StoredBooks, 'store'>,
  changes: Partial<ForgetRequest> = {},
): Promise<ForgottenMonth[]> {
  const months: ForgottenMonth[] = []
  for await (const month of forgetMonths(books.store, { before: '2024-04', zone: ZONE, archive: null, ...changes }))
    months.push(month)
  return months
}

/** Everything that must be the same whether entries are there or not. */
async function sumsOf({ tables, reader, store }: StoredBooks): Promise<unknown> {
  const year = { from: JANUARY, to: JANUARY + 366 * DAY_MS, step: 366 * DAY_MS }
  const days = { from: JANUARY / DAY_MS, to: JANUARY / DAY_MS + 160 }
  const leagues = openLeagues({ store, zone: ZONE })
  const whatIf = await reader.whatIf(
    { from: JANUARY, to: JANUARY + 160 * DAY_MS, model: 'lab/flat', listAt: null, groupBy: 'route' },
    pricing,
  )
  return {
    sums: await digestSums(tables, { from: 0n, to: BigInt(year.to) }),
    spent: await reader.charged({ subject: { scope: 'team', id: null }, ...year }),
    active: await leagues.activity({ dimension: 'all', value: '', ...days }),
    standings: await leagues.standings({ dimension: 'model', limit: 9, ...days }),
    whatIf: { ...whatIf, assumptions: [] },
  }
}

async function idsIn({ tables }: StoredBooks): Promise<string[]> {
  const rows = await tables.selectFrom('entries').select('id').execute()
  return rows.map(({ id }) => id).toSorted()
}

const idsOf = (entries: readonly EntryRecord[]): string[] => entries.map(({ id }) => id).toSorted()
const isOld = ({ at }: EntryRecord): boolean => Date.parse(at) < MARK

describe('forgetting', () => {
  it('[B70] [B72] removes whole months of entries, and every sum stays as it was, and is watched', async () => {
    const random = seeded()
    const message = `seed ${random.seed}`
    await using books = await openFilled(random)
    const folder = join(books.path, 'archive')
    await openLeagues({ store: books.store, zone: ZONE }).collect()
    const before = await sumsOf(books)

    expect(await forget(books, { dryRun: true }), message).toHaveLength(3)
    expect(await idsIn(books), message).toHaveLength(books.entries.length)
    const months = await forget(books, { archive: { folder, format: 'csv' } })

    expect(months.map(({ month }) => month)).toEqual(['2024-01', '2024-02', '2024-03'])
    expect(months.map(({ to }) => to)).toEqual([
      '2024-01-31T00:00:00.000Z',
      '2024-02-29T00:00:00.000Z',
      '2024-03-31T00:00:00.000Z',
    ])
    expect(await idsIn(books), message).toEqual(idsOf(books.entries.filter((entry) => !isOld(entry))))
    expect(await sumsOf(books), message).toEqual(before)
    expect(await books.reader.verify(), message).toMatchObject({
      ok: true,
      complete_from: isoInstant(MARK),
      forgotten: books.entries.filter(isOld).length,
      entries: books.entries.filter((entry) => !isOld(entry)).length,
    })

    // What was archived is what is gone, and nobody has changed it since.
    const archived: string[] = []
    for (const { archive } of months) {
      const bytes = readFileSync(archive?.file ?? '')
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      expect([sha256, readFileSync(`${archive?.file}.sha256`, 'utf8').slice(0, 64)]).toEqual([
        archive?.sha256,
        archive?.sha256,
      ])
      const [head = [], ...rows] = parseCsv(bytes.toString())
      archived.push(...rows.map((row) => row[head.indexOf('id')] ?? ''))
    }
    expect(archived.toSorted(), message).toEqual(idsOf(books.entries.filter(isOld)))
    expect(await forget(books)).toEqual([])

    // Made anew from the entries there are, sums before the mark stay what they are.
    await books.tables.transaction().execute(async (whole) => rebuildSums(whole, { from: await completeFrom(whole) }))
    await openLeagues({ store: books.store, zone: ZONE }).rebuild()
    expect(await sumsOf(books), message).toEqual(before)
    write(books, [entryFor('new', { at: isoInstant(MARK + DAY_MS) })])
    expect(await books.reader.verify(), message).toMatchObject({ ok: true })

    const [old] = await books.tables.selectFrom('rollups').selectAll().where('start', '<', BigInt(MARK)).execute()
    await books.tables
      .updateTable('rollups')
      .set({ cost_pico: ((old?.cost_pico ?? 0n) + 1n) % 1_000_000_000_000n })
      .where('grain', '=', old?.grain ?? 'day')
      .where('start', '=', old?.start ?? 0n)
      .execute()
    const found = await books.reader.verify()
    expect(found.ok).toBe(false)
    expect(found.problems[0]).toBe(`The sums of 2024-01 are others than when its entries were forgotten.`)
  })

  it('[B71] that is killed at any instant is finished by the next run, and no sum and no archived entry is lost', async () => {
    const random = seeded()
    const message = `seed ${random.seed}`
    await using books = await openFilled(random, 3_000)
    await openLeagues({ store: books.store, zone: ZONE }).collect()
    const before = await sumsOf(books)
    const folder = join(books.path, 'archive')
    let kills = 0
    for (let round = 0; round < 4; round += 1) {
      const child = runElsewhere(SCRIPT, join(books.path, 'paddock.db'), folder)
      const exited = once(child, 'exit')
      await once(child.stdout, 'data')
      await after(random.below(150))
      child.kill('SIGKILL')
      if ((await exited)[1] === 'SIGKILL') kills += 1
      expect(await sumsOf(books), message).toEqual(before)
    }
    expect(await books.reader.verify(), message).toMatchObject({ ok: true })
    expect(kills, message).toBeGreaterThan(0)
    await forget(books, { archive: { folder, format: 'jsonl' } })
    expect(await sumsOf(books), message).toEqual(before)
    expect(await idsIn(books), message).toEqual(idsOf(books.entries.filter((entry) => !isOld(entry))))
    const archived = readdirSync(folder)
      .filter((name) => name.endsWith('.jsonl'))
      .flatMap((name) => readFileSync(join(folder, name), 'utf8').trim().split('\n'))
      .map((line) => JSON.parse(line) as EntryRecord)
    expect(idsOf(archived), message).toEqual(idsOf(books.entries.filter(isOld)))
  }, 60_000)

  it('[B71] keeps a month whose sums are wrong, and one that somebody else has archived', async () => {
    await using books = await openFilled(seeded(), 300)
    const folder = join(books.path, 'archive')
    mkdirSync(folder)
    writeFileSync(join(folder, 'entries-2024-01.csv'), 'of another server')
    await expect(forget(books, { archive: { folder, format: 'csv' } })).rejects.toThrow('holds other entries')
    await books.tables.updateTable('rollups').set({ attempts: 99n }).execute()
    await expect(forget(books)).rejects.toThrow('The sums of 2024-01 do not agree with its entries')
    expect(await idsIn(books)).toHaveLength(books.entries.length)
  })

  it('[B72] gives no number of a row away twice, so that the leagues miss none, after a backup too', async () => {
    await using books = await openStoredBooks()
    await books.store.migrate(leaguesMigrations)
    const old = Array.from({ length: 40 }, (_, index) => entryFor(`old-${index}`, { at: '2024-01-05T00:00:00.000Z' }))
    write(books, old)
    await openLeagues({ store: books.store, zone: ZONE }).collect()
    await forget(books)
    const path = join(books.path, 'backup')
    mkdirSync(path)
    copyDatabase(join(books.path, 'paddock.db'), join(path, 'paddock.db'))
    await using restored = await openStoredBooksIn(path)
    for (const { store, ledger } of [books, restored]) {
      ledger.write({ rows: [entryRow(entryFor('new'))], checkpoint: { segment: '', position: 0 }, durable: false })
      expect(await openLeagues({ store, zone: ZONE }).collect()).toBe(1)
    }
  })
})

const SCRIPT = `
  import { openStore } from '${sourceUrl('server/src/store/store.ts')}'
  import { forgetMonths } from '${sourceUrl('server/src/books/retention/forget.ts')}'
  const [path, folder] = process.argv.slice(1)
  const store = openStore(path)
  process.stdout.write('begins')
  for await (const month of forgetMonths(store, { before: '2024-04', zone: '${ZONE}', archive: { folder, format: 'jsonl' } }));
  await store.close()`

describe('[B73] what needs forgotten entries', () => {
  it('says from when on they are complete', async () => {
    await using books = await openFilled(seeded(), 300)
    const asked = [
      () => books.reader.invoices({ month: '2024-03', zone: ZONE, by: 'team' as const }),
      () => books.reader.booked({ provider: 'lab', from: '2024-03-30', to: '2024-04-05', zone: 'UTC' }),
      async () => {
        const by = { pricing, charge: (_: EntryRecord, cost: EntryRecord['cost']) => cost, now: 0 }
        for await (const each of books.reader.reprice({ from: MARK - 1, to: MARK + DAY_MS }, by)) return each
        return null
      },
    ]
    for (const ask of asked) expect(await ask()).not.toBeUndefined()
    await forget(books)
    for (const ask of asked)
      await expect(ask()).rejects.toMatchObject({
        code: 'entries_forgotten',
        message: expect.stringContaining('Entries are complete from 2024-03-31T00:00:00.000Z') as string,
      })
    expect(await books.reader.invoices({ month: '2024-04', zone: ZONE, by: 'team' })).not.toEqual([])
  })

  it('is told apart by what-if, which knows what was paid all the same', async () => {
    await using books = await openFilled(seeded())
    const ask = () =>
      books.reader.whatIf(
        { from: JANUARY, to: MARK + 10 * DAY_MS, model: 'lab/odd', listAt: null, groupBy: 'route' },
        pricing,
      )
    const whole = await ask()
    await forget(books)
    const left = await ask()
    const gone = books.entries.filter((entry) => isOld(entry) && entry.kind === 'request' && !entry.practice)
    expect([left.total.before, left.total.requests]).toEqual([whole.total.before, whole.total.requests])
    expect(whole.total.unpriced.after).toBe(0)
    // A cell in which no request is longer than the limit has one price, and needs no entries.
    expect(left.total.unpriced.after).toBeGreaterThan(0)
    expect(left.total.unpriced.after).toBeLessThanOrEqual(gone.length)
    expect(left.assumptions.join(' ')).toContain('entries are complete only from 2024-03-31T00:00:00.000Z')
    const within = await books.reader.whatIf(
      { from: JANUARY + 1, to: JANUARY + DAY_MS, model: 'lab/flat', listAt: null, groupBy: null },
      pricing,
    )
    expect(within.assumptions.join(' ')).toContain('Requests from 2024-01-01T00:00:00.001Z')
  })
})

describe('[B70] months', () => {
  it('are those of the zone, and their marks midnights that no sum is split by', () => {
    for (const zone of ['UTC', ZONE, 'America/New_York', 'Asia/Kathmandu', 'Pacific/Kiritimati']) {
      for (let at = JANUARY; at < JANUARY + 400 * DAY_MS; at += 25_000_000) {
        const month = markedMonthOf(at, zone)
        const [mark, next] = [markOf(month, zone), markOf(addMonths(month, 1), zone)]
        expect(mark <= at && at < next, `${zone} ${isoInstant(at)}`).toBe(true)
        expect(mark % DAY_MS).toBe(0)
        // Of a month that is wanted, nothing is on the other side of its mark.
        expect(at >= markOf(monthOf(at, zone), zone)).toBe(true)
      }
    }
  })

  it('that budgets still count from entries cannot be forgotten', () => {
    const now = Date.parse('2024-06-10')
    const rules = (window: string) =>
      readBudgetRules([
        { scope: 'end_user', amount: '1 CNY', window },
        { scope: 'key', amount: '1 CNY', window: '900d' },
      ])
    expect(latestMark(now, ZONE, { rules: readBudgetRules(), neededFrom: null })).toBe('2024-05')
    expect(latestMark(now, ZONE, { rules: rules('month'), neededFrom: null })).toBe('2024-05')
    expect(latestMark(now, ZONE, { rules: rules('30d'), neededFrom: null })).toBe('2024-05')
    expect(latestMark(now, ZONE, { rules: rules('90d'), neededFrom: null })).toBe('2024-03')
  })
})
