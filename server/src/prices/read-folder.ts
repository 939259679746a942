/** The files of a price book: one for each provider, the list of sources, and the calendars in a folder of their own. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PaddockError } from '../base/errors.ts'

export type BookFile = { readonly path: string; readonly text: string }
export type BookFiles = { readonly books: readonly BookFile[]; readonly calendars: readonly BookFile[] }

/** Throws `price_invalid` when there is no such folder. A book without calendars is a book. */
export function readFolder(folder: string): BookFiles {
  try {
    const calendars = join(folder, 'calendars')
    return { books: jsonFilesIn(folder), calendars: existsSync(calendars) ? jsonFilesIn(calendars) : [] }
  } catch (cause) {
    throw new PaddockError('price_invalid', { message: `The price book in ${folder} cannot be read.`, cause })
  }
}

function jsonFilesIn(folder: string): BookFile[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'))
  return names.toSorted().map((name) => {
    const path = join(folder, name)
    return { path, text: readFileSync(path, 'utf8') }
  })
}
