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
    /** Empty for who has none, and signs in otherwise. */
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
  passkeys: {
    id: string
    person_id: string
    name: string
    /** The name of the host it was made for. */
    host: string
    credential: string
    public_key: Buffer
    counter: bigint
    /** JSON: how the browser reaches it. */
    transports: string
    backed_up: bigint
    created_at: bigint
    used_at: bigint | null
  }
  /** As whom a provider of identities knows a person. */
  identities: { issuer: string; subject: string; person_id: string; created_at: bigint }
  /** What was begun, in the order of its beginning. */
  pending: {
    number: bigint
    digest: Buffer
    kind: 'passkey' | 'passkey_sign_in' | 'sso'
    person_id: string | null
    /** Sealed. */
    kept: string | null
    expires_at: bigint
  }
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
  '2026-11-28-sign-in-ways': {
    up: async (database: Kysely<unknown>) => {
      for (const statement of ADD_WAYS) await sql.raw(statement).execute(database)
    },
  },
}

const ADD_WAYS = [
  `CREATE TABLE passkeys (
    id TEXT PRIMARY KEY, person_id TEXT NOT NULL REFERENCES people(id), name TEXT NOT NULL, host TEXT NOT NULL,
    credential TEXT NOT NULL UNIQUE, public_key BLOB NOT NULL, counter BIGINT NOT NULL, transports TEXT NOT NULL,
    backed_up BIGINT NOT NULL, created_at BIGINT NOT NULL, used_at BIGINT)`,
  'CREATE INDEX passkeys_of_person ON passkeys (person_id)',
  `CREATE TABLE identities (
    issuer TEXT NOT NULL, subject TEXT NOT NULL, person_id TEXT NOT NULL REFERENCES people(id),
    created_at BIGINT NOT NULL, PRIMARY KEY (issuer, subject))`,
  `CREATE TABLE pending (
    number BIGINT PRIMARY KEY, digest BLOB NOT NULL UNIQUE, kind TEXT NOT NULL, person_id TEXT REFERENCES people(id),
    kept TEXT, expires_at BIGINT NOT NULL)`,
]

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
