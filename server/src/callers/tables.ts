import { sql, type Generated, type Kysely, type Migration } from 'kysely'

/** Integers are bigints because the store reads them so; times are milliseconds since 1970. */
export type CallersTables = {
  organisations: { id: string; name: string; created_at: bigint }
  teams: { id: string; organisation_id: string; name: string; created_at: bigint }
  users: { id: string; organisation_id: string; name: string; created_at: bigint }
  keys: {
    id: string
    organisation_id: string
    team_id: string
    user_id: string | null
    name: string
    public_part: string
    digest: Buffer
    scopes: string
    models: string | null
    /** JSON of a KeyLimitSetting, and of a KeyBudgetSetting. */
    limits: string | null
    budget: string | null
    created_at: bigint
    expires_at: bigint | null
    revoked_at: Generated<bigint | null>
  }
}

export const callersMigrations: Readonly<Record<string, Migration>> = {
  '2026-11-24-callers': {
    up: async (database: Kysely<unknown>) => {
      for (const statement of SCHEMA) await sql.raw(statement).execute(database)
    },
  },
  '2026-11-28-key-limits': {
    up: async (database: Kysely<unknown>) => {
      for (const column of ['limits', 'budget'])
        await sql.raw(`ALTER TABLE keys ADD COLUMN ${column} TEXT`).execute(database)
    },
  },
}

const SCHEMA = [
  `CREATE TABLE organisations (
    id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, created_at BIGINT NOT NULL)`,
  `CREATE TABLE teams (
    id TEXT PRIMARY KEY, organisation_id TEXT NOT NULL REFERENCES organisations(id), name TEXT NOT NULL,
    created_at BIGINT NOT NULL, UNIQUE (organisation_id, name))`,
  `CREATE TABLE users (
    id TEXT PRIMARY KEY, organisation_id TEXT NOT NULL REFERENCES organisations(id), name TEXT NOT NULL,
    created_at BIGINT NOT NULL, UNIQUE (organisation_id, name))`,
  `CREATE TABLE keys (
    id TEXT PRIMARY KEY, organisation_id TEXT NOT NULL REFERENCES organisations(id),
    team_id TEXT NOT NULL REFERENCES teams(id), user_id TEXT REFERENCES users(id), name TEXT NOT NULL,
    public_part TEXT NOT NULL UNIQUE, digest BLOB NOT NULL UNIQUE, scopes TEXT NOT NULL, models TEXT,
    created_at BIGINT NOT NULL, expires_at BIGINT, revoked_at BIGINT)`,
]
