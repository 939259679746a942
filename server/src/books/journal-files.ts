import fs from 'node:fs'
import { mkdir, open, readdir, statfs, unlink, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * The files of one journal folder. This small interface is all the journal knows of the disk, so tests can fill it, break
 * it and pull the plug at any byte. Failures are the system's own errors with their `code` (ENOSPC, EIO, ENOENT).
 */
export type JournalFiles = {
  /** Names of the files in the folder, or in the folder `under` it; none where there is no such folder. */
  list(under?: string): Promise<readonly string[]>
  /**
   * Opens an empty file for writing, in place of an older one of that name. `bulk`: it is never synced, so that its writes
   * need not be durable.
   */
  create(name: string, use?: 'bulk'): Promise<JournalFile>
  /** Opens a file for reading. */
  open(name: string): Promise<JournalFile>
  remove(name: string): Promise<void>
  /** Makes the names durable too: until then a power cut can take a new file away as a whole. */
  syncNames(): Promise<void>
  freeBytes(): Promise<number>
}

export type JournalFile = AsyncDisposable & {
  size(): Promise<number>
  /** The bytes from `position` on; fewer than `length` only where the file ends. */
  read(position: number, length: number): Promise<Buffer>
  /** Writes some of the bytes, all of them as a rule, and says how many. */
  write(bytes: Uint8Array, position: number): Promise<number>
  datasync(): Promise<void>
  truncate(length: number): Promise<void>
  close(): Promise<void>
}

/** The journal folder on a real disk. It is made when the first file is. */
export function journalFolder(folder: string): JournalFiles {
  return {
    list: async (under = '') => {
      const found = await readdir(join(folder, under), { withFileTypes: true }).catch(noneIfAbsent)
      return found.filter((each) => each.isFile()).map((each) => each.name)
    },
    create: async (name, use) => {
      await mkdir(join(folder, name, '..'), { recursive: true })
      const isSynced = CAN_SYNC_WRITES && use !== 'bulk'
      const flags = O_RDWR | O_CREAT | O_TRUNC | (isSynced ? O_DSYNC : 0)
      return journalFile(await open(join(folder, name), flags, 0o600), isSynced)
    },
    open: async (name) => journalFile(await open(join(folder, name), 'r'), false),
    remove: (name) => unlink(join(folder, name)),
    syncNames: async () => {
      await using directory = await open(folder, 'r')
      await directory.sync()
    },
    freeBytes: async () => {
      const { bavail, bsize } = await statfs(folder)
      return bavail * bsize
    },
  }
}

function noneIfAbsent(failure: NodeJS.ErrnoException): [] {
  if (failure.code === 'ENOENT') return []
  throw failure
}

const { O_CREAT, O_DSYNC, O_RDWR, O_TRUNC } = fs.constants

/**
 * Linux makes a write durable in the same call when the file is opened so (open(2), O_DSYNC: as a write that is followed by
 * fdatasync). A group is then one trip to the thread pool instead of two. macOS has the flag and leaves the bytes in the
 * drive's own cache, so there they are synced as before.
 */
const CAN_SYNC_WRITES = process.platform === 'linux'

/** Writing and syncing go through the callback form: it costs a seventh less processor time per group than the handle's. */
function journalFile(handle: FileHandle, isSynced: boolean): JournalFile {
  return {
    size: async () => (await handle.stat()).size,
    read: async (position, length) => {
      const bytes = Buffer.allocUnsafe(length)
      let filled = 0
      while (filled < length) {
        const { bytesRead } = await handle.read(bytes, filled, length - filled, position + filled)
        if (bytesRead === 0) break
        filled += bytesRead
      }
      return bytes.subarray(0, filled)
    },
    write: (bytes, position) =>
      new Promise((resolve, reject) => {
        fs.write(handle.fd, bytes, 0, bytes.length, position, (failure, written) => {
          if (failure) reject(failure)
          else resolve(written)
        })
      }),
    datasync: () =>
      isSynced
        ? Promise.resolve()
        : new Promise((resolve, reject) => {
            fs.fdatasync(handle.fd, (failure) => {
              if (failure) reject(failure)
              else resolve()
            })
          }),
    truncate: (length) => handle.truncate(length),
    close: () => handle.close(),
    [Symbol.asyncDispose]: () => handle.close(),
  }
}

/** Writes all of the bytes, however little the system takes at a time. */
export async function writeWhole(file: JournalFile, bytes: Uint8Array, position: number): Promise<void> {
  let written = 0
  while (written < bytes.length) written += await file.write(bytes.subarray(written), position + written)
}

/** True when the disk, or our share of it, is full: a state that passes, unlike every other failure to write. */
export function isDiskFull(failure: unknown): boolean {
  const { code } = failure as NodeJS.ErrnoException
  return code === 'ENOSPC' || code === 'EDQUOT'
}

/** False when somebody else has removed the file before. */
export async function removeIfThere(files: JournalFiles, name: string): Promise<boolean> {
  try {
    await files.remove(name)
    return true
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw failure
  }
}

export type Range = { readonly name: string; readonly position: number; readonly bytes?: number }

/** A part of a file, or all from `position` on; nothing where the file has been removed meanwhile, as drained segments are. */
export async function readIfThere(files: JournalFiles, { name, position, bytes }: Range): Promise<Buffer> {
  try {
    await using file = await files.open(name)
    return await file.read(position, bytes ?? Math.max(0, (await file.size()) - position))
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0)
    throw failure
  }
}
