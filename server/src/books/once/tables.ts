import { sql, type Migration } from 'kysely'

export type OnceTables = {
  /**
   * Requests by what their callers named them with. `key` is a digest of the name and the key it was sent with, `fingerprint`
   * one of the request itself. `headers` and `body` are null until the reply is kept; `bytes` is what the row takes, roughly.
   */
  readonly once: {
    readonly key: string
    readonly organisation_id: string
    readonly fingerprint: string
    readonly request_id: string
    readonly created_at: bigint
    readonly bytes: bigint
    readonly headers: string | null
    readonly body: Uint8Array | null
  }
}

export const onceMigrations: Readonly<Record<string, Migration>> = {
  '2026-11-28-once': {
    up: async (database) => {
      for (const statement of CREATE) await sql.raw(statement).execute(database)
    },
  },
}

const CREATE = [
  `CREATE TABLE once (
    key TEXT PRIMARY KEY NOT NULL, organisation_id TEXT NOT NULL, fingerprint TEXT NOT NULL, request_id TEXT NOT NULL,
    created_at INTEGER NOT NULL, bytes INTEGER NOT NULL, headers TEXT, body BLOB) STRICT`,
  'CREATE INDEX once_age ON once (created_at)',
  'CREATE INDEX once_organisation ON once (organisation_id, created_at, bytes)',
]
