import { createHash } from 'node:crypto'
import { sql, type Kysely, type Migration, type Selectable } from 'kysely'
import { isoInstant, type Clock } from '../base/clock.ts'
import type { Store } from '../store/store.ts'

/**
 * Who changed what. Records are only ever added; each holds a hash over itself and the hash of the one before, so that a
 * record that was changed, removed or moved shows. Only a cut-off end does not: keep the head elsewhere.
 */
export type AuditLog = {
  append(record: NewAuditRecord): Promise<void>
  /** Newest first. */
  page(filter: AuditFilter): Promise<AuditRecord[]>
  verify(): Promise<AuditVerification>
}

type Actor = { readonly kind: 'person' | 'key' | 'nobody'; readonly id: string | null; readonly name: string }

export type NewAuditRecord = {
  readonly organisationId: string | null
  readonly actor: Actor
  readonly action: string
  readonly target: string | null
  /** Null: it was done; else the code it was refused with. */
  readonly code: string | null
  /** What it was before and after: only a digest is kept. */
  readonly before?: unknown
  readonly after?: unknown
  readonly requestId: string
}

export type AuditRecord = Omit<NewAuditRecord, 'before' | 'after'> & {
  readonly seq: number
  readonly at: string
  readonly before: string | null
  readonly after: string | null
  readonly hash: string
}

export type AuditFilter = {
  /** Null: of all organisations. */
  readonly organisationId: string | null
  /** Also records that belong to no organisation. */
  readonly orNone?: boolean
  readonly limit: number
  readonly below?: number | undefined
  readonly from?: number | undefined
  readonly to?: number | undefined
  readonly actor?: string | undefined
  /** A whole action, or the subject it begins with. */
  readonly action?: string | undefined
}

export type AuditVerification = {
  readonly ok: boolean
  readonly records: number
  readonly head: string | null
  readonly problem: { readonly seq: number; readonly what: string } | null
}

type AuditTables = {
  audit_log: {
    seq: bigint
    at: bigint
    organisation_id: string | null
    actor_kind: 'person' | 'key' | 'nobody'
    actor_id: string | null
    actor_name: string
    action: string
    target: string | null
    code: string | null
    before_digest: string | null
    after_digest: string | null
    request_id: string
    hash: string
  }
}

type Row = Selectable<AuditTables['audit_log']>

export const auditMigrations: Readonly<Record<string, Migration>> = {
  '2026-11-28-audit-log': {
    up: async (database: Kysely<unknown>) => {
      for (const statement of SCHEMA) await sql.raw(statement).execute(database)
    },
  },
}

const SCHEMA = [
  `CREATE TABLE audit_log (
    seq BIGINT PRIMARY KEY, at BIGINT NOT NULL, organisation_id TEXT, actor_kind TEXT NOT NULL, actor_id TEXT,
    actor_name TEXT NOT NULL, action TEXT NOT NULL, target TEXT, code TEXT, before_digest TEXT, after_digest TEXT,
    request_id TEXT NOT NULL, hash TEXT NOT NULL UNIQUE)`,
  'CREATE INDEX audit_log_of_organisation ON audit_log (organisation_id, seq)',
  // Whoever can write the database can drop these; they are against mistakes, the hashes against intent.
  `CREATE TRIGGER audit_log_keeps_records BEFORE UPDATE ON audit_log
    BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END`,
  `CREATE TRIGGER audit_log_loses_none BEFORE DELETE ON audit_log
    BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END`,
]

/** What the first record holds in place of a hash before it. */
const GENESIS = '0'.repeat(64)
const VERIFY_PAGE = 1_000

export function openAuditLog({ store, clock }: { readonly store: Store; readonly clock: Clock }): AuditLog {
  const tables = store.tables<AuditTables>()
  // One after another: each needs the hash of the one before.
  let last: Promise<unknown> = Promise.resolve()
  return {
    append: (record) => {
      const appended = last.then(() => append(tables, record, clock.now()))
      last = appended.catch(() => undefined)
      return appended
    },
    page: async (filter) => {
      const rows = await pageQuery(tables, filter).execute()
      return rows.map(recordOf)
    },
    verify: () => verify(tables),
  }
}

