import type { AttemptRecord, EntryRecord } from '@paddock/contract/entry'
import type { Usage } from '@paddock/contract/usage'

/**
 * What is written before the first byte goes to a provider. If the process dies, this is all that is known, so it holds
 * everything an orphan's entry needs.
 */
export type Intent = Pick<
  EntryRecord,
  | 'id'
  | 'at'
  | 'organisation_id'
  | 'team_id'
  | 'user_id'
  | 'key_id'
  | 'end_user'
  | 'endpoint'
  | 'stream'
  | 'route'
  | 'provider'
  | 'model'
  | 'priced_as_of'
  | 'practice'
  | 'app'
> &
  Partial<Pick<EntryRecord, 'trial'>> & {
    /** The most this request can use: what is reserved for it, and what an orphan is priced at. */
    readonly hold: Usage
  }

/** What a running stream has produced so far; written every two seconds so that a crash loses little knowledge. */
export type Progress = { readonly id: string; readonly output: number }

/** A call to a provider begins: on its way to the disk before its bytes leave, where the intent does not say it already. */
export type AttemptStart = { readonly id: string } & Pick<AttemptRecord, 'provider' | 'model' | 'started_at'>

/** The whole ledger row. Nothing is ever added to it; corrections are entries of their own, and only they say what kind they are. */
export type Entry = Omit<EntryRecord, keyof Kind> & Partial<Kind>

type Kind = Pick<EntryRecord, 'kind' | 'adjusts' | 'reason'>
