import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql, type Kysely, type Migration } from 'kysely'
import { describe, expect, it } from 'vitest'
import { runElsewhere, sourceUrl } from '../../../tests/stand-ins/run-elsewhere.ts'
import { tempFolder } from '../../../tests/stand-ins/temp-folder.ts'
import { openConnection } from './sqlite.ts'
import { openStore, type Store } from './store.ts'

type Tables = { amounts: { name: string; pico: bigint } }

const amounts: Migration = {
  up: async (database) => {
    await sql`CREATE TABLE amounts (name TEXT PRIMARY KEY, pico INTEGER NOT NULL) STRICT`.execute(database)
  },
}

async function openSample(folder: string): Promise<Store & AsyncDisposable> {
  const store = openStore(join(folder, 'paddock.db'))
  await store.migrate({ '2026-01-01-amounts': amounts })
  return { ...store, [Symbol.asyncDispose]: () => store.close() }
}

const INSERT = 'INSERT INTO amounts (name, pico) VALUES (?, ?)'

describe('integers', () => {
  it.each([0n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)])('%s comes back as it went in', async (pico) => {
    using folder = tempFolder()
    await using store = await openSample(folder.path)
    store.batch({ durable: false }, (run) => run(INSERT, ['a', pico]))
    expect(await store.tables<Tables>().selectFrom('amounts').select('pico').executeTakeFirst()).toEqual({ pico })
  })
})

describe('migrations', () => {
  it('run once each, in the order of their names, whoever brings them', async () => {
    using folder = tempFolder()
    const ran: string[] = []
    const noting = (name: string): Migration => ({ up: () => Promise.resolve(void ran.push(name)) })
    for (const subjects of [
      { '2026-02-b': noting('b'), '2026-01-a': noting('a') },
      { '2026-03-c': noting('c') },
      { '2026-01-a': noting('a') },
    ]) {
      const store = openStore(join(folder.path, 'paddock.db'))
      await store.migrate(subjects)
      await store.close()
    }
    expect(ran).toEqual(['a', 'b', 'c'])
  })

  it('that fail leave the schema as it was, and can be tried again', async () => {
    using folder = tempFolder()
    await using store = await openSample(folder.path)
    const half: Migration = {
      up: async (database) => {
        await sql`CREATE TABLE halfway (name TEXT)`.execute(database)
        throw new Error('power cut')
      },
    }
    await expect(store.migrate({ '2026-02-half': half })).rejects.toThrow('power cut')
    const { rows } = await sql<{ name: string }>`SELECT name FROM sqlite_schema WHERE name = 'halfway'`.execute(
      store.tables(),
    )
    expect(rows).toEqual([])
    await store.migrate({ '2026-02-half': amounts2 })
  })

  it('at once by three processes run once', async () => {
    using folder = tempFolder()
    const script = `
      import { openStore } from '${sourceUrl('server/src/store/store.ts')}'
      const store = openStore(process.argv[1])
      await store.migrate({ first: { up: async (database) => {
        await database.schema.createTable('amounts').addColumn('name', 'text').execute()
      } } })
      await store.close()`
    const others = Array.from({ length: 3 }, () => runElsewhere(script, join(folder.path, 'paddock.db')))
    const exits = await Promise.all(others.map((other) => once(other, 'exit')))
    expect(exits.map(([code]) => code as number)).toEqual([0, 0, 0])
  })

  const amounts2: Migration = {
    up: async (database) => {
      await sql`CREATE TABLE halfway (name TEXT)`.execute(database)
    },
  }
})

describe('a batch', () => {
  it('is all or nothing', async () => {
    using folder = tempFolder()
    await using store = await openSample(folder.path)
    const twice = (): void => {
      store.batch({ durable: true }, (run) => {
        run(INSERT, ['a', 1n])
        run(INSERT, ['a', 2n])
      })
    }
    expect(twice).toThrow('UNIQUE')
    expect(store.batch({ durable: true }, (run) => run(INSERT, ['a', 1n]))).toBe(1)
  })

  it('does not fall into a transaction of queries that is still open', async () => {
    using folder = tempFolder()
    await using store = await openSample(folder.path)
    await store
      .tables<Tables>()
      .transaction()
      .execute(async (queries) => {
        await queries.insertInto('amounts').values({ name: 'query', pico: 1n }).execute()
        expect(() => store.batch({ durable: false }, (run) => run(INSERT, ['batch', 1n]))).toThrow('locked')
      })
    store.batch({ durable: false }, (run) => run(INSERT, ['batch', 1n]))
    const rows = await store.tables<Tables>().selectFrom('amounts').select('name').orderBy('name').execute()
    expect(rows).toEqual([{ name: 'batch' }, { name: 'query' }])
  })
})

describe('a write', () => {
  it('has the right to write before it reads, so that nobody writes in between; it is all or nothing', async () => {
    using folder = tempFolder()
    await using store = await openSample(folder.path)
    const other = openConnection(join(folder.path, 'paddock.db'), 0)
    const write = store.write(async (tables: Kysely<Tables>) => {
      expect(await tables.selectFrom('amounts').selectAll().execute()).toEqual([])
      expect(() => {
        other.exec('BEGIN IMMEDIATE')
      }).toThrow('locked')
      await tables.insertInto('amounts').values({ name: 'a', pico: 1n }).execute()
      throw new Error('on second thoughts')
    })
    await expect(write).rejects.toThrow('on second thoughts')
    other.exec('BEGIN IMMEDIATE')
    other.exec('ROLLBACK')
    other.close()
    expect(await store.tables<Tables>().selectFrom('amounts').selectAll().execute()).toEqual([])
  })
})

describe('a closed store', () => {
  it('has brought everything into the one file', async () => {
    using folder = tempFolder()
    const store = await openSample(folder.path)
    store.batch({ durable: false }, (run) => run(INSERT, ['a', 1n]))
    await store.close()
    await store.close()
    // As a copy of the database file alone would be.
    const copy = openConnection(`file:${join(folder.path, 'paddock.db')}?immutable=1`, 0)
    expect(copy.prepare('SELECT name FROM amounts').all([])).toEqual([{ name: 'a' }])
    copy.close()
  })

  it.each([
    ['no database', 'not a database, and long enough to be looked at'.repeat(100)],
    ['damaged', `SQLite format 3\0${'x'.repeat(8192)}`],
  ])('whose file is %s says so', async (_what, bytes) => {
    using folder = tempFolder()
    const path = join(folder.path, 'paddock.db')
    writeFileSync(path, bytes)
    await expect(openStore(path).migrate({})).rejects.toMatchObject({
      code: 'data_unusable',
      message: expect.stringContaining(path) as string,
    })
  })

  it('in a folder that is not there says so', async () => {
    using folder = tempFolder()
    const store = openStore(join(folder.path, 'none', 'paddock.db'))
    await expect(store.migrate({})).rejects.toMatchObject({
      code: 'data_unusable',
      message: expect.stringContaining('none') as string,
    })
    expect(existsSync(join(folder.path, 'none'))).toBe(false)
  })
})
