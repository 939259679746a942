import { z } from 'zod'
import { decimal, endpoint, EVERY_ROLE, instant, listOf, span } from './endpoint.ts'
import { whatIfSums } from './what-if.ts'

/** Prices that a feed lists differently, for somebody to decide; and what happened to the prices of models in use. */

export const effectiveChange = z.object({
  component: z.string(),
  when: z.string().nullable(),
  from: decimal.nullable(),
  to: decimal.nullable(),
  per: z.number(),
  percent: decimal.nullable(),
})

export const effectivePrices = z.object({
  row: z.string(),
  currency: z.string(),
  prices: z.array(z.object({ component: z.string(), when: z.string().nullable(), price: decimal, per: z.number() })),
})

export const proposal = z.object({
  id: z.string(),
  status: z.enum(['open', 'accepted', 'rejected']),
  model: z.string(),
  /** The price row as it would be written in paddock.yaml. */
  row: z.record(z.string(), z.unknown()),
  changes: z.array(effectiveChange),
  doubts: z.array(
    z.object({ doubt: z.enum(['unknown_model', 'large_change', 'free', 'currency']), reason: z.string() }),
  ),
  outranked_by: z.string().nullable(),
  source: z.string(),
  proposed_at: instant,
  decided_at: instant.nullable(),
  decided_by: z.string().nullable(),
})

export const priceEvent = z.object({
  at: instant,
  noted_at: instant,
  model: z.string(),
  cause: z.enum(['dated', 'book']),
  before: effectivePrices.nullable(),
  after: effectivePrices.nullable(),
  changes: z.array(effectiveChange),
  /** What the traffic of the thirty days before did cost, and would cost at the new prices. */
  month: whatIfSums,
})

const decide = { who: ['owner', 'admin', 'billing'], of: 'installation' } as const

export const priceProposalsApi = {
  list: endpoint({
    method: 'GET',
    path: '/api/prices/proposals',
    summary: 'Proposals: open ones, and what was decided about the others',
    rule: { who: EVERY_ROLE, of: 'installation' },
    query: z.strictObject({ status: z.enum(['open', 'accepted', 'rejected']).optional() }),
    answer: listOf(proposal),
  }),
  accept: endpoint({
    method: 'POST',
    path: '/api/prices/proposals/{id}/accept',
    summary: 'Make a proposal a row of the price book. With doubts, only with `despite_doubts`',
    rule: decide,
    body: z.strictObject({ despite_doubts: z.boolean().default(false) }),
    answer: proposal,
  }),
  reject: endpoint({
    method: 'POST',
    path: '/api/prices/proposals/{id}/reject',
    summary: 'Close a proposal without taking it',
    rule: decide,
    answer: proposal,
  }),
  events: endpoint({
    method: 'GET',
    path: '/api/prices/events',
    summary: 'Price changes of models in use, newest first, with what they do to a month of traffic',
    rule: { who: EVERY_ROLE, of: 'installation' },
    query: z.strictObject({ ...span.shape, limit: z.coerce.number<number>().int().min(1).max(500).default(100) }),
    answer: listOf(priceEvent),
  }),
}
