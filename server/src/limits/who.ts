import type { KeyLimitSetting } from '@paddock/contract/config'

/** Counted by id, looked up in the configuration by id or name, and called by its name in messages. */
export type Named = { readonly id: string; readonly name: string }

/** Whose limits a request counts against. */
export type Who = {
  readonly key: Named
  readonly team: Named
  readonly organisation: Named
  /** The limits that are stored with the key: they win over the configuration. */
  readonly own: KeyLimitSetting | null
}
