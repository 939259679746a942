import type { BudgetRules } from '../budgets/rules.ts'
import { rollingFrom } from '../budgets/window.ts'
import { addMonths, monthOf } from './month.ts'

/**
 * The latest month from whose beginning on entries must stay: the one before the present one, or an earlier one where a
 * budget of end users, whose spending is in no sum, still counts it.
 */
export function latestMark(now: number, zone: string, rules: BudgetRules): string {
  const lengths = rules.all.flatMap(({ scope, window }) =>
    scope === 'end_user' && window.kind === 'rolling' ? [window.lengthMs] : [],
  )
  const counted = lengths.map((lengthMs) => monthOf(rollingFrom(lengthMs, now), zone))
  return [addMonths(monthOf(now, zone), -1), ...counted].toSorted()[0] ?? ''
}
