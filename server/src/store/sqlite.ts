import { DatabaseSync, type DatabaseSyncInstance, type StatementSyncInstance } from '@photostructure/sqlite'
import { SqliteDialect } from 'kysely'
import { assert, PaddockError } from '../base/errors.ts'

/** Statements kept prepared; the server has a few dozen distinct ones, ad-hoc reports come and go. */
const PREPARED_MAX = 200
/** The log is copied into the file when it has so many pages (64 MiB), and nobody had it copied before: whoever commits waits for it. */
const LOG_PAGES_MAX = 16_000
/** How long a query waits for another process's write. */
const BUSY_MS = 5000
/** The first integer a double cannot hold. */
const BEYOND_DOUBLE = 9_007_199_254_740_993n

export type SqlValue = string | number | bigint | Uint8Array | null

/** A database connection with its statements kept prepared. Integers are read as BigInt always. */
export type Connection = {
  exec(sql: string): void
  prepare(sql: string): Statement
  close(): void
}

/** SQLITE_CORRUPT and SQLITE_NOTADB. */
const DAMAGED: ReadonlySet<number> = new Set([11, 26])

/** What Kysely wants of a prepared statement. */
export type Statement = {
  readonly reader: boolean
  all(values: readonly unknown[]): unknown[]
  run(values: readonly unknown[]): { changes: number | bigint; lastInsertRowid: number | bigint }
  iterate(values: readonly unknown[]): IterableIterator<unknown>
}

/** A SQLite file for Kysely, opened when the first query comes. */
export function sqliteDialect(path: string): SqliteDialect {
  return new SqliteDialect({ database: () => Promise.resolve(openConnection(path, BUSY_MS)) })
}

/**
 * Opens (or creates) a SQLite file. The journal is the point of durability, so SQLite itself runs WAL with
 * synchronous=NORMAL: a power cut may take the last commits, never the order of them.
 */
export function openConnection(path: string, busyMs: number): Connection {
  const database = openDatabase(path)
  setUp(database, path, busyMs)
  const prepared = new Map<string, Statement>()
  const prepare = (sql: string): Statement => {
    const known = prepared.get(sql)
    if (known) return known
    const statement = wrap(database.prepare(sql))
    if (prepared.size >= PREPARED_MAX) prepared.clear()
    prepared.set(sql, statement)
    return statement
  }
  checkBigIntegers(prepare)
  return {
    exec: (sql) => {
      database.exec(sql)
    },
    prepare,
    close: () => {
      bringHome(database)
      database.close()
    },
  }
}

/** Copies a database that others may be writing: as it is at one instant, without gaps, into a file that is not there yet. */
export function copyDatabase(path: string, target: string): void {
  const database = openDatabase(path)
  try {
    database.exec(`PRAGMA busy_timeout=${BUSY_MS}`)
    database.prepare('VACUUM INTO ?').run(target)
  } finally {
    database.close()
  }
}

/**
 * Copies the write-ahead log into the database file, as far as nobody is reading. SQLite does so when the last connection
 * closes, but the driver's statements keep theirs half open until they are collected.
 */
function bringHome(database: DatabaseSyncInstance): void {
  try {
    database.exec('PRAGMA wal_checkpoint(PASSIVE)')
  } catch {
    // A full disk, say. What was not copied stays in the log, where whoever opens the database next finds it.
  }
}

function openDatabase(path: string): DatabaseSyncInstance {
  try {
    return new DatabaseSync(path)
  } catch (cause) {
    throw new PaddockError('data_unusable', {
      message: `The database ${path} cannot be opened. See that the folder exists and that this user may write to it.`,
      cause,
    })
  }
}

/** The first statement is what looks into the file. */
function setUp(database: DatabaseSyncInstance, path: string, busyMs: number): void {
  try {
    database.exec(
      `PRAGMA busy_timeout=${busyMs}; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; PRAGMA wal_autocheckpoint=${LOG_PAGES_MAX}`,
    )
  } catch (cause) {
    database.close()
    if (!DAMAGED.has((cause as { errcode?: number }).errcode ?? 0)) throw cause
    throw new PaddockError('data_unusable', {
      message: `The file ${path} is damaged, or no database at all. Put back the one that belongs there, from a backup.`,
      cause,
    })
  }
}

function wrap(statement: StatementSyncInstance): Statement {
  // A double would silently round money above 2^53.
  statement.setReadBigInts(true)
  type Values = Parameters<StatementSyncInstance['all']>
  return {
    reader: statement.columns().length > 0,
    all: (values) => statement.all(...(values as Values)) as unknown[],
    run: (values) => statement.run(...(values as Values)),
    iterate: (values) => statement.iterate(...(values as Values)) as IterableIterator<unknown>,
  }
}

/** A driver that rounds would cost money without a trace, so it is asked once before it is trusted. */
function checkBigIntegers(prepare: Connection['prepare']): void {
  const [row] = prepare(`SELECT ${BEYOND_DOUBLE} AS large`).all([]) as { large: unknown }[]
  assert(row?.large === BEYOND_DOUBLE, 'the SQLite driver reads large integers exactly')
}
