import type { BudgetScope, BudgetSetting } from '@paddock/contract/budgets'
import { sql, type Kysely, type Migration, type Selectable } from 'kysely'
import { newId } from '../../base/ids.ts'
import { isoInstant, type Clock } from '../../base/clock.ts'
import type { Store } from '../../store/store.ts'
import type { Subject } from './subject.ts'

/**
 * Budgets that were made while the server runs, each for one organisation, team, key, end user or model. They stand beside those
 * of paddock.yaml and of keys, and take the place of none: who may make them need not be who wrote that file.
 */
export type EnteredBudgets = {
  /** Those that count, oldest first. */
  list(): Promise<readonly EnteredBudget[]>
  make(made: Pick<EnteredBudget, 'subject' | 'terms'> & { readonly by: string }): Promise<EnteredBudget>
  /** Null where there is none of this id that counts. */
  change(id: string, terms: BudgetTerms): Promise<EnteredBudget | null>
  /** False where there is none of this id that counts. It is kept, and counts no more. */
  end(id: string, by: string): Promise<boolean>
}

export type BudgetTerms = Omit<BudgetSetting, 'scope' | 'name'>

export type EnteredBudget = {
  readonly id: string
  readonly subject: Subject
  readonly terms: BudgetTerms
  readonly madeAt: string
  readonly madeBy: string
}

type Tables = {
  entered_budgets: {
    id: string
    organisation_id: string
    scope: string
    subject: string
    /** JSON of BudgetTerms. */
    terms: string
    made_at: bigint
    made_by: string
    ended_at: bigint | null
    ended_by: string | null
  }
}

export const enteredBudgetsMigrations: Readonly<Record<string, Migration>> = {
  '2026-11-28-entered-budgets': {
    up: async (database: Kysely<unknown>) => {
      await sql`CREATE TABLE entered_budgets (
        id TEXT PRIMARY KEY NOT NULL, organisation_id TEXT NOT NULL, scope TEXT NOT NULL, subject TEXT NOT NULL,
        terms TEXT NOT NULL, made_at BIGINT NOT NULL, made_by TEXT NOT NULL, ended_at BIGINT, ended_by TEXT)`.execute(
        database,
      )
    },
  },
}

export function openEnteredBudgets({ store, clock }: { store: Store; clock: Clock }): EnteredBudgets {
  const tables = store.tables<Tables>()
  const counting = () => tables.selectFrom('entered_budgets').selectAll().where('ended_at', 'is', null)
  return {
    list: async () => (await counting().orderBy('made_at').orderBy('id').execute()).map(budgetOf),
    make: async ({ subject, terms, by }) => {
      const id = newId(clock)
      const row = {
        id,
        organisation_id: subject.organisation,
        scope: subject.scope,
        subject: subject.id,
        terms: JSON.stringify(terms),
        made_at: BigInt(clock.now()),
        made_by: by,
        ended_at: null,
        ended_by: null,
      }
      await tables.insertInto('entered_budgets').values(row).execute()
      return budgetOf(row)
    },
    change: async (id, terms) => {
      await tables
        .updateTable('entered_budgets')
        .set({ terms: JSON.stringify(terms) })
        .where('id', '=', id)
        .where('ended_at', 'is', null)
        .execute()
      const row = await counting().where('id', '=', id).executeTakeFirst()
      return row ? budgetOf(row) : null
    },
    end: async (id, by) => {
      const { numUpdatedRows } = await tables
        .updateTable('entered_budgets')
        .set({ ended_at: BigInt(clock.now()), ended_by: by })
        .where('id', '=', id)
        .where('ended_at', 'is', null)
        .executeTakeFirst()
      return numUpdatedRows > 0n
    },
  }
}

function budgetOf(row: Selectable<Tables['entered_budgets']>): EnteredBudget {
  return {
    id: row.id,
    subject: { scope: row.scope as BudgetScope, id: row.subject, organisation: row.organisation_id },
    terms: JSON.parse(row.terms) as BudgetTerms,
    madeAt: isoInstant(Number(row.made_at)),
    madeBy: row.made_by,
  }
}
