import { sql, type Kysely, type Migration, type QueryExecutorProvider } from 'kysely'
import type { Clock } from '../base/clock.ts'
import type { Store } from '../store/store.ts'
import type { Placement } from './strategies/rank.ts'
import type { Target } from './target.ts'

/**
 * Which model leads a route, whatever its candidates say: what a race has promoted. Rows are only ever added; the last one of
 * a route counts, so a promotion and its way back are one row each, and both survive a restart.
 */
export type Leads = {
  /** The model that is asked first on a route; null where its candidates decide. */
  of(route: string): Lead | null
  /** Asks the table what other processes have written. */
  refresh(): Promise<void>
  /** Writes a row within somebody's transaction; `refresh` when that is done. */
  set(lead: NewLead, within: QueryExecutorProvider): Promise<void>
}

export type NewLead = Pick<Lead, 'route' | 'race'> & { readonly model: string | null }

export type Lead = {
  readonly route: string
  readonly model: string
  /** Milliseconds since 1970. */
  readonly since: number
  readonly race: string
}

type LeadsTables = {
  readonly route_leads: {
    readonly route: string
    readonly model: string | null
    readonly since: bigint
    readonly race: string
  }
}

export const routingMigrations: Readonly<Record<string, Migration>> = {
  '2026-11-28-route-leads': {
    up: async (database) => {
      await sql`CREATE TABLE route_leads (
        route TEXT NOT NULL, model TEXT, since BIGINT NOT NULL, race TEXT NOT NULL)`.execute(database)
    },
  },
}

export async function openLeads({ store, clock }: { store: Store; clock: Clock }): Promise<Leads> {
  const tables = store.tables<LeadsTables>()
  let current = await readLeads(tables)
  return {
    of: (route) => current.get(route) ?? null,
    refresh: async () => {
      current = await readLeads(tables)
    },
    set: async ({ route, model, race }, within) => {
      await sql`INSERT INTO route_leads (route, model, since, race)
        VALUES (${route}, ${model}, ${BigInt(clock.now())}, ${race})`.execute(within)
    },
  }
}

/** Where a lead takes a request; null where its model is not offered any more, and then it leads nowhere. */
export function placementOf({ model, race }: Lead, find: (model: string) => Target | null): Placement | null {
  const target = find(model)
  return target && { target, reason: `promoted by race ${race}` }
}

async function readLeads(tables: Kysely<LeadsTables>): Promise<ReadonlyMap<string, Lead>> {
  const leads = new Map<string, Lead>()
  const rows = await tables
    .selectFrom('route_leads')
    .selectAll()
    .orderBy(sql`rowid`)
    .execute()
  for (const { route, model, since, race } of rows) {
    if (model === null) leads.delete(route)
    else leads.set(route, { route, model, since: Number(since), race })
  }
  return leads
}
