import { Worker } from 'node:worker_threads'
import type { Order } from './log-thread.ts'

/** A thread that had nothing to do for so long ends: it takes ten megabytes. */
const IDLE_MS = 60_000

/**
 * Copies the write-ahead log of a database into its file, on a thread of its own: it takes tens of milliseconds to copy and to
 * wait for the disk, and meanwhile requests go on.
 */
export class LogCopier {
  readonly #path: string
  #thread: Worker | null = null
  #copying: Promise<void> | null = null
  #copied: () => void = () => undefined
  #idle: NodeJS.Timeout | null = null

  constructor(path: string) {
    this.#path = path
  }

  /** Resolves when it is done, as far as it can be: how far it came is seen in the database. */
  copy(): Promise<void> {
    this.#copying ??= this.#copy().finally(() => {
      this.#copying = null
    })
    return this.#copying
  }

  close(): void {
    if (this.#idle) clearTimeout(this.#idle)
    this.#thread?.postMessage('end' satisfies Order)
    this.#thread = null
  }

  async #copy(): Promise<void> {
    if (this.#idle) clearTimeout(this.#idle)
    const thread = (this.#thread ??= this.#start())
    // The process does not end while it copies; that it is there is no reason to stay.
    thread.ref()
    await new Promise<void>((resolve) => {
      this.#copied = resolve
      thread.postMessage('copy' satisfies Order)
    })
    thread.unref()
    this.#idle = setTimeout(() => {
      this.close()
    }, IDLE_MS).unref()
  }

  #start(): Worker {
    const thread = new Worker(new URL('./log-thread.js', import.meta.url), { workerData: { path: this.#path } })
    // Also where it cannot start: whoever asked sees in the database that nothing was copied, and SQLite does it itself.
    const gone = (): void => {
      if (this.#thread === thread) this.#thread = null
      this.#copied()
    }
    thread.on('message', () => {
      this.#copied()
    })
    thread.on('error', gone)
    thread.on('exit', gone)
    return thread
  }
}
