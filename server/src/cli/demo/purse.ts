import type { Amount } from '@paddock/contract/entry'
import type { Budget } from '../../books/budgets/budget.ts'
import type { BudgetRules, Named } from '../../books/budgets/rules.ts'
import { calendarSpan, type Span } from '../../books/budgets/window.ts'
import { parsePico } from '../../money/fixed-point.ts'

/** What a team has left of its hard budget, while its requests come one after the other. */
export class Purse {
  readonly #budget: Budget | undefined
  #span: Span = { from: 0, to: 0 }
  #spent = 0n

  constructor(rules: BudgetRules, team: Named) {
    this.#budget = rules.of('team', team).find(({ hard, window }) => hard && window.kind === 'calendar')
  }

  /** In 1e-12 of its currency; null where there is no limit. */
  left(at: number): bigint | null {
    const budget = this.#budget
    if (budget?.window.kind !== 'calendar') return null
    if (at >= this.#span.to) {
      this.#span = calendarSpan(budget.window.unit, budget.window.zone, at)
      this.#spent = 0n
    }
    return budget.limit - this.#spent
  }

  spend(charge: Amount): void {
    this.#spent += picoOf(charge)
  }
}

export function picoOf({ amount }: Amount): bigint {
  return amount === null ? 0n : (parsePico(amount) ?? 0n)
}
