import { sql } from 'kysely'
import { isoInstant } from '../../base/clock.ts'
import { idOf } from '../../base/ids.ts'
import type { LiveConfig } from './live-race.ts'
import type { ProposalRow, RaceDatabase } from './tables.ts'

/** A price fell, and a route would be cheaper with the model whose price it is, as far as prices can say. */
export type Proposal = {
  readonly id: string
  readonly at: string
  readonly route: string
  readonly champion: string
  readonly challenger: string
  readonly saving: NonNullable<LiveConfig['expectedSaving']>
  /** By how much less it would have cost. */
  readonly percent: string
  /** The race that was started for it; null while none was. */
  readonly race: string | null
}

export type NewProposal = Omit<Proposal, 'id' | 'at' | 'race'>

/** Keeps a proposal. The same one made again at the same instant is the same row. */
export async function addProposal(tables: RaceDatabase, proposal: NewProposal, at: number): Promise<Proposal> {
  const { saving, ...about } = proposal
  const id = idOf(at, JSON.stringify([about.route, about.champion, about.challenger]))
  await tables
    .insertInto('race_proposals')
    .values({
      ...about,
      id,
      at: BigInt(at),
      saving: saving.amount,
      currency: saving.currency,
      days: BigInt(saving.days),
      race: null,
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute()
  return { ...proposal, id, at: isoInstant(at), race: null }
}

export async function noteRaceOf(tables: RaceDatabase, proposal: string, race: string): Promise<void> {
  await tables.updateTable('race_proposals').set({ race }).where('id', '=', proposal).execute()
}

export async function findProposal(tables: RaceDatabase, id: string): Promise<Proposal | null> {
  const row = await tables.selectFrom('race_proposals').selectAll().where('id', '=', id).executeTakeFirst()
  return row === undefined ? null : proposalOf(row)
}

/** What a proposal says, in a line. */
export function describeProposal({ percent, saving }: NewProposal): string {
  return `${percent} % less for the traffic of ${saving.days} days`
}

/** Oldest first. */
export async function readProposals(
  tables: RaceDatabase,
  { from = 0, to = Number.MAX_SAFE_INTEGER }: { from?: number; to?: number } = {},
): Promise<Proposal[]> {
  const rows = await tables
    .selectFrom('race_proposals')
    .selectAll()
    .where('at', '>=', BigInt(from))
    .where('at', '<', BigInt(to))
    .orderBy(sql`at`)
    .orderBy('id')
    .execute()
  return rows.map(proposalOf)
}

function proposalOf({ at, saving, currency, days, ...row }: ProposalRow): Proposal {
  return { ...row, at: isoInstant(Number(at)), saving: { amount: saving, currency, days: Number(days) } }
}
