import type { JournalFile, JournalFiles } from '../../server/src/books/journal-files.ts'

/**
 * A disk in memory that keeps the difference between written and durable, can be of any size, fails when told to, and can
 * lose its power between any two operations.
 */
export type DiskOptions = {
  readonly capacity?: number
  /** Writes take at most this many bytes at a time. */
  readonly writeBytesMax?: number
  /** How long each operation takes: resolves when it is over. */
  readonly latency?: () => Promise<void>
}

/** What happens to one un-synced write when the power goes: how many of its bytes reached the disk. */
export type Survival = (bytes: number) => number

type Change =
  | { readonly kind: 'write'; readonly position: number; readonly bytes: Buffer }
  | { readonly kind: 'truncate'; readonly length: number }

/** A file's bytes: as the system shows them, and as they were when last synced, with the changes since. */
class Inode {
  content: Buffer = Buffer.alloc(0)
  synced: Buffer = Buffer.alloc(0)
  changes: Change[] = []

  apply(change: Change): void {
    this.content = changed(this.content, change)
    this.changes.push(change)
  }

  sync(): void {
    this.synced = this.content
    this.changes = []
  }

  afterPowerCut(survival: Survival): Buffer {
    return this.changes.reduce<Buffer>((content, change) => {
      if (change.kind === 'truncate') return survival(1) === 1 ? changed(content, change) : content
      return changed(content, { ...change, bytes: change.bytes.subarray(0, survival(change.bytes.length)) })
    }, this.synced)
  }
}

function changed(content: Buffer, change: Change): Buffer {
  if (change.kind === 'truncate') return content.subarray(0, change.length)
  if (change.bytes.length === 0) return content
  const end = change.position + change.bytes.length
  const next = Buffer.alloc(Math.max(content.length, end))
  content.copy(next)
  change.bytes.copy(next, change.position)
  return next
}

export type Operation = 'write' | 'datasync' | 'create' | 'syncNames'

export class MemoryDisk implements JournalFiles {
  readonly counts: Record<Operation, number> = { write: 0, datasync: 0, create: 0, syncNames: 0 }
  capacity: number
  readonly #options: DiskOptions
  readonly #failures: { operation: Operation; nth: number; code: string }[] = []
  #names = new Map<string, Inode>()
  #syncedNames = new Map<string, Inode>()
  #dead = false

  constructor(options: DiskOptions = {}) {
    this.#options = options
    this.capacity = options.capacity ?? Infinity
  }

  /** The nth operation of its kind from now on fails, once. */
  failAt(operation: Operation, nth: number, code: string): void {
    this.#failures.push({ operation, nth: this.counts[operation] + nth, code })
  }

  /** The process is killed: what was written is there, and the old process never hears from the disk again. */
  kill(): MemoryDisk {
    this.#dead = true
    return this.#remake((inode) => inode.content, this.#names)
  }

  /** The power goes: what was not synced survives in part, names as well as bytes. */
  cutPower(survival: Survival): MemoryDisk {
    this.#dead = true
    const names = new Map(this.#syncedNames)
    for (const [name, inode] of this.#names) if (survival(1) === 1) names.set(name, inode)
    for (const name of this.#syncedNames.keys()) if (!this.#names.has(name) && survival(1) === 1) names.delete(name)
    return this.#remake((inode) => inode.afterPowerCut(survival), names)
  }

  /** A file's bytes as a reader sees them. */
  content(name: string): Buffer {
    return this.#inode(name).content
  }

  /** Puts a file there as if it had always been. */
  place(name: string, content: Buffer): void {
    const inode = new Inode()
    inode.content = Buffer.from(content)
    inode.sync()
    this.#names.set(name, inode)
    this.#syncedNames.set(name, inode)
  }

  get usedBytes(): number {
    return [...this.#names.values()].reduce((sum, { content }) => sum + content.length, 0)
  }

  async list(under = ''): Promise<string[]> {
    await this.#operate()
    const prefix = under === '' ? '' : `${under}/`
    return [...this.#names.keys()]
      .filter((name) => name.startsWith(prefix))
      .map((name) => name.slice(prefix.length))
      .filter((name) => !name.includes('/'))
  }

  async create(name: string): Promise<JournalFile> {
    await this.#operate('create')
    const inode = new Inode()
    this.#names.set(name, inode)
    return this.#file(inode)
  }

  async open(name: string): Promise<JournalFile> {
    await this.#operate()
    return this.#file(this.#inode(name))
  }

  async remove(name: string): Promise<void> {
    await this.#operate()
    this.#inode(name)
    this.#names.delete(name)
  }

  async syncNames(): Promise<void> {
    await this.#operate('syncNames')
    this.#syncedNames = new Map(this.#names)
  }

  async freeBytes(): Promise<number> {
    await this.#operate()
    return this.capacity - this.usedBytes
  }

  #file(inode: Inode): JournalFile {
    const close = (): Promise<void> => this.#operate()
    return {
      size: async () => {
        await this.#operate()
        return inode.content.length
      },
      read: async (position, length) => {
        await this.#operate()
        return Buffer.from(inode.content.subarray(position, position + length))
      },
      write: async (bytes, position) => {
        const part = this.#fitting(inode, Buffer.from(bytes), position)
        inode.apply({ kind: 'write', position, bytes: part })
        await this.#operate('write')
        if (part.length === 0) throw systemError('ENOSPC')
        return part.length
      },
      datasync: async () => {
        await this.#operate('datasync')
        inode.sync()
      },
      truncate: async (length) => {
        await this.#operate()
        inode.apply({ kind: 'truncate', length })
      },
      close,
      [Symbol.asyncDispose]: close,
    }
  }

  /** As much of the bytes as the disk takes in one go. */
  #fitting(inode: Inode, bytes: Buffer, position: number): Buffer {
    const room = this.capacity - this.usedBytes + Math.max(0, inode.content.length - position)
    return bytes.subarray(0, Math.max(0, Math.min(bytes.length, room, this.#options.writeBytesMax ?? Infinity)))
  }

  #inode(name: string): Inode {
    const inode = this.#names.get(name)
    if (!inode) throw systemError('ENOENT')
    return inode
  }

  async #operate(operation?: Operation): Promise<void> {
    if (operation) this.counts[operation] += 1
    const index = this.#failures.findIndex(
      (each) => each.operation === operation && each.nth === this.counts[each.operation],
    )
    const [failure] = index < 0 ? [] : this.#failures.splice(index, 1)
    await this.#options.latency?.()
    if (this.#dead) await new Promise(() => undefined)
    if (failure) throw systemError(failure.code)
  }

  #remake(contentOf: (inode: Inode) => Buffer, names: ReadonlyMap<string, Inode>): MemoryDisk {
    const next = new MemoryDisk({ ...this.#options, capacity: this.capacity })
    for (const [name, inode] of names) next.place(name, contentOf(inode))
    return next
  }
}

export function systemError(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: made by the test`), { code })
}
