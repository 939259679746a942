import { z } from 'zod'
import { ENTRY_KINDS, ENTRY_STATES } from '../entry.ts'
import { amount, decimal, endpoint, EVERY_ROLE, instant, pageOf, paging, span, usage } from './endpoint.ts'
import { quote } from './quote.ts'

/** The entries of the books: one request each. No prompt and no answer is kept, so none can be shown. */

const rule = { who: EVERY_ROLE, of: 'organisation', readKey: true } as const

export const attempt = z.object({
  provider: z.string(),
  model: z.string(),
  outcome: z.enum(['ok', 'error', 'cancelled', 'timeout', 'unknown']),
  status: z.int().nullable(),
  error: z.string().nullable(),
  started_at: instant,
  duration_ms: z.int(),
  /** Of a call that was given up for another: what it is believed to be billed, and why. */
  usage: usage.optional(),
  usage_method: z.string().optional(),
  cost: amount.nullable().optional(),
})

export const request = z.object({
  id: z.string(),
  /** `reprice` and `correction` correct the entry named in `adjusts`, and have no usage of their own. */
  kind: z.enum(ENTRY_KINDS),
  adjusts: z.string().nullable(),
  reason: z.string().nullable(),
  at: instant,
  ended_at: instant,
  state: z.enum(ENTRY_STATES),
  error: z.string().nullable(),
  team_id: z.string(),
  team_name: z.string().nullable(),
  key_id: z.string(),
  key_name: z.string().nullable(),
  user_id: z.string().nullable(),
  /** Whom the caller named as the one it asks for. */
  end_user: z.string().nullable(),
  endpoint: z.string(),
  stream: z.boolean(),
  route: z.string().nullable(),
  provider: z.string(),
  model: z.string(),
  answered_model: z.string().nullable(),
  usage,
  usage_source: z.enum(['provider', 'counted', 'estimated', 'cache']),
  /** Null where no price is known. */
  cost: amount.nullable(),
  charge: amount.nullable(),
  practice: z.boolean(),
  app: z.string().nullable(),
  first_byte_ms: z.int().nullable(),
  duration_ms: z.int(),
  attempt_count: z.int(),
})

const filters = z.strictObject({
  ...span.shape,
  key: z.string().optional(),
  /** A model's own name, or provider/model. */
  model: z.string().optional(),
  state: z.enum(ENTRY_STATES).optional(),
  provider: z.string().optional(),
  /** A route's name; empty: those that asked for a model itself. */
  route: z.string().optional(),
  team: z.string().optional(),
  end_user: z.string().optional(),
  /** Only practice, or none of it; the overview leaves it out unless asked. */
  practice: z.stringbool().optional(),
  kind: z.enum(ENTRY_KINDS).optional(),
  /** The code of the error they ended with. */
  error: z.string().optional(),
  /** Whose cost is this much or more, in whatever currency it is. */
  min_cost: decimal.optional(),
  /** Of the cost. */
  currency: z.string().optional(),
  /** How the id begins. */
  id: z
    .string()
    .regex(/^[0-9a-f-]{1,36}$/, 'write the beginning of an id')
    .optional(),
})

export const requestsApi = {
  list: endpoint({
    method: 'GET',
    path: '/api/requests',
    summary: 'Requests, newest first unless asked otherwise',
    rule,
    query: z.strictObject({
      ...filters.shape,
      ...paging.shape,
      order: z.enum(['newest', 'oldest']).default('newest'),
    }),
    answer: pageOf(request),
  }),
  live: endpoint({
    method: 'GET',
    path: '/api/requests/live',
    summary: 'Requests as they end: events named "request", with a comment line every 15 seconds',
    rule,
    query: z.strictObject({ key: z.string().optional() }),
    answer: request,
    stream: true,
  }),
  find: endpoint({
    method: 'GET',
    path: '/api/requests/{id}',
    summary: 'One request whole: attempts, how its tokens were counted, how its price was worked out',
    rule,
    answer: z.object({
      request,
      attempts: z.array(attempt),
      usage_method: z.string(),
      provider_request_id: z.string().nullable(),
      price_rows: z.array(z.string()),
      priced_as_of: instant,
      /** The arithmetic, made again from the price book as it was known then. */
      quote,
      /** Whether that is what the entry says, to the last digit; null for one that corrects another. */
      agrees: z.boolean().nullable(),
    }),
  }),
}
