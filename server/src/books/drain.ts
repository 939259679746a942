import { assert } from '../base/errors.ts'
import { deferred, type Deferred } from './deferred.ts'
import { endOfTurn } from './end-of-turn.ts'
import { entryRow, type EntryRow } from './entry-row.ts'
import type { OnBooksEvent } from './event.ts'
import { readFrames, type Frame, type Gap } from './frame.ts'
import type { Handover } from './handover.ts'
import type { Journal } from './journal.ts'
import type { JournalFiles } from './journal-files.ts'
import type { JournalState } from './journal-state.ts'
import type { Ledger } from './ledger.ts'
import { UNREADABLE, type Quarantine } from './quarantine.ts'
import { readSettle } from './record.ts'
import { isBefore, type Place, type Segment } from './segment.ts'
import type { Space } from './space.ts'

export type DrainOptions = {
  readonly files: JournalFiles
  readonly journal: Journal
  readonly state: JournalState
  readonly handover: Handover
  readonly ledger: Ledger
  readonly quarantine: Quarantine
  readonly space: Space
  readonly batchRowsMax: number
  /** Where the ledger stopped last time. */
  readonly from: Place | null
  readonly onEvent: OnBooksEvent
  readonly pause: (ms: number) => Promise<unknown>
}

/** The part of a segment that was read and is being worked through. */
type Source = {
  readonly segment: string
  readonly base: number
  readonly bytes: Buffer
  readonly pieces: Iterator<Frame | Gap, void>
  /** Up to where in the segment it has been worked through. */
  position: number
}

/** Bytes that cannot become a row. */
type Unusable = { readonly place: Place; readonly bytes: Buffer; readonly cause: string }

type Batch = { readonly rows: readonly EntryRow[]; readonly unusable: readonly Unusable[]; readonly end: Place }

/**
 * Rows are collected for a full batch, or this long after the first: a transaction of one row costs five times as much per row
 * as one of fifty.
 */
const REST_MS = 100
const PAUSE_MS_FIRST = 50
const PAUSE_MS_MAX = 5000
/** A ledger that takes nothing must not keep the process from ending: the journal is kept, and the next start drains it. */
const TRIES_WHEN_FINISHING = 5

/**
 * Brings settled entries from the journal into the ledger, in their order. What was settled a moment ago is handed over in
 * memory; what a crash left behind, and what there was no room for, is read from the journal's files. Either way the place in
 * the journal is the checkpoint.
 */
export class Drain {
  readonly #options: DrainOptions
  #at: Place
  #source: Source | null = null
  #woken = false
  #running: Promise<void> | null = null
  #resting: NodeJS.Timeout | null = null
  /** Set where it is time for rows that fill no batch, too. */
  #isDue = false
  #finishing = false
  #failures = 0
  #waiting: { readonly target: Place; readonly done: Deferred<void> }[] = []

  constructor(options: DrainOptions) {
    this.#options = options
    this.#at = options.from ?? { segment: '', position: 0 }
  }

  /** Up to where the ledger has everything. */
  get at(): Place {
    return this.#at
  }

  /** True from a failure until the next success. */
  get failing(): boolean {
    return this.#failures > 0
  }

  /** There is something to do, before long. */
  wake(): void {
    this.#woken = true
    // Whoever ends it says himself when to drain.
    if (this.#running || this.#finishing) return
    if (this.#hasFullBatch()) this.#start()
    // The process may end before: what is in the journal is safe, and the next start drains it.
    else
      this.#resting ??= setTimeout(() => {
        this.#isDue = true
        this.#start()
      }, REST_MS).unref()
  }

