import { z } from 'zod'
import { isDecimal } from './decimal.ts'

/** A price that an operator sets in the console: a row of the price book that wins over what is listed. */

const decimal = z.string().refine(isDecimal, 'write a decimal as text, such as "0.8"')
const rates = z.record(z.string(), decimal)
const whenText = z.union([z.iso.date(), z.iso.datetime({ offset: true })], {
  error: 'write a day such as 2024-05-21, or an instant such as 2024-05-20T16:00:00Z',
})

/** What is asked for: the same words as a row under `prices:` in paddock.yaml, with the prices below `rates`. */
export const priceOverrideSetting = z.strictObject({
  /** provider/model. */
  model: z.string().min(3).max(300),
  /** `contract`: what a provider has agreed to; an override wins over it. */
  level: z.enum(['override', 'contract']).default('override'),
  match: z.enum(['exact', 'prefix']).default('exact'),
  currency: z.string(),
  per: z.int().min(1).default(1_000_000),
  /** By component: input, cached_input, output, … The row is a whole price list: what it does not name has no price. */
  rates,
  variants: z
    .array(z.strictObject({ name: z.string().max(100), when: z.record(z.string(), z.unknown()), rates }))
    .max(50)
    .optional(),
  when: z.record(z.string(), z.unknown()).optional(),
  tier_scope: z.enum(['whole_request', 'marginal']).optional(),
  /** Left out: from now on. A day begins where the provider's days begin. */
  valid_from: whenText.optional(),
  valid_to: whenText.optional(),
  /** Why: shown beside the price, and kept. */
  reason: z.string().trim().min(1).max(500),
})

export type PriceOverrideSetting = z.output<typeof priceOverrideSetting>

/** It never changes but once: when it is retracted. Nothing is deleted. */
export type PriceOverride = {
  readonly id: string
  readonly setting: PriceOverrideSetting
  readonly recorded_at: string
  readonly recorded_by: string
  readonly retracted_at: string | null
  readonly retracted_by: string | null
}
