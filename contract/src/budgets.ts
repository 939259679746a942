import { z } from 'zod'
import { text } from './routes.ts'
import { zone } from './zone.ts'

/** Budgets as operators write them: in paddock.yaml, and with a key. */

/** Whose money a budget is: `end_user` is whom a request names as its `user`, of one organisation. */
export const BUDGET_SCOPES = ['organisation', 'team', 'key', 'end_user', 'model'] as const
export type BudgetScope = (typeof BUDGET_SCOPES)[number]

/** An amount and its currency: "500 CNY". */
export const BUDGET_AMOUNT = /^(\d{1,12}(?:\.\d{1,12})?) ?([A-Z]{3})$/
/** A calendar window by its name, or a rolling one by its length in hours or days: "5h", "30d". */
export const BUDGET_WINDOW = /^(?:day|week|month|[1-9]\d{0,2}[hd])$/

const amount = z
  .string('write an amount with its currency, such as 500 CNY')
  .regex(BUDGET_AMOUNT, 'write an amount of at most twelve decimals with its currency, such as 500 CNY')

const window = z
  .string('write day, week or month, or a rolling window such as 5h or 30d')
  .regex(BUDGET_WINDOW, 'write day, week or month, or a rolling window of up to 999 hours or days, such as 5h or 30d')

/** The budget of one key. */
export const keyBudgetSetting = z.strictObject({
  amount,
  window,
  /** In whose days, weeks and months are counted. Left out: UTC. */
  zone: zone.optional(),
})

export const budgetSetting = z.strictObject({
  scope: z.enum(BUDGET_SCOPES),
  /** The name or id of one of the scope. Left out: every one has this budget for itself, unless a named one takes its place. */
  name: text.optional(),
  ...keyBudgetSetting.shape,
  /** Whether requests are refused when it is spent. Left out: yes. */
  hard: z.boolean().optional(),
  /** Tell when so many percent of it are spent. Left out: 50, 80 and 100. */
  alerts: z.array(z.int().min(1).max(100)).max(10).optional(),
})

/** Where alerts are sent besides the log. */
export const alertsSetting = z.strictObject({
  webhook: z.strictObject({
    url: z.url({ protocol: /^https?$/, error: 'write a whole http or https URL' }),
    /** Signs what is sent, so that the receiver knows it is from here. */
    secret: z.string().min(16, 'write a secret of at least 16 characters, better one from the environment'),
  }),
})

export type BudgetSetting = z.infer<typeof budgetSetting>
export type KeyBudgetSetting = z.infer<typeof keyBudgetSetting>
export type AlertsSetting = z.infer<typeof alertsSetting>

/** One budget of one team, key or other, as it stands. Amounts are decimals of its currency. */
export type BudgetRecord = {
  readonly scope: BudgetScope
  readonly id: string
  readonly name: string
  readonly amount: string
  readonly currency: string
  readonly window: string
  readonly zone: string
  readonly hard: boolean
  /** The window that counts now; a rolling one has no end. */
  readonly from: string
  readonly until: string | null
  readonly spent: string
  /** What running requests may still cost. */
  readonly held: string
  readonly left: string
}
