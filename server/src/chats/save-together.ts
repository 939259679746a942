import { CompiledQuery, type Kysely } from 'kysely'
import type { StoredResponse } from '../dialects/openai-responses/stored.ts'
import type { Store } from '../store/store.ts'
import type { ChatsTables } from './tables.ts'

/** An answer to keep: the bytes of its own texts, and how many its conversation may have with them. */
export type Save = { readonly stored: StoredResponse; readonly bytes: bigint; readonly bytesMax: bigint }

type Waiting = Save & { readonly done: (isKept: boolean) => void; readonly failed: (failure: unknown) => void }

/** Adds a turn behind the one it goes on from, if that is there and the conversation does not get too long. */
const INSERT = `
  INSERT INTO responses
    (id, organisation_id, team_id, key_id, created_at, previous_id, bytes, conversation_bytes, gone, input, response)
  SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7 + coalesce(previous.conversation_bytes, 0), 0, ?8, ?9
  FROM (SELECT 1) LEFT JOIN responses AS previous ON previous.id = ?6 AND previous.gone = 0
  WHERE (?6 IS NULL OR previous.id IS NOT NULL) AND ?7 + coalesce(previous.conversation_bytes, 0) <= ?10`

/**
 * Saves all answers of one turn of the event loop in one transaction: a transaction of its own costs more than everything
 * else that is done for a request.
 */
export class SaveTogether {
  readonly #store: Store
  #waiting: Waiting[] = []

  constructor(store: Store) {
    this.#store = store
  }

  /** Whether it was kept. Rejects where the database takes nothing. */
  save(wanted: Save): Promise<boolean> {
    return new Promise((done, failed) => {
      const { stored, bytes, bytesMax } = wanted
      if (this.#waiting.push({ stored, bytes, bytesMax, done, failed }) === 1) setImmediate(() => void this.#saveAll())
    })
  }

  async #saveAll(): Promise<void> {
    const together = this.#waiting
    this.#waiting = []
    try {
      const kept = this.#store.batch({ durable: false }, (run) =>
        together.map((each) => run(INSERT, valuesOf(each)) > 0),
      )
      for (const [index, { done }] of together.entries()) done(kept[index] === true)
    } catch {
      // Somebody else is writing, or one of them cannot be saved: then each stands for itself.
      for (const each of together) await this.#saveAlone(each)
    }
  }

  async #saveAlone(wanted: Waiting): Promise<void> {
    try {
      const { numAffectedRows } = await this.#store.write((tables: Kysely<ChatsTables>) =>
        tables.executeQuery(CompiledQuery.raw(INSERT, [...valuesOf(wanted)])),
      )
      wanted.done(numAffectedRows === 1n)
    } catch (failure) {
      wanted.failed(failure)
    }
  }
}

function valuesOf({ stored, bytes, bytesMax }: Save): readonly (string | bigint | null)[] {
  const { id, organisationId, teamId, keyId, createdAt, previousId, input, response } = stored
  return [id, organisationId, teamId, keyId, BigInt(createdAt), previousId, bytes, input, response, bytesMax]
}
