import { Kysely, sql, type Migration } from 'kysely'
import { assert } from '../base/errors.ts'
import { LogCopier } from './log-copier.ts'
import { LOG_PAGES_MAX, openConnection, sqliteDialect, type Connection, type SqlValue } from './sqlite.ts'

/**
 * The database behind one small interface. It knows no subject: each subject declares its own tables and migrations and
 * asks for a typed view of them.
 */
export type Store = {
  /** A typed view of a subject's own tables. Every integer column is a bigint when read. */
  tables<Tables>(): Kysely<Tables>
  /**
   * Runs what has not been run yet of a subject's migrations, in the order of their names: "2026-11-24-books". Each
   * subject can bring its own, and a second process may do it at the same time.
   */
  migrate(migrations: Readonly<Record<string, Migration>>): Promise<void>
  /**
   * A write transaction of queries that read first: the right to write is taken at its beginning, so that of two processes
   * the second waits. One that reads and then writes would fail instead where another has written in between.
   */
  write<Tables, Result>(work: (tables: Kysely<Tables>) => Promise<Result>): Promise<Result>
  /**
   * One write transaction at full speed, start to end within this turn of the event loop. It never waits: while somebody
   * else is writing it throws, and changes nothing. `durable`: on the disk when it returns, with all commits before it.
   */
  batch<Result>(options: { readonly durable: boolean }, work: (run: Run) => Result): Result
  /**
   * Copies what batches have written ahead into the database file where it has become much, while requests go on. True when all
   * of them are there, and on the disk; false where it is little, or somebody read or wrote meanwhile.
   */
  bringHome(): Promise<boolean>
  close(): Promise<void>
}

/** Runs one statement; says how many rows it changed. */
export type Run = (statement: string, values: readonly SqlValue[]) => number

/** Opens (or creates) the SQLite database at `path`. Other processes may have it open: the command line does. */
export function openStore(path: string): Store {
  const database = new Kysely<unknown>({ dialect: sqliteDialect(path) })
  // A connection of its own: transactions of queries last over several turns, and a batch must not land inside of one.
  let batches: Connection | null = null
  const copier = new LogCopier(path)
  return {
    tables: <Tables>() => database as unknown as Kysely<Tables>,
    migrate: (migrations) => writeWithin(database, (whole) => migrateWithin(whole, migrations)),
    write: <Tables, Result>(work: (tables: Kysely<Tables>) => Promise<Result>) =>
      writeWithin(database, (whole) => work(whole as unknown as Kysely<Tables>)),
    batch: (options, work) => {
      batches ??= openConnection(path, 0)
      return runBatch(batches, options, work)
    },
    bringHome: async () => {
      if (batches === null || logOf(batches).log < LOG_PAGES_MAX) return false
      await copier.copy()
      const { log, checkpointed } = logOf(batches)
      return log === checkpointed
    },
    close: async () => {
      copier.close()
      batches?.close()
      batches = null
      await database.destroy()
    },
  }
}

/** How many pages the log has, and how many of them are in the file, and synced with it where that is all of them. */
function logOf(connection: Connection): { readonly log: bigint; readonly checkpointed: bigint } {
  const [log] = connection.prepare('PRAGMA wal_checkpoint(NOOP)').all([]) as ReturnType<typeof logOf>[]
  assert(log !== undefined, 'the database tells of its log')
  return log
}

function writeWithin<Result>(
  database: Kysely<unknown>,
  work: (connection: Kysely<unknown>) => Promise<Result>,
): Promise<Result> {
  return database.connection().execute(async (connection) => {
    await sql`BEGIN IMMEDIATE`.execute(connection)
    try {
      const result = await work(connection)
      await sql`COMMIT`.execute(connection)
      return result
    } catch (failure) {
      await sql`ROLLBACK`.execute(connection)
      throw failure
    }
  })
}

async function migrateWithin(
  connection: Kysely<unknown>,
  migrations: Readonly<Record<string, Migration>>,
): Promise<void> {
  await sql`CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY NOT NULL) STRICT`.execute(connection)
  const { rows } = await sql<{ name: string }>`SELECT name FROM migrations`.execute(connection)
  const done = new Set(rows.map(({ name }) => name))
  const missing = Object.entries(migrations).filter(([name]) => !done.has(name))
  for (const [name, migration] of missing.toSorted(([left], [right]) => (left < right ? -1 : 1))) {
    await migration.up(connection)
    await sql`INSERT INTO migrations (name) VALUES (${name})`.execute(connection)
  }
}

function runBatch<Result>(
  connection: Connection,
  { durable }: { readonly durable: boolean },
  work: (run: Run) => Result,
): Result {
  if (durable) connection.exec('PRAGMA synchronous=FULL')
  try {
    return runWithin(connection, work)
  } finally {
    if (durable) connection.exec('PRAGMA synchronous=NORMAL')
  }
}

function runWithin<Result>(connection: Connection, work: (run: Run) => Result): Result {
  connection.exec('BEGIN IMMEDIATE')
  try {
    const result = work((statement, values) => Number(connection.prepare(statement).run(values).changes))
    connection.exec('COMMIT')
    return result
  } catch (failure) {
    rollBack(connection)
    throw failure
  }
}

/** After some failures (a full disk) SQLite has rolled back by itself, and says so by failing here. */
function rollBack(connection: Connection): void {
  try {
    connection.exec('ROLLBACK')
  } catch {
    return
  }
}
