import { z } from 'zod'

/** How a provider writes its bills as CSV: which column holds what. Names are alternatives; the first that is there counts. */
const text = z.string().min(1)

export const billShape = z.strictObject({
  id: text,
  provider: text,
  what: text,
  source: text,
  confidence: z.enum(['high', 'medium', 'low']),
  /** The day of a line, or an instant of it. */
  day: z.array(text).min(1),
  /** The zone in which days are counted; left out, the provider's own. */
  zone: text.optional(),
  /** The model, or a text with parts of which one is the model. Alternative columns have a bar between them. */
  model: z.strictObject({
    column: text,
    separator: text.optional(),
    part: z.int().min(0).optional(),
  }),
  amount: z.array(text).min(1),
  /** Where a column is named and not there, what is fixed counts. */
  currency: z.strictObject({ column: text.optional(), fixed: text.optional() }),
})

export const billShapes = z.array(billShape)

export type BillShape = z.infer<typeof billShape>
