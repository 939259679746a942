import type { EntryRecord } from '@paddock/contract/entry'
import type { ChargedQuery } from '../../server/src/books/budgets/charged.ts'
import { subjectName, subjectNames } from '../../server/src/books/budgets/subject.ts'
import { chargeOf } from '../../server/src/books/budgets/tally.ts'
import { entryOf, type EntryRow } from '../../server/src/books/entry-row.ts'
import type { ChargedInLedger, Ledger, LedgerBatch } from '../../server/src/books/ledger.ts'
import { isBefore, type Place } from '../../server/src/books/segment.ts'

/** A ledger in memory that loses its last commits when the power goes, as SQLite in WAL mode with synchronous=NORMAL may. */
export class MemoryLedger implements Ledger {
  /** While set, every write fails with it. */
  failure: Error | null = null
  readonly #batches: LedgerBatch[]

  constructor(batches: readonly LedgerBatch[] = []) {
    this.#batches = [...batches]
  }

  get rows(): ReadonlyMap<string, EntryRow> {
    const rows = new Map<string, EntryRow>()
    for (const row of this.#batches.flatMap((batch) => batch.rows)) if (!rows.has(row.id)) rows.set(row.id, row)
    return rows
  }

  checkpoint(): Promise<Place | null> {
    const places = this.#batches.map(({ checkpoint }) => checkpoint)
    return Promise.resolve(
      places.reduce<Place | null>((last, place) => (last && isBefore(place, last) ? last : place), null),
    )
  }

  write(batch: LedgerBatch): void {
    if (this.failure) throw this.failure
    this.#batches.push(batch)
  }

  secure(checkpoint: Place): Promise<void> {
    this.write({ rows: [], checkpoint, durable: true })
    return Promise.resolve()
  }

  tidy(): Promise<void> {
    return Promise.resolve()
  }

  find(id: string): Promise<EntryRecord | null> {
    const row = this.rows.get(id)
    return Promise.resolve(row ? entryOf(row) : null)
  }

  charged({ subject }: ChargedQuery, ids: () => Iterable<string>): Promise<ChargedInLedger> {
    const { rows } = this
    const entries = [...rows.values()]
      .map(entryOf)
      .filter((entry) => subject.id === null || subjectNames(entry).includes(subjectName(subject)))
    const charges = entries.map(chargeOf).filter((charge) => charge !== null)
    return Promise.resolve({ charges, present: new Set([...ids()].filter((id) => rows.has(id))) })
  }

  /** What is left after a power cut: everything up to the last durable batch, and `keep(n)` of the n batches after it. */
  afterPowerCut(keep: (batches: number) => number): MemoryLedger {
    const durable = this.#batches.findLastIndex((batch) => batch.durable) + 1
    return new MemoryLedger(this.#batches.slice(0, durable + keep(this.#batches.length - durable)))
  }

  afterKill(): MemoryLedger {
    return new MemoryLedger(this.#batches)
  }
}
