import type { Kysely } from 'kysely'
import type { Clock } from '../base/clock.ts'
import type { StoredResponse, StoredResponses } from '../dialects/openai-responses/stored.ts'
import type { Store } from '../store/store.ts'
import type { ChatsTables } from './tables.ts'

/** For how long answers are kept, and how large one conversation and those of an organisation may be. */
export type StoredResponsesLimits = {
  readonly keptMs: number
  readonly bytesMax: number
  readonly organisationBytesMax: number
}

export type StoredResponsesParts = {
  readonly store: Store
  readonly clock: Clock
  /** Asked for anew each time: a change of the configuration counts at once. */
  readonly limits: () => StoredResponsesLimits
}

/** How many rows one step of making room looks at. */
const STEP_ROWS = 100

/** Kept answers in the database. One whose time is over is not found, whether or not it has been cleaned up yet. */
export class SqlStoredResponses implements StoredResponses {
  readonly #tables: Kysely<ChatsTables>
  readonly #parts: StoredResponsesParts
  /** What the organisations hold, as far as it is known; what is not in here is added up when it is needed. */
  readonly #held = new Map<string, bigint>()

  constructor(parts: StoredResponsesParts) {
    this.#parts = parts
    this.#tables = parts.store.tables<ChatsTables>()
  }

  isOn(): boolean {
    return this.#parts.limits().keptMs > 0
  }

  async save(stored: StoredResponse): Promise<boolean> {
    const { bytesMax, organisationBytesMax } = this.#parts.limits()
    const bytes = Buffer.byteLength(stored.input) + Buffer.byteLength(stored.response)
    if (bytes > Math.min(bytesMax, organisationBytesMax)) return false
    const held = await this.#heldBy(stored.organisationId)
    await this.#tables.insertInto('responses').values(rowOf(stored, bytes)).execute()
    // Others may have been kept meanwhile.
    const holds = (this.#held.get(stored.organisationId) ?? held) + BigInt(bytes)
    this.#held.set(stored.organisationId, holds)
    if (holds > organisationBytesMax) await this.#makeRoom(stored.organisationId, organisationBytesMax)
    return true
  }

  async find(id: string): Promise<StoredResponse | null> {
    const row = await this.#tables
      .selectFrom('responses')
      .selectAll()
      .where('id', '=', id)
      .where('created_at', '>', this.#oldest())
      .executeTakeFirst()
    if (row === undefined) return null
    return {
      id: row.id,
      organisationId: row.organisation_id,
      teamId: row.team_id,
      keyId: row.key_id,
      createdAt: Number(row.created_at),
      input: row.input,
      response: row.response,
    }
  }

  async remove(id: string): Promise<void> {
    await this.#tables.deleteFrom('responses').where('id', '=', id).execute()
    this.#held.clear()
  }

  /** Deletes those whose time is over; says how many. */
  async clean(): Promise<number> {
    const { numDeletedRows } = await this.#tables
      .deleteFrom('responses')
      .where('created_at', '<=', this.#oldest())
      .executeTakeFirst()
    if (numDeletedRows > 0n) this.#held.clear()
    return Number(numDeletedRows)
  }

  #oldest(): bigint {
    return BigInt(this.#parts.clock.now() - this.#parts.limits().keptMs)
  }

  async #heldBy(organisationId: string): Promise<bigint> {
    const known = this.#held.get(organisationId)
    if (known !== undefined) return known
    const { sum } = await this.#tables
      .selectFrom('responses')
      .select(({ fn }) => fn.sum<bigint | null>('bytes').as('sum'))
      .where('organisation_id', '=', organisationId)
      .executeTakeFirstOrThrow()
    return sum ?? 0n
  }

  /** The oldest go first. */
  async #makeRoom(organisationId: string, bytesMax: number): Promise<void> {
    let held = this.#held.get(organisationId) ?? 0n
    while (held > bytesMax) {
      const oldest = await this.#tables
        .selectFrom('responses')
        .select(['id', 'bytes'])
        .where('organisation_id', '=', organisationId)
        .orderBy('created_at')
        .limit(STEP_ROWS)
        .execute()
      if (oldest.length === 0) break
      const gone: string[] = []
      for (const { id, bytes } of oldest) {
        if (held <= bytesMax) break
        gone.push(id)
        held -= bytes
      }
      await this.#tables.deleteFrom('responses').where('id', 'in', gone).execute()
    }
    // The next to be kept adds up anew.
    this.#held.delete(organisationId)
  }
}

function rowOf(stored: StoredResponse, bytes: number): ChatsTables['responses'] {
  return {
    id: stored.id,
    organisation_id: stored.organisationId,
    team_id: stored.teamId,
    key_id: stored.keyId,
    created_at: BigInt(stored.createdAt),
    bytes: BigInt(bytes),
    input: stored.input,
    response: stored.response,
  }
}
