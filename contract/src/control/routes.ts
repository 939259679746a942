import { z } from 'zod'
import { amount, decimal, endpoint, EVERY_ROLE, instant, listOf, usage } from './endpoint.ts'
import { sums } from './overview.ts'

/** Names callers ask for, and where they lead. */

const look = { who: EVERY_ROLE, of: 'installation' } as const

export const candidate = z.object({
  /** provider/model, or another route. */
  model: z.string(),
  weight: z.int(),
  /** What a request must be like: the conditions of paddock.yaml; null: nothing. */
  when: z.record(z.string(), z.unknown()).nullable(),
  /** Its part of the weights, 0 to 1; null unless the strategy is weight. */
  share: z.number().nullable(),
  /** "good", or what speaks against it now; null for a route. */
  health: z.string().nullable(),
  /** Requests of the route that it answered in the last day; null for a route. */
  last_day: sums.nullable(),
})

export const explained = z.object({
  /** From 1 upwards; null for a candidate that would not be tried. */
  place: z.int().nullable(),
  model: z.string(),
  /** What the request would cost there, in the currency its provider bills in; null where no price is known. */
  price: decimal.nullable(),
  currency: z.string().nullable(),
  /** How much of its prompts that provider has found in its cache lately, 0 to 1: the price counts on it. */
  cached_share: z.number(),
  health: z.string(),
  reason: z.string(),
})

export const routesApi = {
  list: endpoint({
    method: 'GET',
    path: '/api/routes',
    summary: 'The routes with their candidates, weights, health and lead, and what they did in the last day',
    rule: look,
    answer: z.object({
      items: z.array(
        z.object({
          name: z.string(),
          strategy: z.enum(['priority', 'weight', 'cheapest', 'fastest']),
          candidates: z.array(candidate),
          /** Candidates that are written down and cannot be called, and why. */
          missing: z.array(z.object({ model: z.string(), reason: z.string() })),
          attempts_max: z.int(),
          sticky: z.boolean(),
          /** The model that a race has put in front; null while the candidates decide. */
          lead: z.object({ model: z.string(), since: instant, race: z.string() }).nullable(),
          /** What the route did in the last day: practice and models that are no candidates any more included. */
          last_day: sums,
        }),
      ),
      warnings: z.array(z.string()),
    }),
  }),
  models: endpoint({
    method: 'GET',
    path: '/api/models',
    summary: 'Every name callers may ask for',
    rule: { who: EVERY_ROLE, of: 'organisation', readKey: true },
    answer: listOf(z.object({ name: z.string(), provider: z.string(), route: z.boolean() })),
  }),
  explain: endpoint({
    method: 'POST',
    path: '/api/routes/explain',
    looks: true,
    summary: 'Why a request would go where: each candidate with its place, price, health and reason',
    rule: look,
    body: z.strictObject({
      /** A route, provider/model, or a bare model. */
      model: z.string().min(1).max(300),
      stream: z.boolean().default(false),
      has_images: z.boolean().default(false),
      has_tools: z.boolean().default(false),
      prompt_tokens: z.int().min(0).max(100_000_000).default(1000),
      output_tokens: z.int().min(0).max(100_000_000).default(500),
      tags: z.array(z.string()).max(20).default([]),
      key: z.string().optional(),
      team: z.string().optional(),
      session: z.string().optional(),
    }),
    answer: listOf(explained),
  }),
  test: endpoint({
    method: 'POST',
    path: '/api/routes/test',
    summary: 'Ask a model or route once, for real: it is metered, priced and booked like every request',
    rule: { who: ['owner', 'admin', 'developer'], of: 'installation' },
    body: z.strictObject({
      model: z.string().min(1).max(300),
      message: z.string().min(1).max(10_000).default('Say hello in five words.'),
      output_tokens_max: z.int().min(1).max(1_000).default(100),
    }),
    answer: z.object({
      ok: z.boolean(),
      /** Its entry can be looked up under this id. */
      request_id: z.string().nullable(),
      text: z.string().nullable(),
      provider: z.string().nullable(),
      model: z.string().nullable(),
      duration_ms: z.int(),
      usage: usage.nullable(),
      cost: amount.nullable(),
      error: z.object({ code: z.string(), message: z.string() }).nullable(),
    }),
  }),
}
