import { sql, type Kysely, type Migration } from 'kysely'
import type { Clock } from '../base/clock.ts'
import type { Seals } from '../store/seal.ts'
import type { Store } from '../store/store.ts'

/**
 * Providers' keys that were entered while the server runs. Each is sealed, and bound to its provider and to the address it
 * is for: a row that was made to point elsewhere does not open, so the key is sent nowhere.
 */
export type EnteredKeys = {
  enter(provider: string, entered: { readonly key: string; readonly baseUrl: string }): Promise<void>
  /** False where there was none. */
  remove(provider: string): Promise<boolean>
  /** What may be shown of them, by provider. */
  list(): Promise<ReadonlyMap<string, EnteredKey>>
  /** The keys themselves, for routing. One that does not open is left out, and told: the others still serve. */
  open(): Promise<ReadonlyMap<string, OpenedKey>>
  /** Seals every key under the newest master key; how many were not. */
  rewrap(): Promise<number>
}

export type EnteredKey = { readonly lastFour: string; readonly baseUrl: string; readonly enteredAt: number }
export type OpenedKey = { readonly key: string; readonly baseUrl: string }

type EnteredTables = {
  entered_keys: { provider: string; base_url: string; sealed: string; last_four: string; entered_at: bigint }
}

export const enteredKeysMigrations: Readonly<Record<string, Migration>> = {
  '2026-11-28-entered-keys': {
    up: async (database: Kysely<unknown>) => {
      await sql
        .raw(
          `CREATE TABLE entered_keys (
            provider TEXT PRIMARY KEY NOT NULL, base_url TEXT NOT NULL, sealed TEXT NOT NULL, last_four TEXT NOT NULL,
            entered_at BIGINT NOT NULL)`,
        )
        .execute(database)
    },
  },
}

export function openEnteredKeys(parts: {
  readonly store: Store
  readonly clock: Clock
  readonly seals: Seals
  readonly onUnusable: (provider: string, cause: unknown) => void
}): EnteredKeys {
  const { clock, seals, onUnusable } = parts
  const tables = parts.store.tables<EnteredTables>()
  const all = () => tables.selectFrom('entered_keys').selectAll().execute()
  return {
    enter: async (provider, { key, baseUrl }) => {
      const row = {
        base_url: baseUrl,
        sealed: seals.seal(key, boundTo(provider, baseUrl)),
        last_four: key.slice(-4),
        entered_at: BigInt(clock.now()),
      }
      await tables
        .insertInto('entered_keys')
        .values({ provider, ...row })
        .onConflict((conflict) => conflict.column('provider').doUpdateSet(row))
        .execute()
    },
    remove: async (provider) => {
      const { numDeletedRows } = await tables
        .deleteFrom('entered_keys')
        .where('provider', '=', provider)
        .executeTakeFirst()
      return numDeletedRows > 0n
    },
    list: async () =>
      new Map(
        (await all()).map(({ provider, base_url, last_four, entered_at }) => [
          provider,
          { lastFour: last_four, baseUrl: base_url, enteredAt: Number(entered_at) },
        ]),
      ),
    open: async () => {
      const opened = new Map<string, OpenedKey>()
      for (const { provider, base_url, sealed } of await all()) {
        try {
          opened.set(provider, { key: seals.open(sealed, boundTo(provider, base_url)), baseUrl: base_url })
        } catch (cause) {
          onUnusable(provider, cause)
        }
      }
      return opened
    },
    rewrap: async () => {
      const old = (await all()).filter(({ sealed }) => seals.isOld(sealed))
      for (const { provider, sealed } of old) {
        await tables
          .updateTable('entered_keys')
          .set({ sealed: seals.rewrap(sealed) })
          .where('provider', '=', provider)
          .where('sealed', '=', sealed)
          .execute()
      }
      return old.length
    },
  }
}

function boundTo(provider: string, baseUrl: string): string {
  return `entered_keys|${provider}|${baseUrl}`
}
