import type { BudgetRecord } from '@paddock/contract/budgets'
import type { budgetsApi } from '@paddock/contract/control/budgets'
import type { Clock } from '../../base/clock.ts'
import { readKeyBudget } from '../../books/budgets/budget.ts'
import type { Convert } from '../../books/budgets/hold.ts'
import { reportBudgets } from '../../books/budgets/report.ts'
import type { BudgetRules } from '../../books/budgets/rules.ts'
import type { Subject } from '../../books/budgets/subject.ts'
import type { BooksReader } from '../../books/reader.ts'
import type { Directory } from '../../callers/directory.ts'
import type { Actor } from '../actor.ts'
import type { Handlers } from '../handlers.ts'

export type BudgetsParts = {
  readonly clock: Clock
  readonly reader: Pick<BooksReader, 'charged' | 'running'>
  readonly directory: Pick<Directory, 'keyPage' | 'teams'>
  readonly rules: () => BudgetRules
  readonly convert: Convert
}

/** All keys of an organisation: each may have a budget of its own. */
const KEYS_MAX = 100_000

export function budgetsHandlers(parts: BudgetsParts): Handlers<typeof budgetsApi> {
  const { clock, reader, directory, convert } = parts
  return {
    list: async ({ actor, query: { scope } }) => {
      const { organisationId, organisationName } = actor
      const rules = parts.rules()
      const keys = await directory.keyPage({ organisationId, limit: KEYS_MAX })
      const own = keys.map(
        ({ id, budget }) =>
          [id, budget === null ? [] : [readKeyBudget(budget, { key: id, zone: rules.zone })]] as const,
      )
      const records = await reportBudgets({
        books: reader,
        rules,
        own: new Map(own),
        known: {
          organisation: [{ id: organisationId, name: organisationName }],
          team: await directory.teams(organisationId),
          key: keys.filter(({ revoked_at }) => revoked_at === null),
        },
        convert,
        shows: (subject) => maySee(actor, subject),
        now: clock.now(),
      })
      return { items: records.filter((record) => scope === undefined || record.scope === scope).map(budgetOf) }
    },
  }
}

/** A model is everybody's: what is spent on it is for those who run the installation. */
function maySee({ organisationId, installation }: Actor, { scope, organisation }: Subject): boolean {
  if (scope === 'model') return installation
  return organisation === '' || organisation === organisationId
}

function budgetOf({ amount, currency, spent, held, left, ...record }: BudgetRecord) {
  const money = (each: string): { amount: string; currency: string } => ({ amount: each, currency })
  return { ...record, limit: money(amount), spent: money(spent), held: money(held), left: money(left) }
}
