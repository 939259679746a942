import type { priceProposalsApi } from '@paddock/contract/control/price-proposals'
import type { PriceProposal } from '@paddock/contract/price-proposal'
import { isoInstant, type Clock } from '../../base/clock.ts'
import { PaddockError } from '../../base/errors.ts'
import type { BooksReader } from '../../books/reader.ts'
import { decide, readProposals, writeProposals } from '../../prices/proposals.ts'
import { nameActor, type Actor } from '../actor.ts'
import { notFound, type Handlers } from '../handlers.ts'
import { whenOr } from '../span.ts'

export type PriceProposalsParts = {
  readonly clock: Clock
  readonly reader: Pick<BooksReader, 'priceEvents'>
  readonly dataFolder: string
  /** Builds the price book anew. Throws where it cannot be used, and then the old one stays. */
  readonly rebuild: () => Promise<void>
}

type Deciding = { readonly id: string; readonly status: 'accepted' | 'rejected'; readonly actor: Actor }

export function priceProposalsHandlers(parts: PriceProposalsParts): Handlers<typeof priceProposalsApi> {
  return {
    list: ({ query: { status } }) => {
      const proposals = readProposals(parts.dataFolder)
      return Promise.resolve({ items: proposals.filter((each) => status === undefined || each.status === status) })
    },
    accept: async ({ actor, params, body, note }) => {
      const proposal = findOpen(parts, params.id)
      const doubts = proposal.doubts.filter(({ doubt }) => doubt !== 'unknown_model')
      if (doubts.length > 0 && !body.despite_doubts) throw doubtful(doubts)
      const decided = await decideOne(parts, { id: params.id, status: 'accepted', actor })
      note({ before: proposal, after: decided })
      return decided
    },
    reject: async ({ actor, params, note }) => {
      const before = findOpen(parts, params.id)
      const decided = await decideOne(parts, { id: params.id, status: 'rejected', actor })
      note({ before, after: decided })
      return decided
    },
    events: async ({ query: { from, to, limit } }) => {
      const events = await parts.reader.priceEvents({
        from: whenOr(from, 0),
        to: whenOr(to, Number.MAX_SAFE_INTEGER),
      })
      return { items: events.toReversed().slice(0, limit) }
    },
  }
}

function findOpen({ dataFolder }: PriceProposalsParts, id: string): PriceProposal {
  const proposal = readProposals(dataFolder).find((each) => each.id === id && each.status === 'open')
  if (!proposal) throw notFound('open proposal', id)
  return proposal
}

async function decideOne(parts: PriceProposalsParts, { id, status, actor }: Deciding): Promise<PriceProposal> {
  const { dataFolder, clock, rebuild } = parts
  const before = readProposals(dataFolder)
  const after = decide(before, { id, status, at: isoInstant(clock.now()), by: nameActor(actor).name })
  writeProposals(dataFolder, after)
  try {
    await rebuild()
  } catch (cause) {
    // A book that cannot be used must not be left behind.
    writeProposals(dataFolder, before)
    throw cause
  }
  return after.find((each) => each.id === id) ?? findOpen(parts, id)
}

function doubtful(doubts: PriceProposal['doubts']): PaddockError {
  const reasons = doubts.map(({ reason }) => reason).join(' ')
  return new PaddockError('field_invalid', {
    message: `There are doubts: ${reasons} Check the provider's page, then accept it with "despite_doubts": true.`,
    param: '/despite_doubts',
  })
}
