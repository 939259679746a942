import { Kysely, sql, type Migration } from 'kysely'
import { LogCopier } from './log-copier.ts'
import { openConnection, sqliteDialect, type Connection, type SqlValue } from './sqlite.ts'

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
   * Copies what was written ahead into the database file, from so many pages (of 4 KiB) on and while requests go on. True when
   * all that batches wrote is there, and on the disk; false where there are fewer, or somebody read or wrote meanwhile.
   */
  bringHome(pagesMin: number): Promise<boolean>
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
    bringHome: async (pagesMin) => {
      const connection = batches
      if (connection === null) return false
      const pages = pagesAhead(connection)
      if (pages === 0n) return true
      if (pages === null || pages < pagesMin) return false
      await copier.copy()
      return pagesAhead(connection) === 0n
    },
    close: async () => {
      copier.close()
      batches?.close()
      batches = null
      await database.destroy()
    },
  }
}

/** How many pages of the log are not in the file, which was synced when it is none; null where that cannot be told just now. */
function pagesAhead(connection: Connection): bigint | null {
  const [found] = connection.prepare('PRAGMA wal_checkpoint(NOOP)').all([]) as { log: bigint; checkpointed: bigint }[]
  return found === undefined || found.log < 0n ? null : found.log - found.checkpointed
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
