import type { BudgetRecord } from '@paddock/contract/budgets'
import type { Pico } from '../../money/fixed-point.ts'
import type { Entry } from '../entry.ts'
import type { Budget } from './budget.ts'
import type { Bound, Convert, Hold, SpentIn } from './hold.ts'
import { budgetRecord } from './record.ts'
import { chargeOf } from './tally.ts'

/** What is told of budgets: each threshold once in a window, and a request that cost more than was held for it. */
export type BudgetEvent =
  | {
      readonly kind: 'budget_threshold'
      readonly percent: number
      readonly budget: BudgetRecord
      readonly requestId: string
    }
  /** The provider counted more than it could have been asked for, so a hard budget may be overspent by the difference. */
  | { readonly kind: 'budget_over_hold'; readonly requestId: string; readonly budget: BudgetRecord }

type Known = { readonly at: number; readonly convert: Convert; readonly spentIn: SpentIn }

/** What an entry that was just counted gives reason to tell. */
export function alertsOf(entry: Entry, hold: Hold, known: Known): BudgetEvent[] {
  const charge = chargeOf(entry)
  if (charge === null) return []
  const { at } = known
  return hold.bounds.flatMap((bound) =>
    bound.budgets.flatMap((budget): BudgetEvent[] => {
      if (bound.model !== null && bound.model !== `${entry.provider}/${entry.model}`) return []
      const between = { from: charge.currency, to: budget.currency, at }
      const charged = known.convert(charge.amount as Pico, between)
      if (charged === null) return []
      const record = recordOf(bound, budget, known)
      const common = { budget: record, requestId: entry.id }
      const over: BudgetEvent[] =
        budget.hard && charged > hold.amountOf(bound) ? [{ kind: 'budget_over_hold', ...common }] : []
      const crossed = crossedBy(charged, { bound, budget }, known)
      return [...over, ...crossed.map((percent): BudgetEvent => ({ kind: 'budget_threshold', percent, ...common }))]
    }),
  )
}

/** In a rolling window what is spent goes up and down: a threshold is told again only after a whole window. */
function crossedBy(
  charged: bigint,
  { bound: { tally }, budget }: { bound: Bound; budget: Budget },
  { at, spentIn }: Known,
): number[] {
  const after = spentIn(tally, budget.currency) * 100n
  const before = after - charged * 100n
  return budget.alerts.filter((percent) => {
    const threshold = budget.limit * BigInt(percent)
    if (before >= threshold || after < threshold) return false
    const name = `${budget.limit} ${percent}`
    const told = tally.told.get(name)
    const isTold = told !== undefined && (budget.window.kind === 'calendar' || at - told < budget.window.lengthMs)
    if (!isTold) tally.told.set(name, at)
    return !isTold
  })
}

function recordOf({ tally, name }: Bound, budget: Budget, { at, spentIn }: Known): BudgetRecord {
  const spent = spentIn(tally, budget.currency)
  return budgetRecord(budget, { id: tally.subject.id, name, spent, held: tally.held, at })
}
