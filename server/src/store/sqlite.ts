import { DatabaseSync, type StatementSync } from '@photostructure/sqlite'
import { SqliteDialect } from 'kysely'

/** Statements kept prepared; the server has a few dozen distinct ones, ad-hoc reports come and go. */
const PREPARED_MAX = 200

/** What Kysely wants of a SQLite driver, and how long a connection waits for another process's write. */
type Driver = { close(): void; prepare(sql: string): Statement }
type Statement = {
  readonly reader: boolean
  all(parameters: readonly unknown[]): unknown[]
  run(parameters: readonly unknown[]): { changes: number | bigint; lastInsertRowid: number | bigint }
  iterate(parameters: readonly unknown[]): IterableIterator<unknown>
}

/**
 * Opens a SQLite file for Kysely. Integers are read as BigInt always: a double would silently round money above 2^53.
 * The journal is the point of durability, so SQLite itself runs WAL with synchronous=NORMAL.
 */
export function sqliteDialect(path: string): SqliteDialect {
  return new SqliteDialect({ database: () => Promise.resolve(openDriver(path)) })
}

function openDriver(path: string): Driver {
  const database = new DatabaseSync(path)
  database.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; PRAGMA busy_timeout=5000')
  const prepared = new Map<string, Statement>()
  return {
    close: () => {
      database.close()
    },
    prepare: (sql) => {
      const known = prepared.get(sql)
      if (known) return known
      const statement = wrap(database.prepare(sql))
      if (prepared.size >= PREPARED_MAX) prepared.clear()
      prepared.set(sql, statement)
      return statement
    },
  }
}

function wrap(statement: StatementSync): Statement {
  statement.setReadBigInts(true)
  type Values = Parameters<StatementSync['all']>
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...(parameters as Values)) as unknown[],
    run: (parameters) => statement.run(...(parameters as Values)),
    iterate: (parameters) => statement.iterate(...(parameters as Values)) as IterableIterator<unknown>,
  }
}
