import { startBooks, type Books, type BooksLimits } from '../../server/src/books/books.ts'
import { NO_BUDGETS, type BudgetPolicy } from '../../server/src/books/budgets/policy.ts'
import type { BooksEvent } from '../../server/src/books/event.ts'
import { MemoryDisk } from './memory-disk.ts'
import { MemoryLedger } from './memory-ledger.ts'
import { priceOutput, stoppedClock } from './samples.ts'

export type TestBooks = AsyncDisposable & {
  readonly books: Books
  readonly disk: MemoryDisk
  readonly ledger: MemoryLedger
  readonly events: BooksEvent[]
  readonly clock: ReturnType<typeof stoppedClock>
}

export type TestOptions = {
  readonly disk?: MemoryDisk
  readonly ledger?: MemoryLedger
  readonly limits?: Partial<BooksLimits>
  readonly budgets?: BudgetPolicy
}

/** Books on a disk and a ledger in memory. */
export async function openTestBooks(options: TestOptions = {}): Promise<TestBooks> {
  const disk = options.disk ?? new MemoryDisk()
  const ledger = options.ledger ?? new MemoryLedger()
  const clock = stoppedClock()
  const events: BooksEvent[] = []
  const books = await startBooks({
    files: disk,
    ledger,
    clock,
    price: priceOutput,
    budgets: options.budgets ?? NO_BUDGETS,
    limits: {
      segmentBytesMax: 65_536,
      segmentMsMax: 300_000,
      ballastBytes: 4_096,
      undrainedBytesMax: 2 ** 30,
      batchRowsMax: 128,
      handedRowsMax: 2_048,
      handedBytesMax: 2 ** 20,
      ...options.limits,
    },
    // A killed process goes on no more: its disk never answers.
    pause: () => disk.list(),
    onEvent: (event) => events.push(event),
    onClosed: () => undefined,
  })
  return { books, disk, ledger, events, clock, [Symbol.asyncDispose]: () => books.close() }
}
