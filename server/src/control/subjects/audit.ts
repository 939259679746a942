import type { auditApi } from '@paddock/contract/control/audit'
import type { AuditLog } from '../../callers/audit-log.ts'
import { PaddockError } from '../../base/errors.ts'
import { cutPage } from '../cut-page.ts'
import type { Handlers } from '../handlers.ts'
import { whenOr } from '../span.ts'

export function auditHandlers(auditLog: AuditLog): Handlers<typeof auditApi> {
  return {
    list: async ({ actor, query: { limit, after, from, to, actor: by, action } }) => {
      const records = await auditLog.page({
        organisationId: actor.organisationId,
        // Who failed to sign in belongs to no organisation: that is for those who run the installation.
        orNone: actor.installation,
        limit: limit + 1,
        below: after === undefined ? undefined : readSeq(after),
        from: whenOr(from, undefined),
        to: whenOr(to, undefined),
        actor: by,
        action,
      })
      const { page, next } = cutPage(records, limit, ({ seq }) => String(seq))
      const items = page.map(({ code, requestId, ...record }) => ({
        ...record,
        outcome: code === null ? ('done' as const) : ('refused' as const),
        code,
        request_id: requestId,
      }))
      return { items, next }
    },
    verify: () => auditLog.verify(),
  }
}

function readSeq(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw new PaddockError('field_invalid', { message: '/after: take "next" of the page before.', param: '/after' })
}
