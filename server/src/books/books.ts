import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { EntryRecord } from '@paddock/contract/entry'
import type { ErrorCode } from '@paddock/contract/errors'
import { isoInstant, type Clock } from '../base/clock.ts'
import type { PaddockError } from '../base/errors.ts'
import { lockFolder } from '../store/lock.ts'
import type { Store } from '../store/store.ts'
import { openBudgets, type Budgets } from './budgets/budgets.ts'
import { readCharges } from './budgets/read-charges.ts'
import { NO_BUDGETS, type BudgetPolicy } from './budgets/policy.ts'
import { Drain } from './drain.ts'
import { entryRow, recordable } from './entry-row.ts'
import type { AttemptStart, Entry, Intent, Progress } from './entry.ts'
import type { OnBooksEvent } from './event.ts'
import { Handover, type HandoverLimits } from './handover.ts'
import { Journal } from './journal.ts'
import { journalFolder, type JournalFiles } from './journal-files.ts'
import { JournalState } from './journal-state.ts'
import { openLedger, type Ledger } from './ledger.ts'
import { orphanEntry, type PriceUsage } from './orphan.ts'
import { Quarantine } from './quarantine.ts'
import { readEntry } from './read-entry.ts'
import type { JournalRecord } from './record.ts'
import { recover } from './recover.ts'
import { booksClosed, journalBacklog, storageFull } from './refusal.ts'
import { segmentName } from './segment.ts'
import { Space } from './space.ts'

/** What was promised to callers, on disk: a journal for the moment, a ledger for good. */
export type Books = {
  /** Who may spend how much: it knows of every entry in the instant it is durable. */
  readonly budgets: Budgets
  /**
   * Call before the first byte goes to a provider. Resolves when the intent is durable. Throws `storage_full` or
   * `journal_backlog` where nothing can be put on record: then nothing may be spent.
   */
  intend(intent: Intent): Promise<void>
  attempt(start: AttemptStart): void
  progress(progress: Progress): void
  /** Resolves when the entry is durable: only then may the last byte go to the caller. The first settle of an id stands. */
  settle(entry: Entry): Promise<void>
  /** The entry of a request that has been settled, whether or not it is in the ledger yet. */
  find(id: string): Promise<EntryRecord | null>
  /** Whether a request has a durable intent and no entry yet. */
  isOpen(id: string): boolean
  status(): BooksStatus
  /** Resolves when all that is settled by now is in the ledger. */
  drained(): Promise<void>
  /** Drains, and gives the data folder back. */
  close(): Promise<void>
}

export type BooksStatus = {
  /** False while new requests are refused; `reason` is the code they are refused with. */
  readonly accepting: boolean
  readonly reason: ErrorCode | null
  readonly openIntents: number
  readonly undrainedEntries: number
  readonly undrainedBytes: number
  readonly oldestUndrainedAgeMs: number
  /** True while the ledger takes no rows; the journal keeps them. */
  readonly drainFailing: boolean
  /** Requests that a crash left open and this run settled when it started. */
  readonly orphansRecovered: number
  /** Files in the quarantine folder: each is something an operator should look at. */
  readonly quarantined: number
}

export type BooksLimits = HandoverLimits & {
  readonly segmentBytesMax: number
  readonly segmentMsMax: number
  readonly ballastBytes: number
  readonly undrainedBytesMax: number
  /** Rows a transaction holds: it runs within one turn of the event loop, and requests wait for their turn meanwhile. */
  readonly batchRowsMax: number
}

export type BooksOptions = {
  /** The data folder. */
  readonly folder: string
  readonly store: Store
  readonly clock: Clock
  /** Prices what a crash left open. */
  readonly price: PriceUsage
  /** Left out: none. */
  readonly budgets?: BudgetPolicy
  readonly onEvent?: OnBooksEvent
}

const MEBIBYTE = 2 ** 20

const LIMITS: BooksLimits = {
  segmentBytesMax: 16 * MEBIBYTE,
  segmentMsMax: 300_000,
  ballastBytes: 32 * MEBIBYTE,
  undrainedBytesMax: 4096 * MEBIBYTE,
  batchRowsMax: 128,
  handedRowsMax: 2_048,
  handedBytesMax: 8 * MEBIBYTE,
}

/**
 * Opens the books of a data folder, which no other process may have open: throws `data_in_use`. What a crash left in the
 * journal is taken up again; requests that were open then are settled as orphans.
 */
export async function openBooks(options: BooksOptions): Promise<Books> {
  const lock = lockFolder(options.folder)
  try {
    return await startBooks({
      files: journalFolder(join(options.folder, 'journal')),
      ledger: await openLedger(options.store),
      clock: options.clock,
      price: options.price,
      budgets: options.budgets ?? NO_BUDGETS,
      limits: LIMITS,
      pause: sleep,
      onEvent: options.onEvent ?? (() => undefined),
      onClosed: () => {
        lock.release()
      },
    })
  } catch (failure) {
    lock.release()
    throw failure
  }
}

/** What the books are made of; tests put their own in place. */
export type BooksParts = {
  readonly files: JournalFiles
  readonly ledger: Ledger
  readonly clock: Clock
  readonly price: PriceUsage
  readonly budgets: BudgetPolicy
  readonly limits: BooksLimits
  readonly pause: (ms: number) => Promise<unknown>
  readonly onEvent: OnBooksEvent
  readonly onClosed: () => void
}

