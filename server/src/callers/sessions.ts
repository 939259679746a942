import type { Clock } from '../base/clock.ts'
import type { Store } from '../store/store.ts'
import { peopleWithOrganisations, personOf, type Person } from './person.ts'
import type { PeopleTables } from './people-tables.ts'
import { makeToken, tokenDigest } from './token.ts'

const HOUR_MS = 3_600_000
/** A session ends after this long in any case, and after so long without a request. */
const SESSION_MS_MAX = 7 * 24 * HOUR_MS
const IDLE_MS_MAX = 24 * HOUR_MS
/** Being seen is noted at most this often, so that looking is not writing. */
const SEEN_EVERY_MS = 60_000

export type Session = { readonly person: Person; readonly openedAt: number; readonly expiresAt: number }

/** Who has signed in. A session is a random token of which only the digest is kept. */
export type Sessions = {
  /** Somebody has signed in. */
  open(personId: string): Promise<{ readonly token: string; readonly expiresAt: number }>
  /** Null for one that is unknown, has ended, or is of somebody who may not sign in any more. */
  find(token: string): Promise<Session | null>
  end(token: string): Promise<void>
  /** Ends all of a person, but for one. */
  endOthers(personId: string, token: string): Promise<void>
}

export function openSessions({ store, clock }: { readonly store: Store; readonly clock: Clock }): Sessions {
  const tables = store.tables<PeopleTables>()
  return {
    open: async (personId) => {
      const token = makeToken()
      const now = clock.now()
      await tables.deleteFrom('sessions').where('expires_at', '<=', BigInt(now)).execute()
      await tables
        .updateTable('people')
        .set({ signed_in_at: BigInt(now) })
        .where('id', '=', personId)
        .execute()
      await tables
        .insertInto('sessions')
        .values({
          digest: tokenDigest(token),
          person_id: personId,
          created_at: BigInt(now),
          seen_at: BigInt(now),
          expires_at: BigInt(now + SESSION_MS_MAX),
        })
        .execute()
      return { token, expiresAt: now + SESSION_MS_MAX }
    },
    find: async (token) => {
      const digest = tokenDigest(token)
      const row = await peopleWithOrganisations(tables)
        .innerJoin('sessions', 'sessions.person_id', 'people.id')
        .select(['sessions.expires_at', 'sessions.seen_at'])
        .where('sessions.digest', '=', digest)
        .executeTakeFirst()
      const now = clock.now()
      if (!row || row.disabled_at !== null) return null
      const expiresAt = Math.min(Number(row.expires_at), Number(row.seen_at) + IDLE_MS_MAX)
      if (expiresAt <= now) return null
      if (now - Number(row.seen_at) > SEEN_EVERY_MS) {
        await tables
          .updateTable('sessions')
          .set({ seen_at: BigInt(now) })
          .where('digest', '=', digest)
          .execute()
      }
      return {
        person: personOf(row),
        openedAt: Number(row.expires_at) - SESSION_MS_MAX,
        expiresAt: Number(row.expires_at),
      }
    },
    end: async (token) => {
      await tables.deleteFrom('sessions').where('digest', '=', tokenDigest(token)).execute()
    },
    endOthers: async (personId, token) => {
      await tables
        .deleteFrom('sessions')
        .where('person_id', '=', personId)
        .where('digest', '!=', tokenDigest(token))
        .execute()
    },
  }
}
