import { join } from 'node:path'
import { entryRow, type EntryRow } from '../server/src/books/entry-row.ts'
import { booksMigrations } from '../server/src/books/tables.ts'
import { openLedger } from '../server/src/books/ledger.ts'
import { BLOCK_MEMBERS, emptyBits, keep } from '../server/src/leagues/block.ts'
import { openLeagues } from '../server/src/leagues/leagues.ts'
import { leaguesMigrations } from '../server/src/leagues/tables.ts'
import { openStore, type Store } from '../server/src/store/store.ts'
import { entryFor } from '../tests/stand-ins/samples.ts'
import { tempFolder } from '../tests/stand-ins/temp-folder.ts'

/** Sixty million members in a month, and a million entries counted one by one and compared with a set. */

const MEMBERS = 60_000_000
const DAYS = 30
const ENTRIES = 1_000_000
const BATCH = 10_000
const MINUTE_MS = 60_000
const START = Date.parse('2024-05-01T00:00:00Z')
const FIRST_DAY = START / 86_400_000

const figures: Record<string, number> = {}
await measureUnion()
await measureCounting()
console.log(JSON.stringify(figures))

/** The worst case for memory and time: half of all, here and there in every block, on every day. */
async function measureUnion(): Promise<void> {
  using folder = tempFolder()
  const store = await open(folder.path)
  const blocks = Math.ceil(MEMBERS / BLOCK_MEMBERS)
  let state = 1
  for (let block = 0; block < blocks; block += 1) {
    const bits = emptyBits()
    for (let index = 0; index < bits.length; index += 1) {
      // A linear congruential generator (Numerical Recipes): any bits will do.
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0
      bits[index] = state
    }
    const members = keep(bits)
    store.batch({ durable: false }, (run) => {
      for (let day = 0; day < DAYS; day += 1)
        run("INSERT INTO league_days (dimension, value, block, day, members) VALUES ('all', '', ?, ?, ?)", [
          block,
          FIRST_DAY + day,
          members,
        ])
    })
  }
  store.batch({ durable: false }, (run) =>
    run("INSERT INTO league_members (ordinal, organisation_id, member, first_day) VALUES (?, 'org', 'last', 0)", [
      MEMBERS - 1,
    ]),
  )
  const leagues = openLeagues({ store, zone: 'UTC' })
  const before = process.memoryUsage.rss()
  const start = performance.now()
  const active = await leagues.active({ dimension: 'all', value: '', from: FIRST_DAY, to: FIRST_DAY + DAYS })
  figures['60 million members: month of 30 days, ms'] = Math.round(performance.now() - start)
  figures['60 million members: mebibytes more in memory'] = Math.round((process.memoryUsage.rss() - before) / 2 ** 20)
  figures['60 million members: millions active'] = Math.round(active / 1e6)
  await store.close()
}

async function measureCounting(): Promise<void> {
  using folder = tempFolder()
  const store = await open(folder.path)
  const ledger = await openLedger(store)
  const seen = new Set<number>()
  const rowsFrom = (first: number): EntryRow[] =>
    Array.from({ length: BATCH }, (_, index) => {
      const number = first + index
      const user = Math.floor(((number * 7_919) % 400_000) ** 2 / 400_000)
      seen.add(user)
      const at = new Date(START + ((number * 37) % (DAYS * 1_440)) * MINUTE_MS).toISOString()
      return entryRow(entryFor(`e${number}`, { at, user_id: String(user), app: `app-${number % 5}` }))
    })
  for (let first = 0; first < ENTRIES; first += BATCH)
    ledger.write({ rows: rowsFrom(first), checkpoint: { segment: '', position: first }, durable: false })
  const leagues = openLeagues({ store, zone: 'UTC' })
  const start = performance.now()
  const counted = await leagues.collect()
  figures['entries counted a second'] = Math.round(counted / ((performance.now() - start) / 1000))
  const active = await leagues.active({ dimension: 'all', value: '', from: FIRST_DAY, to: FIRST_DAY + DAYS })
  figures['a million entries: members found, less members in a set'] = active - seen.size
  await store.close()
}

async function open(folder: string): Promise<Store> {
  const store = openStore(join(folder, 'paddock.db'))
  await store.migrate({ ...booksMigrations, ...leaguesMigrations })
  return store
}
