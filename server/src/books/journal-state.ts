import type { AttemptStart, Entry, Intent } from './entry.ts'
import type { JournalRecord, ProgressMark } from './record.ts'
import type { Place } from './segment.ts'

/** A request that has begun and not been settled, with all the journal knows of it. */
export type OpenRequest = {
  readonly intent: Intent
  readonly attempts: readonly AttemptStart[]
  readonly progress: ProgressMark | null
}

/** Where a settled entry that is not in the ledger yet can be read. */
export type Undrained = Place & { readonly bytes: number; readonly endedAt: string }

/**
 * What the durable part of the journal says that the ledger does not: which requests are open, which entries are on their
 * way. Writing and recovery both build it with `apply`, record by record.
 */
export class JournalState {
  readonly #open = new Map<string, OpenRequest>()
  readonly #undrained = new Map<string, Undrained>()
  #onSettled: (entry: Entry) => void = () => undefined

  /** From now on told of every entry in the instant it is durable. */
  watch(onSettled: (entry: Entry) => void): void {
    this.#onSettled = onSettled
  }

  get open(): ReadonlyMap<string, OpenRequest> {
    return this.#open
  }

  /** In the order they were settled. */
  get undrained(): ReadonlyMap<string, Undrained> {
    return this.#undrained
  }

  /** Takes note of a durable record. Applying one again changes nothing. */
  apply(record: JournalRecord, place: Place & { readonly bytes: number }): void {
    switch (record.kind) {
      case 'head':
        break
      case 'intent':
        this.#open.set(record.value.id, { intent: record.value, attempts: [], progress: null })
        break
      case 'attempt':
        this.#change(record.value.id, (open) => ({ ...open, attempts: [...open.attempts, record.value] }))
        break
      case 'progress':
        this.#change(record.value.id, (open) => ({ ...open, progress: record.value }))
        break
      case 'settle':
        this.#settle(record.value, { ...place, endedAt: record.value.ended_at })
        break
    }
  }

  /** These entries are in the ledger now. */
  drained(entries: readonly { readonly id: string }[]): void {
    for (const { id } of entries) this.#undrained.delete(id)
  }

  #change(id: string, change: (open: OpenRequest) => OpenRequest): void {
    const open = this.#open.get(id)
    if (open) this.#open.set(id, change(open))
  }

  /** The first settle of an id stands, here as in the ledger. */
  #settle(entry: Entry, undrained: Undrained): void {
    this.#open.delete(entry.id)
    if (this.#undrained.has(entry.id)) return
    this.#undrained.set(entry.id, undrained)
    this.#onSettled(entry)
  }
}
