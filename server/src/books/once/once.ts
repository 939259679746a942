import { setTimeout as sleep } from 'node:timers/promises'
import type { EntryState } from '@paddock/contract/entry'
import type { Kysely } from 'kysely'
import type { Clock } from '../../base/clock.ts'
import type { SqlValue } from '../../store/sqlite.ts'
import type { Store } from '../../store/store.ts'
import type { Books } from '../books.ts'
import type { OnceTables } from './tables.ts'

/** Requests that are answered once, however often they are sent: each is known by what its caller named it with. */
export type Once = {
  /** False where no replies are kept: then names mean nothing. */
  isOn(): boolean
  /** A longer reply is not kept. */
  replyBytesMax(): number
  /** Makes a name this request's own, on disk when it resolves, or says what it stands for already. */
  claim(claim: Claim): Promise<Claimed>
  keep(claim: Claim, reply: Reply): Promise<void>
  /** The request is over: a reply that it has not kept by now is never kept. */
  end(claim: Claim): void
}

export type Claim = {
  /** A digest of what the caller named the request with, and of whose key it came with. */
  readonly key: string
  /** A digest of the request itself. */
  readonly fingerprint: string
  readonly requestId: string
  readonly organisationId: string
}

/** What was answered, whole: the head as far as it tells of the answer, and every byte behind it. */
export type Reply = {
  readonly requestId: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

export type Claimed =
  | { readonly kind: 'taken' }
  | { readonly kind: 'answered'; readonly reply: Reply }
  /** The name stands for a request that was not the same. */
  | { readonly kind: 'other' }
  | { readonly kind: 'running' }
  /** It was sent to a provider, and there is no reply to give again. `requestId` names its entry. */
  | { readonly kind: 'lost'; readonly requestId: string }

export type OnceLimits = {
  readonly keptMs: number
  readonly replyBytesMax: number
  readonly organisationBytesMax: number
}

export type OnceParts = {
  readonly store: Store
  readonly clock: Clock
  readonly books: Pick<Books, 'find' | 'isOpen'>
  /** Asked for anew each time: a change of the configuration counts at once. */
  readonly limits: () => OnceLimits
}

type Row = OnceTables['once']

/** What a row takes beside its reply, roughly: so a limit of bytes limits the number of rows as well. */
const ROW_BYTES = 512n
/** How many rows one step of making room takes away at most. */
const STEP_ROWS = 100
/** Adding up takes time, so room is not made for one reply but for a sixteenth of all. */
const ROOM_SHARE = 16n

/** Whoever asked came to nothing for it, so asking again is a new request. */
const FAILED: ReadonlySet<EntryState> = new Set(['upstream_error', 'timeout', 'refused'])

/**
 * Names in the database. A row is written before the provider is called and names the request's entry, so a crash at any
 * instant leaves a row whose entry says what came of it: nothing has to be repaired, and of many who ask at once one is first.
 */
export class SqlOnce implements Once {
  readonly #tables: Kysely<OnceTables>
  readonly #parts: OnceParts
  /** Requests of this process that have a name, or are about to. */
  readonly #running = new Set<string>()
  /** What the organisations hold, as far as it is known; what is not in here is added up when it is needed. */
  readonly #held = new Map<string, bigint>()

  constructor(parts: OnceParts) {
    this.#parts = parts
    this.#tables = parts.store.tables<OnceTables>()
  }

  isOn(): boolean {
    return this.#parts.limits().keptMs > 0
  }

  replyBytesMax(): number {
    return this.#parts.limits().replyBytesMax
  }

  async claim(claim: Claim): Promise<Claimed> {
    this.#running.add(claim.requestId)
    let claimed: Claimed | null = null
    try {
      claimed = await this.#take(claim)
      return claimed
    } finally {
      if (claimed?.kind !== 'taken') this.end(claim)
    }
  }

  async keep(claim: Claim, { headers, body }: Reply): Promise<void> {
    const written = JSON.stringify(headers)
    const bytes = ROW_BYTES + BigInt(Buffer.byteLength(written) + body.length)
    await this.#tables
      .updateTable('once')
      .set({ headers: written, body, bytes })
      .where('key', '=', claim.key)
      .where('request_id', '=', claim.requestId)
      .execute()
    await this.#count(claim.organisationId, bytes - ROW_BYTES)
  }

  end({ requestId }: Claim): void {
    this.#running.delete(requestId)
  }

  /** Takes away those whose time is over; says how many. */
  async clean(): Promise<number> {
    const { numDeletedRows } = await this.#tables
      .deleteFrom('once')
      .where('created_at', '<=', this.#oldest())
      .executeTakeFirst()
    if (numDeletedRows > 0n) this.#held.clear()
    return Number(numDeletedRows)
  }

  #oldest(): bigint {
    return BigInt(this.#parts.clock.now() - this.#parts.limits().keptMs)
  }

  /** Whoever loses a race for the name looks again at what it stands for by then. */
  async #take(claim: Claim): Promise<Claimed> {
    const { key, fingerprint, requestId, organisationId } = claim
    const now = BigInt(this.#parts.clock.now())
    for (;;) {
      const row = await this.#find(key)
      if (row === undefined) {
        if (await this.#change(INSERT, [key, organisationId, fingerprint, requestId, now, ROW_BYTES])) {
          await this.#count(organisationId, ROW_BYTES)
          return { kind: 'taken' }
        }
        continue
      }
      const standing = await this.#standing(row, claim)
      if (standing === 'changed') continue
      if (standing !== 'free') return standing
      if (await this.#change(TAKE_OVER, [fingerprint, requestId, now, ROW_BYTES, key, row.request_id]))
        return { kind: 'taken' }
    }
  }

  /** What a name stands for; free where its time is over, or where its request came to nothing. */
  async #standing(row: Row, claim: Claim): Promise<Claimed | 'free' | 'changed'> {
    if (row.created_at <= this.#oldest()) return 'free'
    const isSame = row.fingerprint === claim.fingerprint
    if (row.body !== null) return isSame ? { kind: 'answered', reply: replyOf(row, row.body) } : { kind: 'other' }
    const { request_id: requestId } = row
    const { books } = this.#parts
    if (this.#running.has(requestId) || books.isOpen(requestId)) return isSame ? { kind: 'running' } : { kind: 'other' }
    // It may have kept its reply since the row was read; now that it does not run, what the row says is final.
    const last = await this.#find(row.key)
    if (last?.request_id !== requestId || last.body !== null) return 'changed'
    const entry = await books.find(requestId)
    // Without an entry no provider was called: the intent would have become one.
    if (entry === null || FAILED.has(entry.state)) return 'free'
    return isSame ? { kind: 'lost', requestId } : { kind: 'other' }
  }

  #find(key: string): Promise<Row | undefined> {
    return this.#tables.selectFrom('once').selectAll().where('key', '=', key).executeTakeFirst()
  }

  /** Says whether the statement changed a row. On disk when it resolves, also after a power cut. */
  async #change(statement: string, values: readonly SqlValue[]): Promise<boolean> {
    for (let left = BUSY_TRIES; ; left -= 1) {
      try {
        return this.#parts.store.batch({ durable: true }, (run) => run(statement, values)) === 1
      } catch (thrown) {
        if (left === 0 || !isBusy(thrown)) throw thrown
        await sleep(BUSY_PAUSE_MS)
      }
    }
  }

  /** Adds to what an organisation holds. Where that is too much, its oldest names are forgotten, with what they stand for. */
  async #count(organisationId: string, bytes: bigint): Promise<void> {
    const bytesMax = BigInt(this.#parts.limits().organisationBytesMax)
    const known = this.#held.get(organisationId)
    let held = known === undefined ? await this.#heldBy(organisationId) : known + bytes
    const enough = held > bytesMax ? bytesMax - bytesMax / ROOM_SHARE : bytesMax
    while (held > enough) {
      const forgotten = await this.#forgetOldest(organisationId, held - enough)
      if (forgotten === 0) break
      held = await this.#heldBy(organisationId)
    }
    this.#held.set(organisationId, held)
  }

  async #forgetOldest(organisationId: string, room: bigint): Promise<number> {
    const oldest = await this.#tables
      .selectFrom('once')
      .select(['key', 'bytes', 'request_id'])
      .where('organisation_id', '=', organisationId)
      .orderBy('created_at')
      .limit(STEP_ROWS)
      .execute()
    const chosen: string[] = []
    let left = room
    for (const { key, bytes, request_id } of oldest) {
      if (left <= 0n || this.#running.has(request_id)) break
      chosen.push(key)
      left -= bytes
    }
    if (chosen.length > 0) await this.#tables.deleteFrom('once').where('key', 'in', chosen).execute()
    return chosen.length
  }

  async #heldBy(organisationId: string): Promise<bigint> {
    const { sum } = await this.#tables
      .selectFrom('once')
      .select(({ fn }) => fn.sum<bigint | null>('bytes').as('sum'))
      .where('organisation_id', '=', organisationId)
      .executeTakeFirstOrThrow()
    return sum ?? 0n
  }
}

const INSERT = `INSERT INTO once (key, organisation_id, fingerprint, request_id, created_at, bytes) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT (key) DO NOTHING`
const TAKE_OVER = `UPDATE once SET fingerprint = ?, request_id = ?, created_at = ?, bytes = ?, headers = NULL, body = NULL
  WHERE key = ? AND request_id = ?`

/** Another process, such as a command, may write for a moment: it is waited for as long as any query would. */
const BUSY_TRIES = 250
const BUSY_PAUSE_MS = 20
const SQLITE_BUSY = 5

function isBusy(thrown: unknown): boolean {
  return (thrown as { errcode?: number }).errcode === SQLITE_BUSY
}

function replyOf(row: Row, body: Uint8Array): Reply {
  return { requestId: row.request_id, headers: JSON.parse(row.headers ?? '{}') as Record<string, string>, body }
}
