import type { Role } from '@paddock/contract/control/endpoint'
import { sql, type Kysely, type Migration } from 'kysely'
import type { CallersTables } from './tables.ts'

/** Who may sign in. Integers are bigints because the store reads them so; times are milliseconds since 1970. */
export type PeopleTables = Pick<CallersTables, 'organisations'> & {
  people: {
    id: string
    organisation_id: string
    email: string
    name: string
    role: Role
    password_hash: string
    /** Sealed; it counts once it was confirmed. */
    second_factor: string | null
    second_factor_on: bigint
    /** The step of the last code that was used. */
    second_factor_step: bigint
    created_at: bigint
    signed_in_at: bigint | null
    disabled_at: bigint | null
  }
  recovery_codes: { digest: Buffer; person_id: string }
  sessions: { digest: Buffer; person_id: string; created_at: bigint; seen_at: bigint; expires_at: bigint }
  /** Links that are good once: for the first owner, and for whoever is invited. */
  links: {
    id: string
    digest: Buffer
    organisation_id: string
    /** Null: whoever comes by it says its own. */
    email: string | null
    role: Role
    created_at: bigint
    expires_at: bigint
  }
}

export const peopleMigrations: Readonly<Record<string, Migration>> = {
  '2026-11-28-people': {
    up: async (database: Kysely<unknown>) => {
      for (const statement of SCHEMA) await sql.raw(statement).execute(database)
    },
  },
}

const SCHEMA = [
  `CREATE TABLE people (
    id TEXT PRIMARY KEY, organisation_id TEXT NOT NULL REFERENCES organisations(id), email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL, role TEXT NOT NULL, password_hash TEXT NOT NULL, second_factor TEXT,
    second_factor_on BIGINT NOT NULL DEFAULT 0, second_factor_step BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL, signed_in_at BIGINT, disabled_at BIGINT)`,
  'CREATE INDEX people_of_organisation ON people (organisation_id, id)',
  'CREATE TABLE recovery_codes (digest BLOB PRIMARY KEY, person_id TEXT NOT NULL REFERENCES people(id))',
  `CREATE TABLE sessions (
    digest BLOB PRIMARY KEY, person_id TEXT NOT NULL REFERENCES people(id), created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL, expires_at BIGINT NOT NULL)`,
  'CREATE INDEX sessions_of_person ON sessions (person_id)',
  `CREATE TABLE links (
    id TEXT PRIMARY KEY, digest BLOB NOT NULL UNIQUE, organisation_id TEXT NOT NULL REFERENCES organisations(id),
    email TEXT, role TEXT NOT NULL, created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL)`,
]
