import type { OnBooksEvent } from './event.ts'
import { writeWhole, type JournalFiles } from './journal-files.ts'
import type { Place } from './segment.ts'

export const QUARANTINE_FOLDER = 'quarantine'

/** Why a gap between records is kept. */
export const UNREADABLE = 'the checksum does not hold'

/**
 * Where bytes go that cannot be read, or cannot be brought into the ledger, before their segment is deleted: nothing that
 * was ever in the journal disappears without a trace. An operator who has looked at a file deletes it.
 */
export class Quarantine {
  readonly #files: JournalFiles
  readonly #onEvent: OnBooksEvent
  readonly #names: Set<string>

  static async open(files: JournalFiles, onEvent: OnBooksEvent): Promise<Quarantine> {
    return new Quarantine(files, onEvent, await files.list(QUARANTINE_FOLDER))
  }

  private constructor(files: JournalFiles, onEvent: OnBooksEvent, names: readonly string[]) {
    this.#files = files
    this.#onEvent = onEvent
    this.#names = new Set(names)
  }

  get count(): number {
    return this.#names.size
  }

  /** Keeps a copy under a name made of its place, so that reading the same place again adds nothing. */
  async keep(place: Place, bytes: Uint8Array, cause: string): Promise<void> {
    const name = `${place.segment}@${place.position}`
    if (this.#names.has(name)) return
    const path = `${QUARANTINE_FOLDER}/${name}`
    await using file = await this.#files.create(path)
    await writeWhole(file, bytes, 0)
    await file.datasync()
    this.#names.add(name)
    this.#onEvent({ kind: 'quarantined', place, bytes: bytes.length, file: path, cause })
  }
}
