import { z } from 'zod'
import { endpoint, instant, pageOf, paging, span } from './endpoint.ts'

/** Who changed what, when. Records are only ever added, and each holds the hash of the one before. */

export const auditRecord = z.object({
  seq: z.int(),
  at: instant,
  /** A person, a key, or nobody (a sign-in that failed). */
  actor: z.object({ kind: z.enum(['person', 'key', 'nobody']), id: z.string().nullable(), name: z.string() }),
  /** Subject and verb: "keys.create". */
  action: z.string(),
  target: z.string().nullable(),
  outcome: z.enum(['done', 'refused']),
  /** The code it was refused with. */
  code: z.string().nullable(),
  /** SHA-256 of what it was before and after, as JSON; null where there was nothing. */
  before: z.string().nullable(),
  after: z.string().nullable(),
  request_id: z.string(),
  hash: z.string(),
})

export const auditApi = {
  list: endpoint({
    method: 'GET',
    path: '/api/audit',
    summary: 'The audit log, newest first',
    rule: { who: ['owner', 'admin', 'auditor'], of: 'organisation' },
    query: z.strictObject({
      ...paging.shape,
      ...span.shape,
      actor: z.string().optional(),
      /** A whole action, or a subject: "keys". */
      action: z.string().optional(),
    }),
    answer: pageOf(auditRecord),
  }),
  verify: endpoint({
    method: 'GET',
    path: '/api/audit/verify',
    summary: 'Work out every hash again: finds a record that was changed, removed or put elsewhere',
    rule: { who: ['owner', 'admin', 'auditor'], of: 'installation' },
    answer: z.object({
      ok: z.boolean(),
      records: z.int(),
      /** The hash of the last record: keep it elsewhere, and a cut-off end shows, too. */
      head: z.string().nullable(),
      problem: z.object({ seq: z.int(), what: z.string() }).nullable(),
    }),
  }),
}
