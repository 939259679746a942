/**
 * Proposals in a file of the data folder, prices/proposals.json: open ones, and what was decided about the others. Accepted
 * ones are rows of the price book, at its lowest level; a running server reads the file again when it changes.
 */
import type { PriceProposal } from '@paddock/contract/price-proposal'
import { excerpt, PaddockError } from '../base/errors.ts'
import { decisionsFile } from './decisions-file.ts'
import type { OperatorRow } from './operator-row.ts'

const file = decisionsFile<PriceProposal>('proposals', 'no proposal is open or accepted')

export const proposalsFile = file.path
export const readProposals = file.read
export const writeProposals = file.write

/** New proposals beside the old. One that was there stays as it was decided; an open one for the same model gives way. */
export function mergeProposals(
  known: readonly PriceProposal[],
  made: readonly PriceProposal[],
): readonly PriceProposal[] {
  const ids = new Set(known.map(({ id }) => id))
  const added = made.filter(({ id }) => !ids.has(id))
  const models = new Set(added.map(({ model, source }) => `${source} ${model}`))
  const kept = known.filter(({ status, model, source }) => status !== 'open' || !models.has(`${source} ${model}`))
  return [...kept, ...added]
}

export type Decision = {
  readonly id: string
  readonly status: 'accepted' | 'rejected'
  readonly at: string
  readonly by: string
}

/** The proposals with one of them decided. Throws `argument_invalid` where it is not there or not open. */
export function decide(
  proposals: readonly PriceProposal[],
  { id, status, at, by }: Decision,
): readonly PriceProposal[] {
  const proposal = proposals.find((each) => each.id === id)
  if (proposal?.status !== 'open') {
    const state =
      proposal === undefined ? 'There is no proposal' : `The proposal was ${proposal.status} before, so none is open`
    throw new PaddockError('argument_invalid', {
      message: `${state} with the id "${excerpt(id)}". "paddock prices proposals" lists the open ones.`,
    })
  }
  const decided = { ...proposal, status, decided_at: at, decided_by: by }
  return proposals.map((each) => (each.id === id ? decided : each))
}

/** Accepted proposals as rows of the book. A later one for the same model is a later revision of it. */
export function acceptedRows(proposals: readonly PriceProposal[], dataFolder: string): OperatorRow[] {
  const accepted = proposals
    .filter(({ status }) => status === 'accepted')
    .toSorted((one, other) => ((one.decided_at ?? '') < (other.decided_at ?? '') ? -1 : 1))
  return accepted.map(({ id, model, row, source, decided_at, decided_by }, index) => {
    const earlier = accepted.slice(0, index).filter((each) => each.model === model).length
    const provenance = {
      level: 'feed',
      revision: earlier + 1,
      valid_from: row['valid_from'] ?? decided_at,
      recorded_at: decided_at,
      source: [source],
      confidence: 'medium',
      verified: false,
      note: `Proposed by ${source}, accepted by ${decided_by}.`,
    }
    return { raw: { ...row, ...provenance }, place: `${proposalsFile(dataFolder)}: proposal ${id}` }
  })
}
