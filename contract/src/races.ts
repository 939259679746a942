import { z } from 'zod'

/** What a fallen price leads to, on routes that list the model: `races:` of paddock.yaml. */
export const racesSetting = z.strictObject({
  on_price_drop: z
    .enum(['ignore', 'propose', 'start'])
    .optional()
    .describe('propose tells the log and the webhook; start begins a race that waits for a person to promote.'),
  saving_percent: z
    .int()
    .min(1)
    .max(99)
    .optional()
    .describe("How much less the route's traffic of thirty days would have cost; 10 if left out."),
})

export type RacesSetting = z.infer<typeof racesSetting>
