import { join } from 'node:path'
import type { EntryRecord } from '@paddock/contract/entry'
import { PaddockError } from '../base/errors.ts'
import { openBooks, type BooksOptions } from './books.ts'
import { journalFolder } from './journal-files.ts'
import { openReader, type BooksReader } from './reader.ts'
import { rebuildSums } from './rebuild.ts'
import { forgetMonths, type ForgetRequest, type ForgottenMonth } from './retention/forget.ts'
import { completeFrom } from './retention/mark.ts'
import { countCorrections } from './reprice.ts'
import { isSegmentName } from './segment.ts'
import type { BooksTables } from './tables.ts'

/**
 * The books for a command. Where no server has the folder, what a crash left in its journal is brought into the ledger
 * first, so that the books never show less than was promised; where one has, it does that itself all the time.
 */
export async function openBooksForCommand(options: BooksOptions): Promise<BooksReader> {
  const files = journalFolder(join(options.folder, 'journal'))
  const isLeftOver = (await files.list()).some(isSegmentName)
  if (isLeftOver) await bringIn(options)
  return openReader({ store: options.store, files, price: options.price })
}

/** The books for a command that writes. Throws `data_in_use` while a server runs: it alone writes to them. */
export type OwnedBooks = {
  readonly reader: BooksReader
  /** Resolves when the correction is durable. */
  write(correction: EntryRecord): Promise<void>
  /** How many corrections an entry has. */
  countCorrections(id: string): Promise<number>
  /** Makes the sums anew from the entries there are; says how many. */
  rebuild(onProgress?: (entries: number) => void): Promise<number>
  /** Forgets the entries of old months and keeps their sums; whoever counts entries must have counted them. */
  forget(request: ForgetRequest): AsyncIterable<ForgottenMonth>
  /** Brings what was written into the ledger, and gives the folder back. */
  close(): Promise<void>
}

export async function openOwnedBooks(options: BooksOptions): Promise<OwnedBooks> {
  const books = await openBooks(options)
  await books.drained()
  const tables = options.store.tables<BooksTables>()
  return {
    reader: openReader({ ...options, files: journalFolder(join(options.folder, 'journal')) }),
    write: (correction) => books.settle(correction),
    countCorrections: (id) => countCorrections(tables, id),
    rebuild: (onProgress) =>
      tables
        .transaction()
        .execute(async (whole) => rebuildSums(whole, { from: await completeFrom(whole), onProgress })),
    forget: (request) => forgetMonths(options.store, request),
    close: async () => {
      await books.close()
      await options.store.close()
    },
  }
}

async function bringIn(options: BooksOptions): Promise<void> {
  try {
    const books = await openBooks(options)
    await books.close()
    const { undrainedEntries } = books.status()
    if (undrainedEntries > 0) throw cannotBringIn(options.folder, undrainedEntries)
  } catch (failure) {
    if (failure instanceof PaddockError && failure.code === 'data_in_use') return
    throw failure
  }
}

function cannotBringIn(folder: string, entries: number): PaddockError {
  return new PaddockError('data_unusable', {
    message: `${entries} settled requests in the journal of ${folder} could not be brought into the database. They are safe; see that the disk has room and that this user may write to it.`,
  })
}
