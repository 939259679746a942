import { sql, type Migration } from 'kysely'

/** Kept answers. `bytes` is the length of both texts; `created_at` is in milliseconds since 1970. */
export type ChatsTables = {
  readonly responses: {
    readonly id: string
    readonly organisation_id: string
    readonly team_id: string
    readonly key_id: string
    readonly created_at: bigint
    readonly bytes: bigint
    readonly input: string
    readonly response: string
  }
}

export const chatsMigrations: Readonly<Record<string, Migration>> = {
  '2026-11-28-responses': {
    up: async (database) => {
      for (const statement of CREATE) await sql.raw(statement).execute(database)
    },
  },
}

const CREATE = [
  `CREATE TABLE responses (
    id TEXT PRIMARY KEY NOT NULL, organisation_id TEXT NOT NULL, team_id TEXT NOT NULL, key_id TEXT NOT NULL,
    created_at BIGINT NOT NULL, bytes BIGINT NOT NULL, input TEXT NOT NULL, response TEXT NOT NULL)`,
  'CREATE INDEX responses_age ON responses (created_at)',
  'CREATE INDEX responses_organisation ON responses (organisation_id, created_at, bytes)',
]
