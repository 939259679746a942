import type { EffectiveChange } from './price-event.ts'

/** Why a proposed price needs a second look. All but the first keep it from being accepted without a word. */
export const PROPOSAL_DOUBTS = ['unknown_model', 'large_change', 'free', 'currency'] as const
export type ProposalDoubt = (typeof PROPOSAL_DOUBTS)[number]

export type ProposalStatus = 'open' | 'accepted' | 'rejected'

/** A price that a feed lists and the price book does not have so: a proposal until somebody decides. */
export type PriceProposal = {
  /** Made of what is proposed: the same proposal has the same id, and is not made twice. */
  readonly id: string
  readonly status: ProposalStatus
  readonly model: string
  /** The price row as it would be written under `prices:` in paddock.yaml. */
  readonly row: Readonly<Record<string, unknown>>
  readonly changes: readonly EffectiveChange[]
  readonly doubts: readonly { readonly doubt: ProposalDoubt; readonly reason: string }[]
  /** The price row that wins over an accepted proposal: the shipped book's, a contract's, the operator's. */
  readonly outranked_by: string | null
  readonly source: string
  readonly proposed_at: string
  readonly decided_at: string | null
  readonly decided_by: string | null
}
