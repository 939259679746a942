import { join } from 'node:path'
import type { Entry } from '../server/src/books/entry.ts'
import { systemClock } from '../server/src/base/clock.ts'
import { openBooks } from '../server/src/books/books.ts'
import { entryRow, type EntryRow } from '../server/src/books/entry-row.ts'
import { openLedger } from '../server/src/books/ledger.ts'
import { journalFolder } from '../server/src/books/journal-files.ts'
import { openReader } from '../server/src/books/reader.ts'
import { openStore } from '../server/src/store/store.ts'
import { entryFor, intentOf, priceOutput } from '../tests/stand-ins/samples.ts'
import { tempFolder } from '../tests/stand-ins/temp-folder.ts'

/** The books alone: a request is an intent, an attempt and a settle, each durable where it has to be. */

const figures: Record<string, number> = {}
const CLIENTS: readonly number[] = [1, 32, 512]
const REQUESTS: Readonly<Record<number, number>> = { 1: 3_000, 32: 30_000, 512: 100_000 }
const LEDGER_ROWS = 100_000
const BATCHES: readonly number[] = [1, 16, 128]

for (const clients of CLIENTS) await measureRequests(clients, REQUESTS[clients] ?? 0)
await measureLedger()
console.log(JSON.stringify(figures))

/** Intent, attempt, settle and the drain, by so many clients at once. */
async function measureRequests(clients: number, requests: number): Promise<void> {
  using folder = tempFolder()
  const store = openStore(join(folder.path, 'paddock.db'))
  const options = { folder: folder.path, store, clock: systemClock, price: priceOutput }
  const books = await openBooks(options)
  const waits: number[] = []
  let begun = 0
  const client = async (): Promise<void> => {
    while (begun < requests) {
      const id = `r${(begun += 1)}`
      const start = performance.now()
      await books.intend(intentOf(id))
      waits.push(performance.now() - start)
      books.attempt({ id, provider: 'lab', model: 'small', started_at: '2024-05-21T12:00:00.003Z' })
      await books.settle(sample(begun, id))
    }
  }
  const [start, processor] = [performance.now(), process.cpuUsage()]
  await Promise.all(Array.from({ length: clients }, client))
  const seconds = (performance.now() - start) / 1000
  await books.drained()
  const { user, system } = process.cpuUsage(processor)
  await books.close()
  await store.close()

  const sorted = waits.toSorted((one, other) => one - other)
  figures[`${clients} clients: durable records a second`] = rounded((requests * 2) / seconds)
  figures[`${clients} clients: processor µs a request, drained`] = rounded((user + system) / requests)
  figures[`${clients} clients: intent µs, half of them within`] = rounded((sorted[requests >> 1] ?? 0) * 1000)
  figures[`${clients} clients: intent µs, 99 of 100 within`] = rounded(
    (sorted[Math.floor(requests * 0.99)] ?? 0) * 1000,
  )
}

/** Rows a second into the database by size of batch, and how fast everything is added up anew. */
async function measureLedger(): Promise<void> {
  using folder = tempFolder()
  const store = openStore(join(folder.path, 'paddock.db'))
  const ledger = await openLedger(store)
  let made = 0
  for (const size of BATCHES) {
    const rows = Array.from({ length: LEDGER_ROWS / (size === 1 ? 10 : 1) }, (): EntryRow =>
      entryRow(sample(made, `row${(made += 1)}`)),
    )
    const start = performance.now()
    for (let from = 0; from < rows.length; from += size) {
      ledger.write({ rows: rows.slice(from, from + size), checkpoint: { segment: '', position: from }, durable: false })
    }
    figures[`ledger rows a second in batches of ${size}`] = rounded((rows.length / (performance.now() - start)) * 1000)
  }
  const reader = openReader({ store, files: journalFolder(join(folder.path, 'journal')), price: priceOutput })
  const start = performance.now()
  const { entries } = await reader.verify()
  figures['entries verified a second'] = rounded((entries / (performance.now() - start)) * 1000)
  await reader.close()
}

function sample(number: number, id: string): Entry {
  return entryFor(id, { key_id: `key-${number % 20}`, duration_ms: number % 5_000 })
}

function rounded(value: number): number {
  return Math.round(value)
}
