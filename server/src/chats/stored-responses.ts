import { sql, type Kysely } from 'kysely'
import type { Clock } from '../base/clock.ts'
import type { StoredConversation, StoredResponse, StoredResponses, Turn } from '../dialects/openai-responses/stored.ts'
import type { Store } from '../store/store.ts'
import { SaveTogether } from './save-together.ts'
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

type Database = Kysely<ChatsTables>
type Row = ChatsTables['responses']

/** How many rows one step of making room takes away at most. */
const STEP_ROWS = 100
/** Adding up takes time, so room is not made for one answer but for a sixteenth of all. */
const ROOM_SHARE = 16

/**
 * Kept answers in the database. Each row holds one turn and names the one before it, so that a long conversation takes the
 * room of what was said in it. One whose time is over is not found, whether or not it has been cleaned up yet.
 */
export class SqlStoredResponses implements StoredResponses {
  readonly #tables: Database
  readonly #saving: SaveTogether
  readonly #parts: StoredResponsesParts
  /** What the organisations hold, as far as it is known; what is not in here is added up when it is needed. */
  readonly #held = new Map<string, bigint>()

  constructor(parts: StoredResponsesParts) {
    this.#parts = parts
    this.#tables = parts.store.tables<ChatsTables>()
    this.#saving = new SaveTogether(parts.store)
  }

  isOn(): boolean {
    return this.#parts.limits().keptMs > 0
  }

  async save(stored: StoredResponse): Promise<boolean> {
    const { bytesMax, organisationBytesMax } = this.#parts.limits()
    const bytes = BigInt(Buffer.byteLength(stored.input) + Buffer.byteLength(stored.response))
    const most = BigInt(Math.floor(Math.min(bytesMax, organisationBytesMax)))
    const isKept = await this.#saving.save({ stored, bytes, bytesMax: most })
    if (isKept) await this.#count(stored.organisationId, bytes, organisationBytesMax)
    return isKept
  }

  async find(id: string): Promise<StoredConversation | null> {
    const stored = await this.findAlone(id)
    return stored && { ...stored, earlier: await turnsBefore(this.#tables, stored.previousId) }
  }

  async findAlone(id: string): Promise<StoredResponse | null> {
    const row = await this.#tables
      .selectFrom('responses')
      .selectAll()
      .where('id', '=', id)
      .where('gone', '=', 0n)
      .where('created_at', '>', this.#oldest())
      .executeTakeFirst()
    return row === undefined ? null : storedOf(row)
  }

  async remove(id: string): Promise<void> {
    await this.#letGo([id])
    this.#held.clear()
  }

  /** Takes away those whose time is over; says how many. */
  async clean(): Promise<number> {
    const old = await this.#tables
      .selectFrom('responses')
      .select('id')
      .where('gone', '=', 0n)
      .where('created_at', '<=', this.#oldest())
      .execute()
    for (let from = 0; from < old.length; from += STEP_ROWS)
      await this.#letGo(old.slice(from, from + STEP_ROWS).map(({ id }) => id))
    if (old.length > 0) this.#held.clear()
    return old.length
  }

  #oldest(): bigint {
    return BigInt(this.#parts.clock.now() - this.#parts.limits().keptMs)
  }

  /** Hides them, and deletes every turn that nobody goes on from any more. */
  async #letGo(ids: readonly string[]): Promise<void> {
    await this.#tables.updateTable('responses').set({ gone: 1n }).where('id', 'in', ids).execute()
    for (let deleted = 1n; deleted > 0n;) deleted = await deleteEnds(this.#tables)
  }

  /** Adds what was kept to what its organisation holds. Where that is too much, the oldest answers go. */
  async #count(organisationId: string, bytes: bigint, bytesMax: number): Promise<void> {
    const known = this.#held.get(organisationId)
    let held = known === undefined ? await this.#heldBy(organisationId) : known + bytes
    const enough = held > bytesMax ? bytesMax - bytesMax / ROOM_SHARE : bytesMax
    while (held > enough) {
      const oldest = await this.#tables
        .selectFrom('responses')
        .select(['id', 'bytes'])
        .where('organisation_id', '=', organisationId)
        .where('gone', '=', 0n)
        .orderBy('created_at')
        .limit(STEP_ROWS)
        .execute()
      if (oldest.length === 0) break
      await this.#letGo(firstOf(oldest, held - BigInt(Math.floor(enough))))
      held = await this.#heldBy(organisationId)
    }
    this.#held.set(organisationId, held)
  }

  async #heldBy(organisationId: string): Promise<bigint> {
    const { sum } = await this.#tables
      .selectFrom('responses')
      .select(({ fn }) => fn.sum<bigint | null>('bytes').as('sum'))
      .where('organisation_id', '=', organisationId)
      .executeTakeFirstOrThrow()
    return sum ?? 0n
  }
}

/** The turns from the first one to this one. */
async function turnsBefore(tables: Database, lastId: string | null): Promise<Turn[]> {
  if (lastId === null) return []
  const { rows } = await sql<Turn>`
    WITH RECURSIVE turns (previous_id, input, response, place) AS (
      SELECT previous_id, input, response, 0 FROM responses WHERE id = ${lastId}
      UNION ALL
      SELECT responses.previous_id, responses.input, responses.response, turns.place - 1
      FROM responses JOIN turns ON responses.id = turns.previous_id
    )
    SELECT input, response FROM turns ORDER BY place`.execute(tables)
  return rows
}

/** Deletes hidden turns that are the last of their conversation; the ones before them are the last then. */
async function deleteEnds(tables: Database): Promise<bigint> {
  const { numDeletedRows } = await tables
    .deleteFrom('responses')
    .where('gone', '=', 1n)
    .where((row) => {
      const next = row
        .selectFrom('responses as next')
        .select('next.id')
        .whereRef('next.previous_id', '=', 'responses.id')
      return row.not(row.exists(next))
    })
    .executeTakeFirst()
  return numDeletedRows
}

/** As many as make this much room, if nobody needs them any more. */
function firstOf(oldest: readonly Pick<Row, 'id' | 'bytes'>[], room: bigint): string[] {
  const chosen: string[] = []
  let left = room
  for (const { id, bytes } of oldest) {
    if (left <= 0n) break
    chosen.push(id)
    left -= bytes
  }
  return chosen
}

function storedOf(row: Row): StoredResponse {
  return {
    id: row.id,
    organisationId: row.organisation_id,
    teamId: row.team_id,
    keyId: row.key_id,
    createdAt: Number(row.created_at),
    previousId: row.previous_id,
    input: row.input,
    response: row.response,
  }
}
