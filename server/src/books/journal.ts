import { isoInstant, type Clock } from '../base/clock.ts'
import type { PaddockError } from '../base/errors.ts'
import { endOfTurn } from './end-of-turn.ts'
import type { OnBooksEvent } from './event.ts'
import { FrameBuffer } from './frame.ts'
import { Group } from './group.ts'
import type { Handover } from './handover.ts'
import { isDiskFull, removeIfThere, writeWhole, type JournalFile, type JournalFiles } from './journal-files.ts'
import type { JournalState } from './journal-state.ts'
import { JOURNAL_FORMAT, writeRecord, type JournalRecord } from './record.ts'
import { journalFailed, storageFull } from './refusal.ts'
import { segmentName, type Place, type Segment } from './segment.ts'
import type { Space } from './space.ts'

export type JournalOptions = {
  readonly files: JournalFiles
  readonly clock: Clock
  readonly space: Space
  readonly state: JournalState
  readonly handover: Handover
  /** Number of this run of the process: higher than that of every segment there ever was. */
  readonly boot: number
  /** What earlier runs left behind. */
  readonly segments: readonly Segment[]
  readonly segmentBytesMax: number
  readonly segmentMsMax: number
  readonly onEvent: OnBooksEvent
}

/** What never ceases to come must not keep those waiting who are in the group already. */
const TURNS_MAX = 4
/** A turn as long as this costs those who wait more than a write of their own would. */
const TURN_MS_MAX = 5

/** The segment being written. Its head is as long as many requests are open. */
type Active = {
  readonly name: string
  readonly file: JournalFile
  readonly startedMs: number
  headBytes: number
  end: number
}

/**
 * The write-ahead log, the point of durability. Records are collected while a write is under way; then the whole group is
 * written and synced at once, and everyone who waits for one of its records is told. No timer is involved: a lone record
 * goes out after two turns of the event loop, a thousand together cost one sync.
 */
export class Journal {
  readonly #options: JournalOptions
  readonly #sealed: Segment[]
  #active: Active | null = null
  #segmentsMade = 0
  #group = new Group()
  #newest: Promise<void> = Promise.resolve()
  #writing = false
  #failure: PaddockError | null = null

  constructor(options: JournalOptions) {
    this.#options = options
    this.#sealed = [...options.segments]
  }

  /** Why the journal cannot be written, once it cannot. */
  get failure(): PaddockError | null {
    return this.#failure
  }

  /** All that is durable, oldest first. */
  get segments(): readonly Segment[] {
    return this.#active && this.#active.end > 0 ? [...this.#sealed, this.#active] : this.#sealed
  }

