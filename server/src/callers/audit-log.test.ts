import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MovingClock } from '../../../tests/stand-ins/moving-clock.ts'
import { tempFolder } from '../../../tests/stand-ins/temp-folder.ts'
import { openStore, type Store } from '../store/store.ts'
import { auditMigrations, openAuditLog, type AuditLog, type NewAuditRecord } from './audit-log.ts'

const folder = tempFolder()
const path = join(folder.path, 'paddock.db')
const clock = new MovingClock(1_700_000_000_000)
let store: Store
let log: AuditLog

const record = (index: number): NewAuditRecord => ({
  organisationId: index % 2 === 0 ? 'org-a' : 'org-b',
  actor: { kind: 'person', id: `person-${index % 3}`, name: `${index}@example.com` },
  action: index % 2 === 0 ? 'keys.create' : 'people.change',
  target: `target-${index}`,
  code: index % 5 === 0 ? 'role_missing' : null,
  before: { index },
  after: { index: index + 1 },
  requestId: `request-${index}`,
})

const RECORDS = 20

beforeAll(async () => {
  store = openStore(path)
  await store.migrate(auditMigrations)
  log = openAuditLog({ store, clock })
  // All at once: each has to wait for the hash of the one before.
  await Promise.all(Array.from({ length: RECORDS }, (_, index) => log.append(record(index))))
})
afterAll(async () => {
  await store.close()
  folder[Symbol.dispose]()
})

/** Does something to the rows behind the log's back, asks the log, and takes it back. */
async function meddle(statement: string): Promise<Awaited<ReturnType<AuditLog['verify']>>> {
  const raw = new DatabaseSync(path)
  try {
    raw.exec('CREATE TABLE kept AS SELECT * FROM audit_log')
    const triggers = raw.prepare("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all() as {
      name: string
      sql: string
    }[]
    for (const { name } of triggers) raw.exec(`DROP TRIGGER ${name}`)
    raw.exec(statement)
    const found = await log.verify()
    raw.exec('DELETE FROM audit_log; INSERT INTO audit_log SELECT * FROM kept; DROP TABLE kept')
    for (const { sql } of triggers) raw.exec(sql)
    return found
  } finally {
    raw.close()
  }
}

describe('the audit log', () => {
  it('is whole as it was written, and only ever added to', async () => {
    const { ok, records, head } = await log.verify()
    expect([ok, records]).toEqual([true, RECORDS])
    expect(head).toMatch(/^[0-9a-f]{64}$/)
    const raw = new DatabaseSync(path)
    expect(() => raw.exec("UPDATE audit_log SET action = 'x'")).toThrow('only added to')
    expect(() => raw.exec('DELETE FROM audit_log')).toThrow('only added to')
    raw.close()
  })

  it.each([
    'at',
    'organisation_id',
    'actor_kind',
    'actor_id',
    'actor_name',
    'action',
    'target',
    'code',
    'before_digest',
    'after_digest',
    'request_id',
    'hash',
  ])('finds a changed %s in any record', async (column) => {
    for (let seq = 1; seq <= RECORDS; seq += 1) {
      const value = column === 'at' ? 'at + 1' : `coalesce(${column}, '') || 'x'`
      const { ok, problem } = await meddle(`UPDATE audit_log SET ${column} = ${value} WHERE seq = ${seq}`)
      expect({ ok, seq: problem?.seq }).toEqual({ ok: false, seq })
    }
  })

  it('finds a value that was taken for none', async () => {
    const { problem } = await meddle('UPDATE audit_log SET target = NULL WHERE seq = 3')
    expect(problem).toEqual({ seq: 3, what: 'it was changed, or is not in its place' })
  })

  it('finds a record that is missing anywhere but at the end', async () => {
    for (let seq = 1; seq < RECORDS; seq += 1) {
      const { ok, problem } = await meddle(`DELETE FROM audit_log WHERE seq = ${seq}`)
      expect({ ok, problem: problem?.what }).toEqual({ ok: false, problem: `the record before it is missing: ${seq}` })
    }
  })

  it('shows a cut-off end by its head', async () => {
    const { head } = await log.verify()
    const cut = await meddle(`DELETE FROM audit_log WHERE seq = ${RECORDS}`)
    expect(cut.ok).toBe(true)
    expect(cut.head).not.toBe(head)
  })

  it('finds two records that changed places', async () => {
    const swap = 'UPDATE audit_log SET seq = -1 WHERE seq = 4; UPDATE audit_log SET seq = 4 WHERE seq = 5;'
    const { problem } = await meddle(`${swap} UPDATE audit_log SET seq = 5 WHERE seq = -1`)
    expect(problem?.seq).toBe(4)
  })

  it('gives pages of one organisation, newest first, by actor and by subject', async () => {
    const first = await log.page({ organisationId: 'org-a', limit: 4 })
    const next = await log.page({ organisationId: 'org-a', limit: 100, below: first.at(-1)?.seq })
    expect([...first, ...next].map(({ seq }) => seq)).toEqual([19, 17, 15, 13, 11, 9, 7, 5, 3, 1])
    expect(await log.page({ organisationId: 'org-a', limit: 9, action: 'people' })).toEqual([])
    const changes = await log.page({ organisationId: null, limit: 100, action: 'people', actor: 'person-1' })
    expect(changes.map(({ requestId }) => requestId)).toEqual(['request-19', 'request-13', 'request-7', 'request-1'])
    expect(await log.page({ organisationId: null, limit: 9, action: 'key' })).toEqual([])
  })
})
