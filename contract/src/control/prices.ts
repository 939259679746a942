import { z } from 'zod'
import { decimal, endpoint, EVERY_ROLE, instant, listOf, pageOf, paging, span, when } from './endpoint.ts'
import { quote } from './quote.ts'

/** The price book: what models cost, once cost, and will cost. The same for all organisations. */

const rule = { who: EVERY_ROLE, of: 'organisation', readKey: true } as const

const rate = z.object({ price: decimal, per: z.number() })
const rates = z.record(z.string(), rate)

export const priceRow = z.object({
  id: z.string(),
  level: z.enum(['override', 'contract', 'shipped', 'feed']),
  provider: z.string(),
  model: z.string(),
  match: z.enum(['exact', 'prefix']),
  currency: z.string(),
  /** By component: input, cached_input, output, … */
  rates,
  /** Prices under a condition; `condition` says it in words. */
  variants: z.array(z.object({ name: z.string(), condition: z.string(), rates })),
  tier_scope: z.enum(['whole_request', 'marginal']),
  valid_from: instant.nullable(),
  valid_to: instant.nullable(),
  recorded_at: instant.nullable(),
  retracted_at: instant.nullable(),
  confidence: z.enum(['high', 'medium', 'low']),
  verified: z.boolean(),
  promo: z.boolean(),
  basis: z.enum(['list', 'capacity']),
  sources: z.array(z.object({ what: z.string(), url: z.string() })),
  note: z.string().nullable(),
})

export const priceChange = z.object({
  at: instant,
  model: z.string(),
  component: z.string(),
  from: decimal.nullable(),
  to: decimal.nullable(),
  per: z.number(),
  percent: decimal.nullable(),
  currency: z.string(),
  when: z.string().nullable(),
})

export const pricesApi = {
  list: endpoint({
    method: 'GET',
    path: '/api/prices',
    summary: 'The price rows in force at an instant (now if none is named), by provider and model',
    rule,
    query: z.strictObject({
      ...paging.shape,
      at: when.optional(),
      /** The rows of all times. */
      all: z.stringbool().optional(),
      provider: z.string().optional(),
      model: z.string().optional(),
      currency: z.string().optional(),
      level: priceRow.shape.level.optional(),
      confidence: priceRow.shape.confidence.optional(),
      /** Only rows with a price for it, under whatever condition. */
      component: z.string().optional(),
    }),
    answer: pageOf(priceRow),
  }),
  changes: endpoint({
    method: 'GET',
    path: '/api/prices/changes',
    summary: 'What changed when: what a small standard request paid before and after',
    rule,
    query: z.strictObject({
      ...span.shape,
      provider: z.string().optional(),
      /** Also first prices and ends. */
      all: z.stringbool().optional(),
    }),
    answer: listOf(priceChange),
  }),
  series: endpoint({
    method: 'GET',
    path: '/api/prices/series',
    summary: 'The price war as steps: for each model what one component cost from when on',
    rule,
    query: z.strictObject({
      ...span.shape,
      component: z.string().default('input'),
      currency: z.string().optional(),
      provider: z.string().optional(),
      /** Only these: provider/model, with commas between. */
      models: z.string().max(4_000).optional(),
    }),
    answer: listOf(
      z.object({
        model: z.string(),
        currency: z.string(),
        /** All prices are for so many units. */
        per: z.number(),
        /** Null: no price from then on. */
        points: z.array(
          z.object({
            at: instant,
            /** Up to the next step; null: on and on. */
            until: instant.nullable(),
            price: decimal.nullable(),
            /** The row that says so, and how sure it is; null where there is no price. */
            row: z.string().nullable(),
            confidence: priceRow.shape.confidence.nullable(),
          }),
        ),
      }),
    ),
  }),
  quote: endpoint({
    method: 'POST',
    path: '/api/prices/quote',
    looks: true,
    summary: 'What a usage costs at an instant, line by line',
    rule,
    body: z.strictObject({
      model: z.string().min(1).max(300),
      at: when.optional(),
      /** Units by component: input, cached_input, output, … */
      usage: z.record(z.string(), z.int().min(0).max(1_000_000_000_000)),
      currency: z.string().optional(),
      service_tier: z.enum(['standard', 'batch', 'flex', 'priority', 'fast']).optional(),
      thinking: z.boolean().optional(),
      as_of: when.optional(),
    }),
    answer: quote,
  }),
}
