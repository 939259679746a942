import { sql, type Migration } from 'kysely'

export type ChatsTables = {
  /**
   * Kept answers, each with what it added to its conversation, behind the one it goes on from. One that is `gone` is not
   * shown any more, but stays while another goes on from it. `created_at` is in milliseconds since 1970, `bytes` the length
   * of its own texts, `conversation_bytes` of all before it, too.
   */
  readonly responses: {
    readonly id: string
    readonly organisation_id: string
    readonly team_id: string
    readonly key_id: string
    readonly created_at: bigint
    readonly previous_id: string | null
    readonly bytes: bigint
    readonly conversation_bytes: bigint
    readonly gone: bigint
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
    created_at BIGINT NOT NULL, previous_id TEXT, bytes BIGINT NOT NULL, conversation_bytes BIGINT NOT NULL,
    gone BIGINT NOT NULL, input TEXT NOT NULL, response TEXT NOT NULL)`,
  'CREATE INDEX responses_age ON responses (gone, created_at)',
  'CREATE INDEX responses_organisation ON responses (organisation_id, gone, created_at, bytes)',
  'CREATE INDEX responses_previous ON responses (previous_id)',
]
