import type { BudgetRules } from '../budgets/rules.ts'
import { rollingFrom } from '../budgets/window.ts'
import { addMonths, monthOf } from './month.ts'

/** Who counts from entries: budgets, and whoever else says from when on (milliseconds since 1970; null: nobody). */
export type Needing = { readonly rules: BudgetRules; readonly neededFrom: number | null }

/**
 * The latest month from whose beginning on entries must stay: the one before the present one, or an earlier one where a
 * budget of end users, whose spending is in no sum, still counts it, or where others read entries from `neededFrom` on.
 */
export function latestMark(now: number, zone: string, { rules, neededFrom }: Needing): string {
  const lengths = rules.all.flatMap(({ scope, window }) =>
    scope === 'end_user' && window.kind === 'rolling' ? [window.lengthMs] : [],
  )
  const counted = lengths.map((lengthMs) => monthOf(rollingFrom(lengthMs, now), zone))
  const needed = neededFrom === null ? [] : [monthOf(neededFrom, zone)]
  return [addMonths(monthOf(now, zone), -1), ...counted, ...needed].toSorted()[0] ?? ''
}
