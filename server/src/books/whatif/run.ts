/** A run of a what-if: all its requests are priced as one model, and add to one result. */
import type { WhatIfGroup } from '@paddock/contract/what-if'
import type { Kysely } from 'kysely'
import { isoInstant } from '../../base/clock.ts'
import type { PriceBook } from '../../prices/book.ts'
import type { FxTable } from '../../prices/fx.ts'
import type { EntryRow } from '../entry-row.ts'
import type { BooksTables } from '../tables.ts'
import type { Assumptions } from './assumptions.ts'
import type { Traffic } from './read-cells.ts'
import { Tally } from './tally.ts'

export type WhatIfRequest = {
  /** Milliseconds since 1970; `to` is not included. */
  readonly from: number
  readonly to: number
  /** "provider/model"; null: each request's own. */
  readonly model: string | null
  /** The instant whose price list is used; null: that of each request. */
  readonly listAt: number | null
  readonly groupBy: WhatIfGroup | null
  readonly traffic?: Traffic
  /** Also report in this currency. */
  readonly currency?: string | null
}

/** What entries are priced with. */
export type Pricing = {
  readonly prices: PriceBook
  /** The name under which the price book has a provider's model: "provider/model". */
  readonly bookName: (provider: string, model: string) => string
  readonly fx: FxTable
}

export type WhatIfParts = Pricing & { readonly tables: Kysely<BooksTables> }

export type Run = {
  readonly parts: WhatIfParts
  readonly request: WhatIfRequest
  readonly traffic: Traffic
  /** The target, as the price book has it. */
  readonly target: string
  readonly result: Result
}

/** What all runs add to. */
export type Result = {
  readonly total: Tally
  readonly groups: Map<string, Tally>
  readonly practice: Tally
  readonly assumptions: Assumptions
  /** Requests whose prices have more than twelve decimals: a bill rounds each. */
  rounded: bigint
  entriesRead: number
}

export function groupOf({ request }: Run, name: string, at: number): string {
  return request.groupBy === 'day' ? isoInstant(at).slice(0, 10) : name
}

/** Practice is added up apart and in no group. */
export function talliesOf({ request, result }: Run, of: { isPractice: boolean; group: string }): Tally[] {
  if (of.isPractice) return [result.practice]
  if (request.groupBy === null) return [result.total]
  const group = result.groups.get(of.group) ?? new Tally()
  result.groups.set(of.group, group)
  return [result.total, group]
}

export function isTraffic(
  traffic: Traffic,
  row: Pick<EntryRow, 'organisation_id' | 'team_id' | 'route' | 'key_id' | 'provider' | 'model'>,
): boolean {
  const { organisation, team, route, key, model } = traffic
  return (
    (organisation === undefined || row.organisation_id === organisation) &&
    (team === undefined || row.team_id === team) &&
    (route === undefined || (row.route ?? '') === route) &&
    (key === undefined || row.key_id === key) &&
    (model === undefined || (row.provider === model.provider && row.model === model.name))
  )
}
