import { z } from 'zod'
import { BUDGET_SCOPES, budgetSetting } from '../budgets.ts'
import { amount, done, endpoint, EVERY_ROLE, instant, listOf } from './endpoint.ts'

/** Budgets as they stand: those of paddock.yaml, those of keys, and those made here. */

export const budget = z.object({
  scope: z.enum(BUDGET_SCOPES),
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
  /** Where it was set; only those of the console are changed here. */
  set_in: z.enum(['paddock.yaml', 'key', 'console']),
  /** Names one of the console; null for the others. */
  budget_id: z.string().nullable(),
})

const { name: _, scope, ...terms } = budgetSetting.shape
const change = { who: ['owner', 'admin', 'billing'], of: 'organisation' } as const

export const budgetsApi = {
  list: endpoint({
    method: 'GET',
    path: '/api/budgets',
    summary: 'Every budget of the organisation, with what is spent, held and left',
    rule: { who: EVERY_ROLE, of: 'organisation' },
    query: z.strictObject({
      scope: scope.optional(),
      /** The id of one of the scope. */
      id: z.string().optional(),
      set_in: budget.shape.set_in.optional(),
      /** Hard ones, or soft ones. */
      hard: z.stringbool().optional(),
    }),
    answer: listOf(budget),
  }),
  create: endpoint({
    method: 'POST',
    path: '/api/budgets',
    summary: 'Make a budget for one of the organisation. It counts at once, beside those there are',
    rule: change,
    body: z.strictObject({
      scope,
      /** Of a team or key its id, the name of an end user, provider/model. Left out for the organisation: one's own. */
      id: z.string().trim().min(1).max(300).optional(),
      ...terms,
    }),
    answer: budget,
    status: 201,
  }),
  change: endpoint({
    method: 'PATCH',
    path: '/api/budgets/{id}',
    summary: 'Change a budget of the console; what is left out stays. What was spent stays spent',
    rule: change,
    body: z.strictObject(terms).partial(),
    answer: budget,
  }),
  end: endpoint({
    method: 'POST',
    path: '/api/budgets/{id}/end',
    summary: 'End a budget of the console',
    rule: change,
    answer: done,
  }),
}
