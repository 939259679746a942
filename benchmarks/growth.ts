import { statSync } from 'node:fs'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { entryRow, type EntryRow } from '../server/src/books/entry-row.ts'
import { journalFolder } from '../server/src/books/journal-files.ts'
import { openLedger, type Ledger } from '../server/src/books/ledger.ts'
import { openReader, type BooksReader } from '../server/src/books/reader.ts'
import { openLeagues, type Leagues } from '../server/src/leagues/leagues.ts'
import { leaguesMigrations } from '../server/src/leagues/tables.ts'
import { openPriceBook } from '../server/src/prices/book.ts'
import { openFxTable } from '../server/src/prices/fx.ts'
import { openStore } from '../server/src/store/store.ts'
import { entryFor, priceOutput } from '../tests/stand-ins/samples.ts'
import { tempFolder } from '../tests/stand-ins/temp-folder.ts'

/**
 * Whether the books stay as fast as they grow: one ledger of a month is filled to ten million entries, and at every power of
 * ten on the way it is measured what the next entries cost, and how long it takes to ask something of all of them. Ten million
 * take half an hour; ENTRIES=1000000 for a quick look.
 */

const ENTRIES = Number(process.env['ENTRIES'] ?? 10_000_000)
const SIZES = [10_000, 100_000, 1_000_000, 10_000_000, 100_000_000].filter((size) => size <= ENTRIES)
/** So many before each size are measured. */
const MEASURED = 5_000
/** As the drain writes them where it has enough to write. */
const BATCH = 128
const FROM = Date.parse('2026-09-01')
const TO = Date.parse('2026-10-01')
const MODELS = ['deepseek-flash', 'deepseek-v4-pro', 'deepseek-v4-flash', 'deepseek-chat'] as const
const USERS = 400_000

type Books = {
  readonly file: string
  readonly ledger: Ledger
  readonly reader: BooksReader
  readonly leagues: Leagues
}

const pricing = {
  prices: openPriceBook({ folder: 'pricebook', billingCurrency: () => 'CNY' }),
  bookName: (provider: string, model: string) => `${provider}/${model}`,
  fx: openFxTable([]),
}

using folder = tempFolder()
const file = join(folder.path, 'paddock.db')
const store = openStore(file)
const books: Books = {
  file,
  ledger: await openLedger(store),
  reader: openReader({ store, files: journalFolder(join(folder.path, 'journal')), price: priceOutput }),
  leagues: openLeagues({ store, zone: 'UTC' }),
}
await store.migrate(leaguesMigrations)

const load = [loadavg()[0] ?? 0]
const sizes: Record<string, Record<string, number>> = {}
let made = 0
for (const size of SIZES) {
  write(size - MEASURED)
  await books.leagues.collect()
  sizes[size] = await measure(size)
  console.error(`${size} entries: ${JSON.stringify(sizes[size])}`)
}
load.push(loadavg()[0] ?? 0)
await books.reader.close()
console.log(JSON.stringify({ load, sizes }))

async function measure(size: number): Promise<Record<string, number>> {
  const written = write(size)
  const counted = await processorMicroseconds(() => books.leagues.collect())
  const verified = await processorMicroseconds(async () => {
    const { entries } = await books.reader.verify()
    if (entries !== size) throw new Error(`there should be ${size} entries and there are ${entries}`)
  })
  const question = { from: FROM, to: TO, model: 'zhipu/glm-4.5-air', listAt: null, groupBy: 'route' } as const
  const [from, to] = [FROM / 86_400_000, TO / 86_400_000]
  return {
    drainMicroseconds: rounded(written / MEASURED),
    leaguesMicroseconds: rounded(counted / MEASURED),
    verifyMicroseconds: rounded(verified / size),
    whatIfMs: rounded(await timed(() => books.reader.whatIf(question, pricing))),
    activeMs: rounded(await timed(() => books.leagues.active({ dimension: 'all', value: '', from, to }))),
    newestHundredMs: rounded(await timed(newestHundred)),
    bytesAnEntry: Math.round(statSync(books.file).size / size),
  }
}

async function newestHundred(): Promise<void> {
  let read = 0
  for await (const _entry of books.reader.entries({ limit: 100 })) read += 1
  if (read !== 100) throw new Error(`a hundred entries were asked for and ${read} came`)
}

/** Writes entries until there are so many; returns the processor's microseconds that the ledger took. */
function write(size: number): number {
  let microseconds = 0
  while (made < size) {
    const rows = Array.from({ length: Math.min(BATCH, size - made) }, nextRow)
    const start = process.cpuUsage()
    books.ledger.write({ rows, checkpoint: { segment: '', position: made }, durable: false })
    microseconds += used(start)
  }
  return microseconds
}

/** Entries come in the order of their time, as real ones do; some people ask far more than others. */
function nextRow(): EntryRow {
  const number = made
  made += 1
  return entryRow(
    entryFor(`e${String(number).padStart(12, '0')}`, {
      at: new Date(FROM + Math.floor((number / ENTRIES) * (TO - FROM))).toISOString(),
      provider: 'deepseek',
      model: MODELS[number % MODELS.length] ?? MODELS[0],
      route: number % 3 === 0 ? 'chat' : 'code',
      key_id: `key-${number % 50}`,
      user_id: String(Math.floor(((number * 7_919) % USERS) ** 2 / USERS)),
      app: `app-${number % 5}`,
    }),
  )
}

async function processorMicroseconds(work: () => Promise<unknown>): Promise<number> {
  const start = process.cpuUsage()
  await work()
  return used(start)
}

function used(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since)
  return user + system
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

function rounded(value: number): number {
  return Number(value.toPrecision(3))
}
