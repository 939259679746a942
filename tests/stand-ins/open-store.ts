import { join } from 'node:path'
import { openLedger, type Ledger } from '../../server/src/books/ledger.ts'
import { journalFolder } from '../../server/src/books/journal-files.ts'
import { openReader, type BooksReader } from '../../server/src/books/reader.ts'
import type { BooksTables } from '../../server/src/books/tables.ts'
import { openStore, type Store } from '../../server/src/store/store.ts'
import type { Kysely } from 'kysely'
import { priceOutput } from './samples.ts'
import { tempFolder } from './temp-folder.ts'

export type StoredBooks = AsyncDisposable & {
  readonly path: string
  readonly store: Store
  readonly tables: Kysely<BooksTables>
  readonly ledger: Ledger
  readonly reader: BooksReader
}

/** A ledger in a real database in a folder of its own, and a reader of it. */
export async function openStoredBooks(): Promise<StoredBooks> {
  const folder = tempFolder()
  const books = await openStoredBooksIn(folder.path)
  return {
    ...books,
    [Symbol.asyncDispose]: async () => {
      await books[Symbol.asyncDispose]()
      folder[Symbol.dispose]()
    },
  }
}

export async function openStoredBooksIn(path: string): Promise<StoredBooks> {
  const store = openStore(join(path, 'paddock.db'))
  const ledger = await openLedger(store)
  const files = journalFolder(join(path, 'journal'))
  const reader = openReader({ store, files, price: priceOutput, pause: () => Promise.resolve() })
  return {
    path,
    store,
    tables: store.tables<BooksTables>(),
    ledger,
    reader,
    [Symbol.asyncDispose]: () => reader.close(),
  }
}