  /** Resolves when the ledger has all that is durable by now; rejects when the drain has given up. */
  async drained(): Promise<void> {
    const last = this.#options.journal.segments.at(-1)
    if (last === undefined) return
    const target = { segment: last.name, position: last.end }
    if (!isBefore(this.#at, target)) return
    const done = deferred()
    this.#waiting.push({ target, done })
    this.#start()
    await done.promise
  }

  /**
   * As `drained`, for the last time: gives up where the ledger keeps failing. True when the ledger has everything and
   * would have it after a power cut too, so that the journal may go.
   */
  async finish(): Promise<boolean> {
    this.#finishing = true
    try {
      await this.drained()
      await this.#running
      this.#options.ledger.write({ rows: [], checkpoint: this.#at, durable: true })
      return true
    } catch {
      return false
    }
  }

  #start(): void {
    if (this.#resting) clearTimeout(this.#resting)
    this.#resting = null
    this.#running ??= this.#run()
  }

  async #run(): Promise<void> {
    this.#woken = false
    do await endOfTurn()
    while (await this.#step())
    this.#running = null
    // What came meanwhile is collected again, unless somebody waits for it.
    if (this.#waiting.length > 0) this.#start()
    else if (this.#woken || this.#options.handover.size > 0) this.wake()
  }

  #hasFullBatch(): boolean {
    return this.#options.handover.size >= this.#options.batchRowsMax
  }

  /** One batch. False when there is nothing more to do, or no use in trying. */
  async #step(): Promise<boolean> {
    const { space } = this.#options
    // What room is left belongs to the requests that are still to settle.
    if (space.full && !this.#finishing) await space.nextLook()
    try {
      const batch = await this.#nextBatch()
      if (batch === null) return false
      await this.#store(batch)
      this.#succeed()
      return true
    } catch (cause) {
      return this.#fail(cause)
    }
  }

  async #nextBatch(): Promise<Batch | null> {
    if (this.#source === null) {
      const unread = this.#unread()
      // Nothing may be awaited in between: by then the hand-over may have left to the files what it had.
      if (unread === undefined) return this.#handedBatch()
      this.#source = await this.#readSource(unread)
    }
    return this.#readBatch(this.#source)
  }

  #handedBatch(): Batch | null {
    const { handover, journal, batchRowsMax } = this.#options
    if (!this.#isDue && this.#waiting.length === 0 && !this.#hasFullBatch()) return null
    const handed = handover.first(batchRowsMax)
    const last = journal.segments.at(-1)
    if (handed !== null && handover.size > handed.rows.length) return { ...handed, unusable: [] }
    // Behind the last row there is nothing for the ledger.
    const end = last && { segment: last.name, position: last.end }
    return end && isBefore(this.#at, end) ? { rows: handed?.rows ?? [], unusable: [], end } : null
  }

  /** The segment grows while it is read: what counts is its end as it was seen. */
  async #readSource({ name, end }: Segment): Promise<Source> {
    const base = name === this.#at.segment ? this.#at.position : 0
    await using file = await this.#options.files.open(name)
    const bytes = await file.read(base, end - base)
    assert(bytes.length === end - base, `all that was written to ${name} is still there`)
    return { segment: name, base, bytes, pieces: readFrames(bytes), position: base }
  }

  /** What has to be read next, of what is not handed over. */
  #unread(): Segment | undefined {
    const { from } = this.#options.handover
    return this.#options.journal.segments
      .filter(({ name }) => name <= from.segment)
      .map(({ name, end }) => ({ name, end: name === from.segment ? from.position : end }))
      .find(({ name, end }) => end > 0 && isBefore(this.#at, { segment: name, position: end }))
  }

  #readBatch(source: Source): Batch {
    const rows: EntryRow[] = []
    const unusable: Unusable[] = []
    while (rows.length < this.#options.batchRowsMax) {
      const next = source.pieces.next()
      if (next.done) {
        this.#source = null
        break
      }
      const found = readRow(source, next.value)
      if (found !== null && 'cause' in found) unusable.push(found)
      else if (found !== null) rows.push(found)
      source.position = source.base + next.value.end
    }
    return { rows, unusable, end: { segment: source.segment, position: source.position } }
  }

  async #store({ rows, unusable, end }: Batch): Promise<void> {
    const { journal, ledger, quarantine, state, handover } = this.#options
    for (const { place, bytes, cause } of unusable) await quarantine.keep(place, bytes, cause)
    const isNextSegment = end.segment !== this.#at.segment
    if (rows.length > 0 || isNextSegment) ledger.write({ rows, checkpoint: end, durable: false })
    if (isNextSegment) {
      // What the older segments held must survive a power cut before they go.
      await ledger.secure(end)
      await journal.removeBefore(end.segment)
    }
    state.drained(rows)
    handover.drained(end)
    // Under load the next few rows are there at once: they are collected again.
    if (rows.length < this.#options.batchRowsMax) this.#isDue = false
    this.#at = end
    await ledger.tidy()
  }

  #succeed(): void {
    if (this.#failures > 0) this.#options.onEvent({ kind: 'drain_resumed' })
    this.#failures = 0
    this.#waiting = this.#waiting.filter(({ target, done }) => {
      const reached = !isBefore(this.#at, target)
      if (reached) done.resolve()
      return !reached
    })
  }

  /** Waits before the next try, longer each time. False when it is time to give up. */
  async #fail(cause: unknown): Promise<boolean> {
    // What was read and not stored is read again.
    this.#source = null
    this.#failures += 1
    if (this.#failures === 1) this.#options.onEvent({ kind: 'drain_failed', cause })
    if (this.#finishing && this.#failures >= TRIES_WHEN_FINISHING) {
      for (const { done } of this.#waiting) done.reject(cause)
      this.#waiting = []
      return false
    }
    await this.#options.pause(Math.min(PAUSE_MS_MAX, PAUSE_MS_FIRST * 2 ** (this.#failures - 1)))
    return true
  }
}

/** The row in a piece of the journal; null for records that are none of the ledger's business. */
function readRow({ segment, base, bytes }: Source, piece: Frame | Gap): EntryRow | Unusable | null {
  const place = { segment, position: base + piece.start }
  const itself = bytes.subarray(piece.start, piece.end)
  if (piece.kind !== 'frame') return { place, bytes: itself, cause: UNREADABLE }
  try {
    const entry = readSettle(piece)
    return entry && entryRow(entry)
  } catch (failure) {
    return { place, bytes: itself, cause: `not an entry: ${String(failure)}` }
  }
}
