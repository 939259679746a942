import { convertNothing, type Convert } from './hold.ts'
import { readBudgetRules, type BudgetRules } from './rules.ts'

/** What an operator decides about budgets. */
export type BudgetPolicy = {
  /** The rules in force: they may be replaced while requests run. */
  readonly rules: () => BudgetRules
  readonly convert: Convert
}

const NO_RULES = readBudgetRules()

export const NO_BUDGETS: BudgetPolicy = { rules: () => NO_RULES, convert: convertNothing }
