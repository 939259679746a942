import type { KeyBudgetSetting } from '@paddock/contract/budgets'
import type { KeyLimitSetting } from '@paddock/contract/config'

/** What a key may do. `call`: use models. `read`: see the entries of its team. `admin`: everything of its organisation. */
export const SCOPES = ['call', 'read', 'admin'] as const
export type Scope = (typeof SCOPES)[number]

/** Who asks: a key of a team of an organisation, perhaps on behalf of a user. */
export type Caller = {
  readonly organisationId: string
  readonly organisationName: string
  readonly teamId: string
  readonly teamName: string
  readonly userId: string | null
  readonly keyId: string
  readonly keyName: string
  readonly scopes: readonly Scope[]
  /** The models this key may call; null means all. "deepseek/*" stands for every model of a provider. */
  readonly models: readonly string[] | null
  /** What is stored with the key itself, and wins over the configuration. */
  readonly limits: KeyLimitSetting | null
  readonly budget: KeyBudgetSetting | null
  /** Milliseconds since 1970; null means never. */
  readonly expiresAt: number | null
  readonly revokedAt: number | null
}
