import type { BudgetScope } from '@paddock/contract/budgets'
import { isoInstant } from '../../base/clock.ts'
import { excerpt, PaddockError } from '../../base/errors.ts'
import { formatAtto, type Atto } from '../../money/fixed-point.ts'
import type { Short } from './hold.ts'
import { stretchOf } from './tally.ts'

const SCOPES: Readonly<Record<BudgetScope, string>> = {
  organisation: 'organisation',
  team: 'team',
  key: 'key',
  end_user: 'end user',
  model: 'model',
}

export function whose(scope: BudgetScope, name: string): string {
  return `${SCOPES[scope]} ${excerpt(name)}`
}

/** A hard budget has no room: for good, or only until running requests are over. Throws nothing, says all numbers. */
export function refusalOf(
  { bound, budget, needed, spent, held }: Short,
  { at, retryAfterSeconds }: { at: number; retryAfterSeconds: number },
): PaddockError {
  const { scope, limit, currency, window } = budget
  const money = (amount: bigint): string => `${formatAtto((amount * 1_000_000n) as Atto)} ${currency}`
  const zone = window.kind === 'calendar' ? ` (${window.zone})` : ''
  const numbers = `Budget of ${whose(scope, bound.name)}: ${money(limit)} for ${window.text}${zone}, spent ${money(spent)}, held for running requests ${money(held)}, and this request may need ${money(needed)}.`
  if (spent + needed <= limit) {
    return new PaddockError('budget_held', {
      message: `${numbers} It fits when some of those are over, in about ${retryAfterSeconds} s. Lower max_tokens, send fewer at once, or ask an operator to raise the budget.`,
      retryAfterSeconds,
      limitSource: scope,
    })
  }
  const anew =
    window.kind === 'calendar'
      ? `It begins anew at ${isoInstant(stretchOf(window, at).to)}.`
      : `What was spent leaves it after ${window.text}.`
  return new PaddockError('budget_exhausted', {
    message: `${numbers} ${anew} Ask an operator to raise the budget, or shorten the request.`,
    limitSource: scope,
  })
}