async function append(tables: Kysely<AuditTables>, record: NewAuditRecord, now: number): Promise<void> {
  await tables.transaction().execute(async (within) => {
    const before = await within
      .selectFrom('audit_log')
      .select(['seq', 'hash'])
      .orderBy('seq', 'desc')
      .limit(1)
      .executeTakeFirst()
    const row = {
      seq: (before?.seq ?? 0n) + 1n,
      at: BigInt(now),
      organisation_id: record.organisationId,
      actor_kind: record.actor.kind,
      actor_id: record.actor.id,
      actor_name: record.actor.name,
      action: record.action,
      target: record.target,
      code: record.code,
      before_digest: digestOf(record.before),
      after_digest: digestOf(record.after),
      request_id: record.requestId,
    }
    await within
      .insertInto('audit_log')
      .values({ ...row, hash: hashOf(before?.hash ?? GENESIS, row) })
      .execute()
  })
}

function digestOf(value: unknown): string | null {
  if (value === undefined || value === null) return null
  return createHash('sha256').update(JSON.stringify(value)).digest('hex')
}

/** Over every column in a fixed order, as a JSON list: no two records have the same text. */
function hashOf(previous: string, row: Omit<Row, 'hash'>): string {
  const fields = [
    row.seq.toString(),
    row.at.toString(),
    row.organisation_id,
    row.actor_kind,
    row.actor_id,
    row.actor_name,
    row.action,
    row.target,
    row.code,
    row.before_digest,
    row.after_digest,
    row.request_id,
  ]
  return createHash('sha256').update(previous).update(JSON.stringify(fields)).digest('hex')
}

function pageQuery(tables: Kysely<AuditTables>, filter: AuditFilter) {
  let query = tables.selectFrom('audit_log').selectAll()
  const { organisationId } = filter
  if (organisationId !== null) {
    const withNone = filter.orNone === true
    query = query.where((of) => {
      const own = of('organisation_id', '=', organisationId)
      return withNone ? own.or('organisation_id', 'is', null) : own
    })
  }
  if (filter.below !== undefined) query = query.where('seq', '<', BigInt(filter.below))
  if (filter.from !== undefined) query = query.where('at', '>=', BigInt(filter.from))
  if (filter.to !== undefined) query = query.where('at', '<', BigInt(filter.to))
  if (filter.actor !== undefined) query = query.where('actor_id', '=', filter.actor)
  if (filter.action !== undefined) {
    const { action } = filter
    // From "keys." up to but without "keys/": all that begins with the subject, by an index if there is one.
    query = query.where((of) =>
      of('action', '=', action).or(of('action', '>', `${action}.`).and('action', '<', `${action}/`)),
    )
  }
  return query.orderBy('seq', 'desc').limit(filter.limit)
}

function recordOf(row: Row): AuditRecord {
  return {
    seq: Number(row.seq),
    at: isoInstant(Number(row.at)),
    organisationId: row.organisation_id,
    actor: { kind: row.actor_kind, id: row.actor_id, name: row.actor_name },
    action: row.action,
    target: row.target,
    code: row.code,
    before: row.before_digest,
    after: row.after_digest,
    requestId: row.request_id,
    hash: row.hash,
  }
}

async function verify(tables: Kysely<AuditTables>): Promise<AuditVerification> {
  let previous = { seq: 0n, hash: GENESIS }
  for (;;) {
    const rows = await tables
      .selectFrom('audit_log')
      .selectAll()
      .where('seq', '>', previous.seq)
      .orderBy('seq')
      .limit(VERIFY_PAGE)
      .execute()
    for (const row of rows) {
      const what = problemOf(previous, row)
      if (what !== null)
        return {
          ok: false,
          records: Number(previous.seq),
          head: previous.hash,
          problem: { seq: Number(row.seq), what },
        }
      previous = row
    }
    if (rows.length < VERIFY_PAGE) break
  }
  const head = previous.seq === 0n ? null : previous.hash
  return { ok: true, records: Number(previous.seq), head, problem: null }
}

function problemOf(previous: { seq: bigint; hash: string }, row: Row): string | null {
  if (row.seq !== previous.seq + 1n) return `the record before it is missing: ${previous.seq + 1n}`
  if (row.hash !== hashOf(previous.hash, row)) return 'it was changed, or is not in its place'
  return null
}
