import { BUDGET_AMOUNT, type BudgetScope, type BudgetSetting, type KeyBudgetSetting } from '@paddock/contract/budgets'
import { assert } from '../../base/errors.ts'
import { parsePico, type Pico } from '../../money/fixed-point.ts'
import { readWindow, type Window } from './window.ts'

/** How much may be spent in a window. */
export type Budget = {
  readonly scope: BudgetScope
  /** Whose it is alone; null where everyone of the scope has it for itself. */
  readonly name: string | null
  readonly limit: Pico
  readonly currency: string
  readonly window: Window
  /** A hard one refuses what does not fit; a soft one only tells. */
  readonly hard: boolean
  /** Percents of it that are told when they are spent, in rising order. */
  readonly alerts: readonly number[]
}

const ALERTS: readonly number[] = [50, 80, 100]

/** `zone`: whose days, weeks and months count where the budget does not say. */
export function readBudget(setting: BudgetSetting, zone: string): Budget {
  const [, digits = '', currency = ''] = BUDGET_AMOUNT.exec(setting.amount) ?? []
  const limit = parsePico(digits.replace(/^0+(?=\d)/, ''))
  assert(limit !== null, 'the schema lets only amounts through')
  return {
    scope: setting.scope,
    name: setting.name ?? null,
    limit,
    currency,
    window: readWindow(setting.window, setting.zone ?? zone),
    hard: setting.hard ?? true,
    alerts: (setting.alerts ?? ALERTS).toSorted((one, other) => one - other),
  }
}

/** The budget that is stored with a key. */
export function readKeyBudget(setting: KeyBudgetSetting, { key, zone }: { key: string; zone: string }): Budget {
  return readBudget({ ...setting, scope: 'key', name: key }, zone)
}
