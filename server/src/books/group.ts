import { deferred, type Deferred } from './deferred.ts'
import { FrameBuffer } from './frame.ts'
import { writeRecord, type JournalRecord } from './record.ts'

/** A record in a group, and where its frame lies in the group's bytes. */
type Member = { readonly record: JournalRecord; readonly start: number; readonly end: number }

/**
 * Records that become durable together, by one write and one sync. Intents wait on a promise of their own: on a full disk
 * they are refused, while everything else waits for room.
 */
export class Group {
  #buffer = new FrameBuffer()
  #members: Member[] = []
  readonly #admitted: Deferred<void> = deferred()
  readonly #durable: Deferred<void> = deferred()

  get bytes(): Buffer {
    return this.#buffer.bytes
  }

  get members(): readonly Member[] {
    return this.#members
  }

  /** Resolves when all that is in the group by then is durable. */
  get durable(): Promise<void> {
    return this.#durable.promise
  }

  /** Resolves when the record is durable, which is when the whole group is. */
  add(record: JournalRecord): Promise<void> {
    const { start, end } = writeRecord(this.#buffer, record)
    this.#members.push({ record, start, end })
    return record.kind === 'intent' ? this.#admitted.promise : this.#durable.promise
  }

  /** Takes the intents out again; their callers get `refusal`. */
  refuseIntents(refusal: Error): void {
    this.#admitted.reject(refusal)
    const staying = this.#members.filter(({ record }) => record.kind !== 'intent')
    this.#buffer = new FrameBuffer()
    this.#members = staying.map(({ record }) => ({ record, ...writeRecord(this.#buffer, record) }))
  }

  succeed(): void {
    this.#admitted.resolve()
    this.#durable.resolve()
  }

  fail(failure: Error): void {
    this.#admitted.reject(failure)
    this.#durable.reject(failure)
  }
}