export async function startBooks(parts: BooksParts): Promise<Books> {
  const { files, ledger, limits, onEvent } = parts
  const state = new JournalState()
  const quarantine = await Quarantine.open(files, onEvent)
  const checkpoint = await ledger.checkpoint()
  const left = await recover({ files, checkpoint, state, quarantine, onEvent })
  const space = await Space.open({ files, ballastBytes: limits.ballastBytes, onEvent })
  const handover = new Handover({ segment: segmentName(left.boot, 1), position: 0 }, limits)
  const journal = new Journal({ ...parts, ...limits, ...left, space, state, handover })
  const drain = new Drain({ ...parts, ...limits, journal, state, handover, quarantine, space, from: checkpoint })
  return new RunningBooks({ ...parts, state, quarantine, space, journal, drain })
}

type Parts = BooksParts & {
  readonly state: JournalState
  readonly quarantine: Quarantine
  readonly space: Space
  readonly journal: Journal
  readonly drain: Drain
}

class RunningBooks implements Books {
  readonly budgets: Budgets
  readonly #parts: Parts
  readonly #settling = new Map<string, Promise<void>>()
  readonly #orphans: number
  /** Resolves when all that a crash left open is settled, and so counts as spent. */
  readonly #recovered: Promise<unknown>
  #closing: Promise<void> | null = null

  constructor(parts: Parts) {
    this.#parts = parts
    this.budgets = openBudgets({
      ...parts,
      ...parts.budgets,
      charged: async (query, ids) => {
        // Who cannot be put on record anyway does not wait for room until he is told.
        const refusal = this.#refusal()
        if (refusal) throw refusal
        await this.#recovered
        return readCharges(parts, query, ids)
      },
    })
    parts.state.watch((entry) => {
      this.budgets.settled(entry)
    })
    const orphans = [...parts.state.open.values()]
    this.#orphans = orphans.length
    // Not waited for: on a full disk they settle when there is room, and the server should be up to say so.
    this.#recovered = Promise.all(
      orphans.map((open) => this.settle(orphanEntry(open, parts.price)).catch(() => undefined)),
    )
    if (orphans.length > 0) parts.onEvent({ kind: 'orphans_settled', count: orphans.length })
    parts.drain.wake()
  }

  intend(intent: Intent): Promise<void> {
    const refusal = this.#refusal()
    return refusal ? Promise.reject(refusal) : this.#parts.journal.append({ kind: 'intent', value: intent })
  }

  attempt(start: AttemptStart): void {
    for (const value of this.#parts.state.begin(start)) this.#note({ kind: 'attempt', value })
  }

  progress(progress: Progress): void {
    this.#note({ kind: 'progress', value: { ...progress, at: isoInstant(this.#parts.clock.now()) } })
  }

  settle(entry: Entry): Promise<void> {
    const running = this.#settling.get(entry.id)
    if (running) return running
    if (this.#closing) return Promise.reject(booksClosed())
    const settled = this.#settleOnce(entry)
    this.#settling.set(entry.id, settled)
    const over = (): void => void this.#settling.delete(entry.id)
    settled.then(over, over)
    return settled
  }

  async find(id: string): Promise<EntryRecord | null> {
    const { files, ledger, state } = this.#parts
    const undrained = state.undrained.get(id)
    const inJournal = undrained ? await readEntry(files, undrained) : null
    return inJournal ?? ledger.find(id)
  }

  isOpen(id: string): boolean {
    return this.#parts.state.open.has(id)
  }

  status(): BooksStatus {
    const { journal, drain, quarantine, state } = this.#parts
    const refusal = this.#refusal()
    return {
      accepting: refusal === null,
      reason: refusal?.code ?? null,
      openIntents: state.open.size,
      undrainedEntries: state.undrained.size,
      undrainedBytes: journal.bytesAfter(drain.at),
      oldestUndrainedAgeMs: this.#oldestUndrainedAgeMs(),
      drainFailing: drain.failing,
      orphansRecovered: this.#orphans,
      quarantined: quarantine.count,
    }
  }

  async drained(): Promise<void> {
    await this.#parts.journal.flush()
    await this.#parts.drain.drained()
  }

  close(): Promise<void> {
    this.#closing ??= this.#end().finally(this.#parts.onClosed)
    return this.#closing
  }

  async #end(): Promise<void> {
    const { journal, drain, space, state } = this.#parts
    space.close()
    await Promise.allSettled(this.#settling.values())
    await journal.flush()
    const isInLedger = await drain.finish()
    await journal.close({ remove: isInLedger && state.open.size === 0 })
  }

  #refusal(): PaddockError | null {
    const { journal, drain, space, limits } = this.#parts
    if (this.#closing) return booksClosed()
    if (journal.failure) return journal.failure
    if (space.full) return storageFull()
    return journal.bytesAfter(drain.at) > limits.undrainedBytesMax ? journalBacklog(limits.undrainedBytesMax) : null
  }

  /** Nobody waits for it: it rides along with the next group, and a journal that fails tells so by other means. */
  #note(record: JournalRecord): void {
    void this.#parts.journal.append(record).catch(() => undefined)
  }

  async #settleOnce(entry: Entry): Promise<void> {
    const { journal, drain, ledger, state } = this.#parts
    const isOpen = state.open.has(entry.id)
    // Without an open intent this is a request that was refused before it had one, or one that was settled before.
    if (!isOpen && (state.undrained.has(entry.id) || (await ledger.find(entry.id)))) return
    const value = recordable(entry)
    // Made here, where the caller still can do something about an entry that is none, and handed to the drain.
    await journal.append({ kind: 'settle', value, row: entryRow(value) })
    drain.wake()
  }

  #oldestUndrainedAgeMs(): number {
    const { clock, state } = this.#parts
    for (const { endedAt } of state.undrained.values()) return Math.max(0, clock.now() - Date.parse(endedAt))
    return 0
  }
}
