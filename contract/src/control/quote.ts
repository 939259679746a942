import { z } from 'zod'
import { decimal } from './endpoint.ts'

/** How a price is worked out, line by line. */
export const quote = z.object({
  state: z.enum(['priced', 'unpriced']),
  amount: decimal.nullable(),
  currency: z.string().nullable(),
  rows: z.array(z.string()),
  lines: z.array(
    z.object({
      component: z.string(),
      units: z.number(),
      /** Of `per` units. */
      price: decimal,
      per: z.number(),
      amount: decimal,
      row: z.string(),
      priced_as: z.string().optional(),
    }),
  ),
  notes: z.array(z.string()),
})
