import type { keysApi } from '@paddock/contract/control/keys'
import type { Clock } from '../../base/clock.ts'
import { PaddockError } from '../../base/errors.ts'
import type { Directory, KeyChanges, KeyRow } from '../../callers/directory.ts'
import type { Actor } from '../actor.ts'
import { cutPage } from '../cut-page.ts'
import { notFound, type Handlers } from '../handlers.ts'

export type KeysParts = { readonly directory: Directory; readonly clock: Clock }

export function keysHandlers({ directory, clock }: KeysParts): Handlers<typeof keysApi> {
  const find = async ({ organisationId }: Actor, id: string): Promise<KeyRow> => {
    const [row] = await directory.keyPage({ organisationId, id, limit: 1 })
    if (!row) throw notFound('key', id)
    return row
  }
  const show = (row: KeyRow) => keyOf(row, clock.now())
  return {
    list: async ({ actor: { organisationId }, query: { limit, after, team, state } }) => {
      const rows = await directory.keyPage({ organisationId, limit: limit + 1, below: after, team, state })
      const { page, next } = cutPage(rows, limit, ({ id }) => id)
      return { items: page.map(show), next }
    },
    find: async ({ actor, params }) => show(await find(actor, params.id)),
    create: async ({ actor, body, note }) => {
      refuseAdminKeysTo(actor, body.scopes)
      const { organisationId } = actor
      const { expires_at, ...wanted } = body
      const expiresAt = expires_at === null ? null : Date.parse(expires_at)
      if (expiresAt !== null && expiresAt <= clock.now()) {
        throw new PaddockError('field_invalid', {
          message: '/expires_at: it must lie in the future.',
          param: '/expires_at',
        })
      }
      const { id, key } = await directory.createKey({
        ...wanted,
        limits: wanted.limits ?? null,
        budget: wanted.budget ?? null,
        organisationId,
        expiresAt,
      })
      const made = show(await find(actor, id))
      note({ target: id, after: made })
      return { key: made, secret: key }
    },
    change: async ({ actor, params, body, note }) => {
      const before = await find(actor, params.id)
      refuseAdminKeysTo(actor, before.scopes)
      const limits = body.limits === null ? nothingOf(before.limits) : (body.limits ?? {})
      const after = show(await directory.changeKey(before.id, { limits, budget: body.budget }))
      note({ before: show(before), after })
      return after
    },
    revoke: async ({ actor, params, note }) => {
      const before = await find(actor, params.id)
      refuseAdminKeysTo(actor, before.scopes)
      const after = show(await directory.revokeKey(before.id))
      note({ before: show(before), after })
      return after
    },
  }
}

/** A key with the scope admin acts as an admin: whoever may not be one may not make or touch one. */
function refuseAdminKeysTo({ role }: Actor, scopes: readonly string[]): void {
  if (role === 'owner' || role === 'admin' || !scopes.includes('admin')) return
  throw new PaddockError('role_missing', { message: 'Keys with the scope admin are for owners and admins.' })
}

/** Takes every limit away that there is. */
function nothingOf(limits: KeyRow['limits']): KeyChanges['limits'] {
  return Object.fromEntries(Object.keys(limits ?? {}).map((name) => [name, null]))
}

function keyOf(row: KeyRow, now: number) {
  const isExpired = row.expires_at !== null && Date.parse(row.expires_at) <= now
  const state = row.revoked_at !== null ? 'revoked' : isExpired ? 'expired' : 'active'
  return { ...row, state } as const
}
