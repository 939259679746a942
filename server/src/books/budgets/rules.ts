import type { BudgetScope, BudgetSetting } from '@paddock/contract/budgets'
import { groupBy } from '../../prices/group-by.ts'
import { readBudget, type Budget } from './budget.ts'
import type { EnteredBudget } from './entered-budgets.ts'
import { subjectName, type Subject } from './subject.ts'

/** Counted by id, looked up in the configuration by id or name, and called by its name in messages. */
export type Named = { readonly id: string; readonly name: string }

/** The operator's budgets. Built whole from the configuration and replaced whole. */
export type BudgetRules = {
  /** In whose days, weeks and months is counted where a budget does not say. */
  readonly zone: string
  readonly all: readonly Budget[]
  /** Those that were made while the server runs, each for one subject. */
  readonly entered: readonly Entered[]
  /** Those of one of the scope, besides what it has of its own. */
  of(scope: BudgetScope, named: Named, own?: readonly Budget[]): readonly Budget[]
  /** Those that were made for this subject: they stand beside the others. */
  enteredFor(subject: Subject): readonly Budget[]
}

type Entered = { readonly id: string; readonly subject: Subject; readonly budget: Budget }

const NONE: readonly Budget[] = []

export function readBudgetRules(
  settings: readonly BudgetSetting[] = [],
  zone = 'UTC',
  made: readonly EnteredBudget[] = [],
): BudgetRules {
  const entered = made.map(({ id, subject, terms }) => {
    const { scope } = subject
    return { id, subject, budget: readBudget({ ...terms, scope, name: subject.id }, zone) }
  })
  const bySubject = new Map(
    [...groupBy(entered, ({ subject }) => subjectName(subject))].map(([name, own]) => [
      name,
      own.map(({ budget }) => budget),
    ]),
  )
  const all = settings.map((setting) => readBudget(setting, zone))
  const general = new Map<BudgetScope, Budget[]>()
  const named = new Map<string, Budget[]>()
  for (const budget of all) {
    if (budget.name === null) general.set(budget.scope, [...(general.get(budget.scope) ?? []), budget])
    else named.set(nameOf(budget.scope, budget.name), [...(named.get(nameOf(budget.scope, budget.name)) ?? []), budget])
  }
  return {
    zone,
    all: [...all, ...entered.map(({ budget }) => budget)],
    entered,
    enteredFor: (subject) => bySubject.get(subjectName(subject)) ?? NONE,
    of: (scope, { id, name }, own = NONE) => {
      const everyones = general.get(scope) ?? NONE
      if (named.size === 0 && own.length === 0) return everyones
      const particular = [...own, ...(named.get(nameOf(scope, id)) ?? named.get(nameOf(scope, name)) ?? NONE)]
      return [...particular, ...everyones.filter((budget) => !isReplaced(budget, particular))]
    },
  }
}

function nameOf(scope: BudgetScope, name: string): string {
  return `${scope} ${name}`
}

/** Whoever is named has its own budget in the place of everyone's, where both are for a day, or for a month. */
function isReplaced(general: Budget, particular: readonly Budget[]): boolean {
  return particular.some(({ window }) => window.text === general.window.text)
}
