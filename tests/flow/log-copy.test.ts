import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openConnection, type Connection } from '../../server/src/store/sqlite.ts'
import type { Store } from '../../server/src/store/store.ts'
import { tempFolder } from '../stand-ins/temp-folder.ts'

/** As it is built: a thread runs no sources. */
const { openStore } = (await import(new URL('../../server/dist/store/store.js', import.meta.url).href)) as {
  readonly openStore: (path: string) => Store
}

/** From so many pages on it is copied, and so many bytes are more than that. */
const PAGES = 1_000
const MUCH = 2 * PAGES * 4_096

function write(store: Store, text: string, bytes: number): void {
  store.batch({ durable: false }, (run) => {
    run('CREATE TABLE IF NOT EXISTS pieces (text TEXT, bytes BLOB)', [])
    run('INSERT INTO pieces VALUES (?, ?)', [text, Buffer.alloc(bytes, text)])
  })
}

const textsOf = (connection: Connection): unknown[] =>
  (connection.prepare('SELECT text FROM pieces').all([]) as { text: string }[]).map(({ text }) => text)

/** What is in the database file, without what stands in its log only. */
function textsInFile(path: string): unknown[] {
  const file = openConnection(`file:${path}?immutable=1`, 0)
  const texts = textsOf(file)
  file.close()
  return texts
}

describe('what was written ahead', () => {
  it('is copied into the database by a thread while others go on, and the log begins anew', async () => {
    using folder = tempFolder()
    const path = join(folder.path, 'paddock.db')
    const store = openStore(path)
    write(store, 'first', 10)
    expect(await store.bringHome(PAGES)).toBe(false)
    for (const text of ['second', 'third']) {
      write(store, text, MUCH)
      let others = 0
      setImmediate(() => (others += 1))
      expect(await store.bringHome(PAGES)).toBe(true)
      expect(others).toBe(1)
      expect(textsInFile(path).at(-1)).toBe(text)
    }
    write(store, 'fourth', 10)
    // A short log again: there is nothing to copy.
    expect(await store.bringHome(PAGES)).toBe(false)
    await store.close()
    expect(textsInFile(path)).toEqual(['first', 'second', 'third', 'fourth'])
  })

  it('is not taken to be there while somebody reads what was before', async () => {
    using folder = tempFolder()
    const path = join(folder.path, 'paddock.db')
    const store = openStore(path)
    write(store, 'first', 10)
    const reader = openConnection(path, 0)
    reader.exec('BEGIN')
    expect(textsOf(reader)).toEqual(['first'])
    write(store, 'second', MUCH)
    expect(await store.bringHome(PAGES)).toBe(false)
    expect(textsOf(reader)).toEqual(['first'])
    reader.exec('COMMIT')
    reader.close()
    expect(await store.bringHome(PAGES)).toBe(true)
    expect(textsInFile(path)).toEqual(['first', 'second'])
    await store.close()
  })
})
