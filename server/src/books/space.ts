import { randomFillSync } from 'node:crypto'
import { deferred, type Deferred } from './deferred.ts'
import type { OnBooksEvent } from './event.ts'
import { isDiskFull, removeIfThere, writeWhole, type JournalFiles } from './journal-files.ts'

const BALLAST = 'ballast'
const MEBIBYTE = 2 ** 20
/** Beside the ballast there must be room for a segment, or the disk would be full again at once. */
const HEADROOM_BYTES = 16 * MEBIBYTE
const LOOK_MS = 1000

export type SpaceOptions = {
  readonly files: JournalFiles
  readonly ballastBytes: number
  readonly onEvent: OnBooksEvent
}

/**
 * The room on the journal's disk. A ballast file is given up when the disk fills, so that requests which are running can
 * settle; while it is gone no new ones are accepted; once a second the disk is looked at, and when there is room again the
 * ballast is rebuilt.
 */
export class Space {
  readonly #options: SpaceOptions
  #full = false
  #hasBallast = false
  #closed = false
  #look: Deferred<void> = deferred()

  /** Makes the ballast, or finds the one that is there. A disk that is full already is no failure: it shows in `full`. */
  static async open(options: SpaceOptions): Promise<Space> {
    const space = new Space(options)
    space.#hasBallast = (await sizeOfBallast(options.files)) === options.ballastBytes || (await makeBallast(options))
    if (!space.#hasBallast) space.#fill()
    return space
  }

  private constructor(options: SpaceOptions) {
    this.#options = options
  }

  get full(): boolean {
    return this.#full
  }

  get closed(): boolean {
    return this.#closed
  }

  /** A write found no room. True when some was made and the write is worth trying again at once. */
  async release(): Promise<boolean> {
    this.#fill()
    if (!this.#hasBallast) return false
    this.#hasBallast = false
    return removeIfThere(this.#options.files, BALLAST)
  }

  /** Resolves after the next look at the disk: the time to try a write again that did not fit. */
  nextLook(): Promise<void> {
    return this.#look.promise
  }

  /** Looks no more; whoever waits for a look goes on at once. */
  close(): void {
    this.#closed = true
    this.#look.resolve()
  }

  #fill(): void {
    if (this.#full) return
    this.#full = true
    this.#options.onEvent({ kind: 'storage_full' })
    this.#lookLater()
  }

  #lookLater(): void {
    setTimeout(() => void this.#lookNow(), LOOK_MS).unref()
  }

  async #lookNow(): Promise<void> {
    if (this.#closed) return
    this.#hasBallast = await this.#rebuild().catch(() => false)
    if (this.#closed) return
    this.#full = !this.#hasBallast
    if (this.#full) this.#lookLater()
    else this.#options.onEvent({ kind: 'storage_back' })
    const look = this.#look
    this.#look = deferred()
    look.resolve()
  }

  async #rebuild(): Promise<boolean> {
    const free = await this.#options.files.freeBytes()
    if (free < this.#options.ballastBytes + HEADROOM_BYTES) return false
    return makeBallast(this.#options)
  }
}

async function sizeOfBallast(files: JournalFiles): Promise<number | null> {
  if (!(await files.list()).includes(BALLAST)) return null
  await using file = await files.open(BALLAST)
  return file.size()
}

/** Writes the ballast; false, and nothing left of it, when it does not fit. */
async function makeBallast({ files, ballastBytes }: SpaceOptions): Promise<boolean> {
  try {
    await using file = await files.create(BALLAST, 'bulk')
    // Random bytes, since a file system that compresses would keep next to no room for zeros.
    const block = randomFillSync(Buffer.allocUnsafe(Math.min(ballastBytes, MEBIBYTE)))
    for (let position = 0; position < ballastBytes; position += block.length) {
      await writeWhole(file, block.subarray(0, ballastBytes - position), position)
    }
    return true
  } catch (failure) {
    if (!isDiskFull(failure)) throw failure
    await removeIfThere(files, BALLAST)
    return false
  }
}
