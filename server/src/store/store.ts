import { Kysely, Migrator, type Migration } from 'kysely'
import { sqliteDialect } from './sqlite.ts'

/**
 * The database behind one small interface. It knows no subject: each subject declares its own tables and migrations and
 * asks for a typed view of them.
 */
export type Store = {
  /** A typed view of a subject's own tables. Every integer column is a bigint when read. */
  tables<Tables>(): Kysely<Tables>
  /** Brings the schema up to date; names sort in the order they must run: "2026-11-24-books". */
  migrate(migrations: Readonly<Record<string, Migration>>): Promise<void>
  close(): Promise<void>
}

/** Opens (or creates) the SQLite database at `path`. Other processes may have it open: the command line does. */
export function openStore(path: string): Store {
  const database = new Kysely<unknown>({ dialect: sqliteDialect(path) })
  return {
    tables: <Tables>() => database as unknown as Kysely<Tables>,
    migrate: (migrations) => migrate(database, migrations),
    close: () => database.destroy(),
  }
}

async function migrate(database: Kysely<unknown>, migrations: Readonly<Record<string, Migration>>): Promise<void> {
  const migrator = new Migrator({
    db: database,
    provider: { getMigrations: () => Promise.resolve({ ...migrations }) },
    allowUnorderedMigrations: true,
  })
  const { error } = await migrator.migrateToLatest()
  if (error !== undefined) throw error
}
