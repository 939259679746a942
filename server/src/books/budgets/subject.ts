import type { BudgetScope } from '@paddock/contract/budgets'
import type { EntryRecord } from '@paddock/contract/entry'
import type { Named } from './rules.ts'

/** Whose spending is added up: one organisation, team, key, model (provider/model), or end user of an organisation. */
export type Subject = { readonly scope: BudgetScope; readonly id: string; readonly organisation: string }

/** Who spends with a request. */
export type Spender = {
  readonly organisation: Named
  readonly team: Named
  readonly key: Named
  /** Whom the caller named as the one it asks for. */
  readonly endUser: string | null
}

export type Spending = Pick<EntryRecord, 'organisation_id' | 'team_id' | 'key_id' | 'end_user' | 'provider' | 'model'>

/** One text for each, for finding what belongs to it. The organisation's id comes first: it holds no space, and a user may. */
export function subjectName({ scope, id, organisation }: Subject): string {
  return scope === 'end_user' ? `end_user ${organisation} ${id}` : `${scope} ${id}`
}

/** The names of all whom an entry belongs to. */
export function subjectNames(entry: Spending): readonly string[] {
  const organisation = entry.organisation_id
  const names = [
    `organisation ${organisation}`,
    `team ${entry.team_id}`,
    `key ${entry.key_id}`,
    `model ${entry.provider}/${entry.model}`,
  ]
  if (entry.end_user !== null) names.push(`end_user ${organisation} ${entry.end_user}`)
  return names
}
