import { z } from 'zod'
import { keyBudgetSetting } from '../budgets.ts'
import { keyLimitSetting } from '../config.ts'
import { endpoint, EVERY_ROLE, instant, name, pageOf, paging } from './endpoint.ts'

/** The keys callers use. The secret of one is in the answer that made it, and nowhere else. */

const change = { who: ['owner', 'admin', 'developer'], of: 'organisation' } as const

const scopes = z
  .array(z.enum(['call', 'read', 'admin']))
  .min(1)
  .refine((list) => new Set(list).size === list.length, 'name each scope once')

export const key = z.object({
  id: z.string(),
  name: z.string(),
  /** sk-pdk- and twelve characters: names the key, opens nothing. */
  public_part: z.string(),
  team_id: z.string(),
  team: z.string(),
  user: z.string().nullable(),
  scopes: z.array(z.enum(['call', 'read', 'admin'])),
  /** Null: all. "lab/*" stands for every model of a provider. */
  models: z.array(z.string()).nullable(),
  limits: keyLimitSetting.nullable(),
  budget: keyBudgetSetting.nullable(),
  state: z.enum(['active', 'revoked', 'expired']),
  created_at: instant,
  expires_at: instant.nullable(),
  revoked_at: instant.nullable(),
})

const limits = keyLimitSetting.shape

/** A limit that is left out stays, null takes it away. */
const limitChanges = z.strictObject({
  rpm: limits.rpm.nullable(),
  tpm: limits.tpm.nullable(),
  concurrent: limits.concurrent.nullable(),
  weight: limits.weight.nullable(),
  output_tokens_max: limits.output_tokens_max.nullable(),
  choices_max: limits.choices_max.nullable(),
  images_max: limits.images_max.nullable(),
  prompt_bytes_max: limits.prompt_bytes_max.nullable(),
})

export const keysApi = {
  list: endpoint({
    method: 'GET',
    path: '/api/keys',
    summary: 'Keys, newest first',
    rule: { who: EVERY_ROLE, of: 'organisation' },
    query: z.strictObject({
      ...paging.shape,
      team: z.string().optional(),
      state: z.enum(['active', 'revoked', 'expired']).optional(),
    }),
    answer: pageOf(key),
  }),
  find: endpoint({
    method: 'GET',
    path: '/api/keys/{id}',
    summary: 'One key',
    rule: { who: EVERY_ROLE, of: 'organisation' },
    answer: key,
  }),
  create: endpoint({
    method: 'POST',
    path: '/api/keys',
    summary:
      'Make a key. `secret` is shown in this answer and stored nowhere. The scope admin is for owners and admins to give',
    rule: change,
    body: z.strictObject({
      name,
      /** By name; made if there is none of this name. */
      team: name.optional(),
      user: name.optional(),
      scopes: scopes.default(['call']),
      models: z.array(z.string().regex(/^\S+$/, 'a name has no spaces')).min(1).nullable().default(null),
      expires_at: z.iso.datetime({ offset: true }).nullable().default(null),
      limits: keyLimitSetting.optional(),
      budget: keyBudgetSetting.optional(),
    }),
    answer: z.object({ key, secret: z.string() }),
    status: 201,
  }),
  change: endpoint({
    method: 'PATCH',
    path: '/api/keys/{id}',
    summary: 'Change limits or the budget of a key; what is left out stays, null takes it away, all limits or one',
    rule: change,
    body: z.strictObject({
      limits: limitChanges.nullable().optional(),
      budget: keyBudgetSetting.nullable().optional(),
    }),
    answer: key,
  }),
  revoke: endpoint({
    method: 'POST',
    path: '/api/keys/{id}/revoke',
    summary: 'End a key; it stops working within two seconds',
    rule: change,
    answer: key,
  }),
}
