import type { ProviderSetting } from '@paddock/contract/config'
import { sql, type Kysely, type Migration } from 'kysely'
import type { Clock } from '../base/clock.ts'
import type { Store } from '../store/store.ts'

/**
 * Providers nobody wrote facts for, that were made while the server runs: where they are and how they are spoken to. Their keys are
 * among the entered ones, bound to the same address. paddock.yaml wins over one of the same name.
 */
export type MadeProviders = {
  list(): Promise<readonly MadeProvider[]>
  /** In the place of one of the same name. */
  put(made: MadeProvider): Promise<void>
  /** False where there was none. */
  remove(id: string): Promise<boolean>
}

export type MadeProvider = {
  readonly id: string
  readonly dialect: NonNullable<ProviderSetting['dialect']>
  readonly baseUrl: string
  readonly currency: string
  readonly models: readonly string[]
  /** Whether it is called with a key: without one that opens it is then not called at all. */
  readonly needsKey: boolean
}

type Tables = {
  made_providers: {
    provider: string
    dialect: string
    base_url: string
    currency: string
    /** A JSON list. */
    models: string
    needs_key: bigint
    made_at: bigint
  }
}

export const madeProvidersMigrations: Readonly<Record<string, Migration>> = {
  '2026-11-28-made-providers': {
    up: async (database: Kysely<unknown>) => {
      await sql`CREATE TABLE made_providers (
        provider TEXT PRIMARY KEY NOT NULL, dialect TEXT NOT NULL, base_url TEXT NOT NULL, currency TEXT NOT NULL,
        models TEXT NOT NULL, needs_key INTEGER NOT NULL, made_at BIGINT NOT NULL)`.execute(database)
    },
  },
}

export function openMadeProviders({ store, clock }: { store: Store; clock: Clock }): MadeProviders {
  const tables = store.tables<Tables>()
  return {
    list: async () => {
      const rows = await tables.selectFrom('made_providers').selectAll().orderBy('provider').execute()
      return rows.map(({ provider, dialect, base_url, currency, models, needs_key }) => ({
        id: provider,
        dialect: dialect as MadeProvider['dialect'],
        baseUrl: base_url,
        currency,
        models: JSON.parse(models) as string[],
        needsKey: needs_key === 1n,
      }))
    },
    put: async ({ id, dialect, baseUrl, currency, models, needsKey }) => {
      const row = {
        dialect,
        base_url: baseUrl,
        currency,
        models: JSON.stringify(models),
        needs_key: needsKey ? 1n : 0n,
        made_at: BigInt(clock.now()),
      }
      await tables
        .insertInto('made_providers')
        .values({ provider: id, ...row })
        .onConflict((conflict) => conflict.column('provider').doUpdateSet(row))
        .execute()
    },
    remove: async (id) => {
      const { numDeletedRows } = await tables.deleteFrom('made_providers').where('provider', '=', id).executeTakeFirst()
      return numDeletedRows > 0n
    },
  }
}
