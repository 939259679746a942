import { z } from 'zod'
import { priceOverrideSetting } from '../price-override.ts'
import { endpoint, EVERY_ROLE, instant, listOf, when } from './endpoint.ts'
import { effectiveChange } from './price-proposals.ts'
import { priceRow } from './prices.ts'
import { whatIfSums } from './what-if.ts'

/** Prices that an operator sets over what is listed. They are recorded and retracted, and never changed or deleted. */

export const priceOverride = z.object({
  id: z.string(),
  /** As it was asked for. */
  setting: priceOverrideSetting,
  /** The row of the price book that it is; its id is the override's. Null for one that was retracted. */
  row: priceRow.nullable(),
  recorded_at: instant,
  recorded_by: z.string(),
  retracted_at: instant.nullable(),
  retracted_by: z.string().nullable(),
})

const asked = z.strictObject({
  ...priceOverrideSetting.shape,
  /** The id of the override that is retracted at the same instant. */
  replaces: z.string().max(100).optional(),
})

const decide = { who: ['owner', 'admin', 'billing'], of: 'installation' } as const

export const priceOverridesApi = {
  list: endpoint({
    method: 'GET',
    path: '/api/prices/overrides',
    summary: 'Overrides, newest first; retracted ones stay in the list',
    rule: { who: EVERY_ROLE, of: 'installation' },
    query: z.strictObject({
      state: z.enum(['in_force', 'retracted']).optional(),
      /** provider/model, as it was written. */
      model: z.string().optional(),
      /** Recorded from here on, and before there. */
      from: when.optional(),
      to: when.optional(),
    }),
    answer: listOf(priceOverride),
  }),
  preview: endpoint({
    method: 'POST',
    path: '/api/prices/overrides/preview',
    looks: true,
    summary:
      'What an override would do: the rows it wins over, the prices it changes, and what it does to a month of traffic',
    rule: { who: EVERY_ROLE, of: 'installation' },
    body: asked,
    answer: z.object({
      row: priceRow,
      /** Rows of the same models that stop to count, while the override is in force. */
      wins_over: z.array(priceRow),
      /** The models in use or on offer whose price changes, those with most traffic first. */
      models: z.array(
        z.object({
          model: z.string(),
          changes: z.array(effectiveChange),
          /** What its traffic of the thirty days before did cost, and would cost at the override's prices. */
          month: whatIfSums,
        }),
      ),
      /** Prices that seem wrong and could be set all the same. */
      warnings: z.array(z.string()),
      as_of: instant,
    }),
  }),
  create: endpoint({
    method: 'POST',
    path: '/api/prices/overrides',
    summary: 'Set a price. It counts at once, for requests from then on, and stays over restarts',
    rule: decide,
    body: asked,
    answer: priceOverride,
    status: 201,
  }),
  retract: endpoint({
    method: 'POST',
    path: '/api/prices/overrides/{id}/retract',
    summary: 'Take an override back: from now on it was never right. What was booked by it stays as it is',
    rule: decide,
    answer: priceOverride,
  }),
}
