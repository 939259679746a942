import { join } from 'node:path'
import { PaddockError } from '../base/errors.ts'
import { openBooks, type BooksOptions } from './books.ts'
import { journalFolder } from './journal-files.ts'
import { openReader, type BooksReader } from './reader.ts'
import { isSegmentName } from './segment.ts'

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
