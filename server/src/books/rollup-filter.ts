import type { EntryState } from '@paddock/contract/entry'
import type { RawBuilder, SqlBool } from 'kysely'
import { flagOf, withValues } from './columns.ts'
import { isModel } from './entry-rows.ts'

/** Which rollups, whenever they are of; what is left out may be anything. */
export type RollupFilter = {
  readonly organisation?: string | undefined
  readonly team?: string | undefined
  readonly key?: string | undefined
  readonly provider?: string | undefined
  /** By its own name, or by provider and name. */
  readonly model?: string | undefined
  /** A route's name; empty: those that asked for a model itself. */
  readonly route?: string | undefined
  readonly state?: EntryState | undefined
  readonly practice?: boolean | undefined
}

/** The conditions of a filter, for the table `rollups`. */
export function rollupConditions(filter: RollupFilter): RawBuilder<SqlBool>[] {
  const { organisation, team, key, provider, model, route, state, practice } = filter
  const values = withValues({
    organisation_id: organisation,
    team_id: team,
    key_id: key,
    provider,
    route,
    state,
    practice: flagOf(practice),
  })
  return model === undefined ? values : [...values, isModel(model)]
}
