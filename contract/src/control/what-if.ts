import { z } from 'zod'
import { amount, decimal, endpoint, EVERY_ROLE, instant, when } from './endpoint.ts'

/** What traffic would have cost elsewhere, or at another time. */

/** Amounts by currency: {"CNY": "1.500000000000"}. */
const amounts = z.record(z.string(), decimal)

export const whatIfSums = z.object({
  requests: z.int(),
  before: amounts,
  after: amounts,
  difference: amounts,
  percent: decimal.nullable(),
  unpriced: z.object({ before: z.int(), after: z.int() }),
  reported: z
    .object({ currency: z.string(), before: decimal, after: decimal, difference: decimal })
    .nullable()
    .optional(),
})

export const WHAT_IF_GROUPS = ['route', 'model', 'key', 'day'] as const

export const whatIfApi = {
  ask: endpoint({
    method: 'POST',
    path: '/api/what-if',
    looks: true,
    summary: 'Reprice the traffic of a span at the prices of another model, of another instant, or both',
    rule: { who: EVERY_ROLE, of: 'installation' },
    body: z.strictObject({
      from: when,
      to: when,
      /** provider/model; left out: each request's own. */
      model: z.string().max(300).optional(),
      /** The instant whose prices are used; left out: that of each request. */
      prices_at: when.optional(),
      group_by: z.enum(WHAT_IF_GROUPS).optional(),
      /** Only traffic of this route, key or provider/model. */
      route: z.string().optional(),
      key: z.string().optional(),
      of_model: z.string().optional(),
      /** Report in this currency, too, by the operator's table. */
      currency: z.string().optional(),
    }),
    answer: z.object({
      from: instant,
      to: instant,
      as: z.string().nullable(),
      prices_at: instant.nullable(),
      total: whatIfSums,
      /** Owed beside `before`, for attempts that gave no answer: other prices change nothing about it. One for each currency. */
      retry_loss: z.array(amount),
      group_by: z.enum(WHAT_IF_GROUPS).nullable(),
      groups: z.array(z.object({ group: z.string(), ...whatIfSums.shape })),
      practice: whatIfSums.nullable(),
      /** By how much rounding may make the sum of bills differ from `after`. */
      rounding: decimal,
      entries_read: z.int(),
      assumptions: z.array(z.string()),
    }),
  }),
}
