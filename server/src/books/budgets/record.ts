import type { BudgetRecord } from '@paddock/contract/budgets'
import { isoInstant } from '../../base/clock.ts'
import { formatPico, type Pico } from '../../money/fixed-point.ts'
import type { Budget } from './budget.ts'
import { stretchOf } from './tally.ts'

type Stand = {
  readonly id: string
  readonly name: string
  readonly spent: bigint
  readonly held: bigint
  readonly at: number
}

/** A budget as it stands, for people and programs. */
export function budgetRecord(budget: Budget, { id, name, spent, held, at }: Stand): BudgetRecord {
  const { scope, limit, currency, window, hard } = budget
  const { from, to } = stretchOf(window, at)
  const left = limit - spent - held
  return {
    scope,
    id,
    name,
    amount: formatPico(limit),
    currency,
    window: window.text,
    zone: window.zone,
    hard,
    from: isoInstant(from),
    until: window.kind === 'calendar' ? isoInstant(to) : null,
    spent: formatPico(spent as Pico),
    held: formatPico(held as Pico),
    left: formatPico((left > 0n ? left : 0n) as Pico),
  }
}