  /** Resolves when the record is durable. Records that nobody waits for ride along. */
  append(record: JournalRecord): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure)
    const durable = this.#group.add(record)
    this.#newest = this.#group.durable
    if (!this.#writing) void this.#writeGroups()
    return durable
  }

  /** Resolves when everything appended so far is durable, or has failed to be. */
  async flush(): Promise<void> {
    await this.#newest.catch(() => undefined)
  }

  /** The bytes of the journal after a place. */
  bytesAfter(place: Place): number {
    let sum = this.#active ? bytesAfter(place, this.#active.name, this.#active.end) : 0
    for (const { name, end } of this.#sealed) sum += bytesAfter(place, name, end)
    return sum
  }

  /** Deletes the segments before this one: all they say is in the ledger, or at the head of a later segment. */
  async removeBefore(segment: string): Promise<void> {
    while (this.#sealed[0] && this.#sealed[0].name < segment) {
      await removeIfThere(this.#options.files, this.#sealed[0].name)
      this.#sealed.shift()
    }
  }

  /** Ends the journal; with `remove`, nothing in it is needed any more. */
  async close({ remove }: { readonly remove: boolean }): Promise<void> {
    await this.flush()
    await this.#active?.file.close()
    if (!remove) return
    for (const { name } of this.segments) await removeIfThere(this.#options.files, name)
  }

  async #writeGroups(): Promise<void> {
    this.#writing = true
    await this.#gather()
    while (this.#group.members.length > 0) {
      const group = this.#group
      this.#group = new Group()
      try {
        await this.#commit(group)
        group.succeed()
      } catch (failure) {
        this.#fail(failure, group)
      }
      await this.#gather()
    }
    this.#writing = false
  }

  /**
   * Waits for the rest of this turn of the event loop, for the next one, and for more as long as they bring something. Those
   * who were just told go on together and come back within a few turns, one after the other: whoever is waited for shares a
   * group instead of beginning the next. A turn that brings nothing takes microseconds; a group, a hundred times that.
   */
  async #gather(): Promise<void> {
    await endOfTurn()
    const { clock } = this.#options
    for (let turns = 1; turns < TURNS_MAX; turns++) {
      const before = this.#group.members.length
      const begun = clock.elapsed()
      await endOfTurn()
      if (this.#group.members.length === before || clock.elapsed() - begun > TURN_MS_MAX) return
    }
  }

  /** Writes a group, making room or waiting for it where the disk is full. */
  async #commit(group: Group): Promise<void> {
    const { space } = this.#options
    while (group.members.length > 0) {
      const failure = await this.#write(group)
      if (failure === null) return
      if (await space.release()) continue
      group.refuseIntents(storageFull())
      if (space.closed) throw failure
      await space.nextLook()
    }
  }

  /** Makes a group durable and takes note of its records. A full disk is an answer; any other failure is thrown. */
  async #write(group: Group): Promise<Error | null> {
    try {
      const active = await this.#segmentForWriting()
      const head = active.end === 0 ? this.#head(active.name) : null
      const bytes = head ? Buffer.concat([head, group.bytes]) : group.bytes
      await writeWhole(active.file, bytes, active.end)
      await active.file.datasync()
      if (head) await this.#options.files.syncNames()
      this.#note(group, active, bytes.length)
      return null
    } catch (failure) {
      if (!isDiskFull(failure)) throw failure
      // The next try may be shorter than this one, so what was written of it must not stay behind.
      await this.#active?.file.truncate(this.#active.end)
      return failure as Error
    }
  }

  async #segmentForWriting(): Promise<Active> {
    const { files, clock, boot } = this.#options
    if (this.#active && !this.#isComplete(this.#active)) return this.#active
    const name = segmentName(boot, this.#segmentsMade + 1)
    const file = await files.create(name)
    if (this.#active) {
      this.#sealed.push({ name: this.#active.name, end: this.#active.end })
      await this.#active.file.close()
    }
    this.#segmentsMade += 1
    this.#active = { name, file, startedMs: clock.elapsed(), headBytes: 0, end: 0 }
    return this.#active
  }

  /** Full at its size, or at twice its head: with very many open requests the heads would be all that is ever written. */
  #isComplete({ end, headBytes, startedMs }: Active): boolean {
    const { segmentBytesMax, segmentMsMax, clock } = this.#options
    if (end === 0) return false
    return end - headBytes >= Math.max(segmentBytesMax, headBytes) || clock.elapsed() - startedMs >= segmentMsMax
  }

  /** The start of a segment: which it is, and what is open, so that a reader needs no older one. */
  #head(name: string): Buffer {
    const { clock, state } = this.#options
    const buffer = new FrameBuffer()
    writeRecord(buffer, { kind: 'head', value: { format: JOURNAL_FORMAT, segment: name, at: isoInstant(clock.now()) } })
    for (const { intent, attempts, progress } of state.open.values()) {
      writeRecord(buffer, { kind: 'intent', value: intent })
      for (const attempt of attempts) writeRecord(buffer, { kind: 'attempt', value: attempt })
      if (progress) writeRecord(buffer, { kind: 'progress', value: progress })
    }
    return buffer.bytes
  }

  #note(group: Group, active: Active, bytesWritten: number): void {
    const { state, handover } = this.#options
    const base = active.end + bytesWritten - group.bytes.length
    for (const { record, start, end } of group.members) {
      const place = { segment: active.name, position: base + start, bytes: end - start }
      state.apply(record, place)
      if (record.kind === 'settle') handover.add(record.row, place)
    }
    if (active.end === 0) active.headBytes = base
    active.end += bytesWritten
  }

  /** After a failed sync nobody knows what the disk holds, so nothing more is promised by this process. */
  #fail(cause: unknown, group: Group): void {
    this.#failure = journalFailed(cause)
    group.fail(this.#failure)
    this.#group.fail(this.#failure)
    this.#group = new Group()
    this.#options.onEvent({ kind: 'journal_failed', cause })
  }
}

function bytesAfter(place: Place, segment: string, end: number): number {
  if (place.segment < segment) return end
  return place.segment === segment ? end - place.position : 0
}
