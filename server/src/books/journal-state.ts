import type { AttemptStart, Entry, Intent } from './entry.ts'
import type { JournalRecord, ProgressMark } from './record.ts'
import type { Place } from './segment.ts'

/** A request that has begun and not been settled, with all the journal knows of it. */
export type OpenRequest = {
  readonly intent: Intent
  readonly attempts: readonly AttemptStart[]
  readonly progress: ProgressMark | null
}

/** The same while it is built: changed in place, for it is done for every request. */
type Growing = {
  readonly intent: Intent
  readonly attempts: AttemptStart[]
  progress: ProgressMark | null
  /** Whether an attempt has begun, written or not. */
  hasBegun: boolean
  /** The first of them, as long as the intent says enough of it. */
  unwritten: AttemptStart | null
}

const NOTHING: readonly AttemptStart[] = []

/** Where a settled entry that is not in the ledger yet can be read. */
export type Undrained = Place & { readonly bytes: number; readonly endedAt: string }

/**
 * What the durable part of the journal says that the ledger does not: which requests are open, which entries are on their
 * way. Writing and recovery both build it with `apply`, record by record.
 */
export class JournalState {
  readonly #open = new Map<string, Growing>()
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
        this.#open.set(record.value.id, {
          intent: record.value,
          attempts: [],
          progress: null,
          hasBegun: false,
          unwritten: null,
        })
        break
      case 'attempt':
        this.#open.get(record.value.id)?.attempts.push(record.value)
        break
      case 'progress':
        this.#progress(record.value)
        break
      case 'settle':
        this.#settle(record.value, place)
        break
    }
  }

  /**
   * An attempt begins: what has to be written of that. Most requests make one, to the model their intent names: then that is
   * told already, and the first one is written with the second.
   */
  begin(start: AttemptStart): readonly AttemptStart[] {
    const open = this.#open.get(start.id)
    if (!open) return [start]
    const isFirst = !open.hasBegun
    open.hasBegun = true
    if (isFirst && start.provider === open.intent.provider && start.model === open.intent.model) {
      open.unwritten = start
      return NOTHING
    }
    const first = open.unwritten
    open.unwritten = null
    return first ? [first, start] : [start]
  }

  /** These entries are in the ledger now. */
  drained(entries: readonly { readonly id: string }[]): void {
    for (const { id } of entries) this.#undrained.delete(id)
  }

  #progress(mark: ProgressMark): void {
    const open = this.#open.get(mark.id)
    if (open) open.progress = mark
  }

  /** The first settle of an id stands, here as in the ledger. */
  #settle(entry: Entry, { segment, position, bytes }: Place & { readonly bytes: number }): void {
    this.#open.delete(entry.id)
    if (this.#undrained.has(entry.id)) return
    this.#undrained.set(entry.id, { segment, position, bytes, endedAt: entry.ended_at })
    this.#onSettled(entry)
  }
}
