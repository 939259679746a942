import { oneOf, searchOf, text, yes } from '../../search.ts'

export const TABS = ['keys', 'budgets'] as const
export const STATES = ['active', 'revoked', 'expired'] as const
export const SCOPES = ['organisation', 'team', 'key', 'end_user', 'model'] as const
export const PLACES = ['paddock.yaml', 'key', 'console'] as const

/** `key`: the one that is looked at. `make`: makes one. `scope` and `set_in`: which budgets. */
export const keysSearch = searchOf({
  tab: oneOf(TABS),
  team: text,
  state: oneOf(STATES),
  key: text,
  make: yes,
  scope: oneOf(SCOPES),
  set_in: oneOf(PLACES),
})

export type KeysSearch = ReturnType<typeof keysSearch>

export type PartProps = {
  readonly search: KeysSearch
  readonly onChange: (part: Partial<KeysSearch>) => void
}
