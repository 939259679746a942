import { z } from 'zod'
import { endpoint, EVERY_ROLE, instant, name, pageOf, paging } from './endpoint.ts'

/** The keys callers use. The secret of one is in the answer that made it, and nowhere else. */

const change = { who: ['owner', 'admin', 'developer'], of: 'organisation' } as const

const scopes = z
  .array(z.enum(['call', 'read', 'admin']))
  .min(1)
  .refine((list) => new Set(list).size === list.length, 'name each scope once')

/** A whole number, or "none" to lift what the configuration sets. Left out: the configuration decides. */
const limit = z.union([z.int().positive(), z.literal('none')])

export const keyLimits = z.strictObject({
  rpm: limit.optional(),
  tpm: limit.optional(),
  concurrent: limit.optional(),
  weight: z.int().min(1).max(100).optional(),
  output_tokens_max: limit.optional(),
  choices_max: limit.optional(),
  images_max: z.union([z.int().min(0), z.literal('none')]).optional(),
  prompt_bytes_max: limit.optional(),
})

export const keyBudget = z.strictObject({
  /** An amount and its currency: "10 CNY". */
  amount: z
    .string()
    .regex(/^(\d{1,12}(?:\.\d{1,12})?) ?([A-Z]{3})$/, 'write an amount and its currency, such as 10 CNY'),
  /** day, week, month, or a rolling window: "5h", "30d". */
  window: z
    .string()
    .regex(/^(?:day|week|month|[1-9]\d{0,2}[hd])$/, 'write day, week, month, or a window such as 5h or 30d'),
  zone: z.string().optional(),
})

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
  limits: keyLimits.nullable(),
  budget: keyBudget.nullable(),
  state: z.enum(['active', 'revoked', 'expired']),
  created_at: instant,
  expires_at: instant.nullable(),
  revoked_at: instant.nullable(),
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
      limits: keyLimits.optional(),
      budget: keyBudget.optional(),
    }),
    answer: z.object({ key, secret: z.string() }),
    status: 201,
  }),
  revoke: endpoint({
    method: 'POST',
    path: '/api/keys/{id}/revoke',
    summary: 'End a key; it stops working within two seconds',
    rule: change,
    answer: key,
  }),
}

/** Limits and budgets of keys. */
export const keyChangesApi = {
  change: endpoint({
    method: 'PATCH',
    path: '/api/keys/{id}',
    summary: 'Change limits or the budget of a key; what is left out stays, null takes it away',
    rule: change,
    body: z.strictObject({ limits: keyLimits.nullable().optional(), budget: keyBudget.nullable().optional() }),
    answer: key,
  }),
}
