/** What people decided about prices lies in files below prices/ in the data folder: one list each, written whole. */
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { PaddockError } from '../base/errors.ts'

export type DecisionsFile<Item> = {
  readonly path: (dataFolder: string) => string
  /** None where there is no file. Throws `price_invalid` where it is damaged. */
  readonly read: (dataFolder: string) => readonly Item[]
  /** Written beside and renamed, so that nobody reads half of it. */
  readonly write: (dataFolder: string, items: readonly Item[]) => void
}

/** `name`: of the list, and of its file. `without`: what follows from deleting a damaged one. */
export function decisionsFile<Item>(name: string, without: string): DecisionsFile<Item> {
  const path = (dataFolder: string): string => join(dataFolder, 'prices', `${name}.json`)
  return {
    path,
    read: (dataFolder) => {
      const file = path(dataFolder)
      if (!existsSync(file)) return []
      try {
        const items = (JSON.parse(readFileSync(file, 'utf8')) as Record<string, Item[]>)[name]
        if (!Array.isArray(items)) throw new TypeError(`${name} is no list`)
        return items
      } catch (cause) {
        throw new PaddockError('price_invalid', {
          message: `${file} is damaged. Put it back from a backup, or delete it: then ${without}.`,
          cause,
        })
      }
    },
    write: (dataFolder, items) => {
      const file = path(dataFolder)
      mkdirSync(dirname(file), { recursive: true })
      const partial = `${file}.${process.pid}.part`
      const descriptor = openSync(partial, 'w')
      writeFileSync(descriptor, `${JSON.stringify({ [name]: items }, null, 2)}\n`)
      fsyncSync(descriptor)
      closeSync(descriptor)
      renameSync(partial, file)
    },
  }
}
