import { z } from 'zod'
import { amount, endpoint, EVERY_ROLE, instant, listOf } from './endpoint.ts'

/** Budgets as they stand. They are written in paddock.yaml, and with keys. */

export const budget = z.object({
  scope: z.enum(['organisation', 'team', 'key', 'end_user', 'model']),
  id: z.string(),
  name: z.string(),
  limit: amount,
  /** What settled requests were charged in the window. */
  spent: amount,
  /** What running requests may still cost. */
  held: amount,
  left: amount,
  /** day, week, month, or a rolling window such as "5h". */
  window: z.string(),
  zone: z.string(),
  /** A hard one refuses what does not fit; a soft one only tells. */
  hard: z.boolean(),
  from: instant,
  /** Null for a rolling window. */
  until: instant.nullable(),
})

export const budgetsApi = {
  list: endpoint({
    method: 'GET',
    path: '/api/budgets',
    summary: 'Every budget of the organisation, with what is spent, held and left',
    rule: { who: EVERY_ROLE, of: 'organisation' },
    query: z.strictObject({ scope: z.enum(['organisation', 'team', 'key', 'end_user', 'model']).optional() }),
    answer: listOf(budget),
  }),
}
