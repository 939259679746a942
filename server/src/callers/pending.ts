import { createHash } from 'node:crypto'
import type { Clock } from '../base/clock.ts'
import { openSeals, type Seals } from '../store/seal.ts'
import type { Store } from '../store/store.ts'
import type { PeopleTables } from './people-tables.ts'
import { makeToken, tokenDigest } from './token.ts'

/** What was begun and is to be finished: a passkey that is being made, or somebody who is signing in by another place. */
export type Kind = PeopleTables['pending']['kind']

export type Pending = {
  /** A random token by which it can be finished, once, and not later than `msMax` from now. `kept` is stored sealed. */
  begin(wanted: { kind: Kind; msMax: number; personId?: string; kept?: string }): Promise<string>
  /** What was begun by this token. Null where there is nothing, it was finished before, or is too old. */
  finish(kind: Kind, token: string): Promise<{ readonly personId: string | null; readonly kept: string | null } | null>
}

/** Strangers may begin as often as they like; the oldest give way. */
const PENDING_MAX = 10_000n
const BOUND_TO = 'pending'

export function openPending({ store, clock }: { readonly store: Store; readonly clock: Clock }): Pending {
  const tables = store.tables<PeopleTables>()
  return {
    begin: async ({ kind, msMax, personId, kept }) => {
      const token = makeToken()
      const now = BigInt(clock.now())
      await store.write(async (within: typeof tables) => {
        await within.deleteFrom('pending').where('expires_at', '<=', now).execute()
        const oldest = within.selectFrom('pending').select('number').orderBy('number', 'desc').limit(1)
        const last = (await oldest.executeTakeFirst())?.number ?? 0n
        await within
          .deleteFrom('pending')
          .where('number', '<=', last - PENDING_MAX + 1n)
          .execute()
        await within
          .insertInto('pending')
          .values({
            number: last + 1n,
            digest: tokenDigest(token),
            kind,
            person_id: personId ?? null,
            kept: kept === undefined ? null : sealsOf(token).seal(kept, BOUND_TO),
            expires_at: now + BigInt(msMax),
          })
          .execute()
      })
      return token
    },
    finish: async (kind, token) => {
      const row = await tables
        .deleteFrom('pending')
        .where('digest', '=', tokenDigest(token))
        .where('kind', '=', kind)
        .returningAll()
        .executeTakeFirst()
      if (!row || Number(row.expires_at) <= clock.now()) return null
      return { personId: row.person_id, kept: row.kept === null ? null : sealsOf(token).open(row.kept, BOUND_TO) }
    },
  }
}

/** Opened by the token alone, which is not stored: not even who has database and file of keys reads what is kept. */
function sealsOf(token: string): Seals {
  const key = createHash('sha256').update(`paddock pending ${token}`).digest()
  return openSeals(() => [key])
}
