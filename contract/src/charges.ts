import { z } from 'zod'
import { isDecimal } from './decimal.ts'
import { text } from './routes.ts'

/** The `charges:` of paddock.yaml: what an organisation is charged for what its requests cost. */

const percent = z
  .string()
  .refine((value) => isDecimal(value) && Number(value) >= -100, 'write a percentage as text, such as "10" or "-2.5"')

const chargeSetting = z
  .strictObject({
    organisation: text
      .optional()
      .describe('By name or id; the rule without one is for all that have none of their own.'),
    add_percent: percent.optional().describe('What it cost and so many percent of that.'),
    price_of: z
      .string()
      .regex(/^[^/]+\/.+$/, 'write provider/model')
      .optional()
      .describe('What the same usage costs at the prices of this model, whichever model answered.'),
    free: z.literal(true).optional(),
  })
  .refine(
    ({ add_percent, price_of, free }) =>
      [add_percent, price_of, free].filter((rule) => rule !== undefined).length === 1,
    {
      error: 'set one of add_percent, price_of and free: true',
    },
  )

export const chargeSettings = z.array(chargeSetting)

export type ChargeSetting = z.infer<typeof chargeSetting>
