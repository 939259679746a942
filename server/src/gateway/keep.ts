import type { Entry } from '../books/entry.ts'
import { memberItems } from '../dialects/json-read.ts'
import { ownInput } from '../dialects/openai-responses/conversation.ts'
import { readFinal, responseId, type FinalResponse } from '../dialects/openai-responses/ours.ts'
import { keepAnswer } from './cached.ts'
import type { Conversation } from './conversation.ts'
import type { Exchange } from './exchange.ts'
import type { Gateway } from './gateway.ts'
import type { Relayed } from './relayed.ts'
import { heldFor } from './release.ts'
import type { Plan } from './route.ts'

type Kept = { readonly plan: Plan; readonly relayed: Relayed; readonly entry: Entry }

/** Between the entry and the last byte: what is needed later of a whole answer is put where it is found again. */
export function keep(gateway: Gateway, exchange: Exchange, kept: Kept): Relayed | Promise<Relayed> {
  const { plan, relayed } = kept
  const { conversation } = plan.order
  const isNeeded = conversation?.store === true || exchange.cache !== null || exchange.heard !== null
  // A request with a name is sent again by whom its connection broke for: its answer is as good as heard.
  const isHeard = !exchange.gone || exchange.claim !== null
  return !isNeeded || relayed.failure || !isHeard ? relayed : keepHeard(gateway, exchange, kept)
}

async function keepHeard(gateway: Gateway, exchange: Exchange, { plan, relayed, entry }: Kept): Promise<Relayed> {
  const { conversation, asked } = plan.order
  const end = heldFor(relayed, entry)
  exchange.heard?.add(end)
  keepAnswer(gateway, exchange, { plan, entry, end })
  if (conversation?.store !== true) return { ...relayed, held: () => end }
  const final = readFinal(end, asked.stream)
  if (final === null) return { ...relayed, held: () => end }
  const isKept = await keepConversation(gateway, exchange, { conversation, entry, final, relayed })
  const told = isKept ? end : final.unkept()
  return { ...relayed, held: () => told }
}

type Conversed = {
  readonly conversation: Conversation
  readonly entry: Entry
  readonly final: FinalResponse
  readonly relayed: Relayed
}

/**
 * Stores the answer, so that the caller can go on from it as soon as it has the last byte. An answer that cannot be stored
 * is paid for and goes out all the same; it says that it is not kept.
 */
async function keepConversation(gateway: Gateway, exchange: Exchange, kept: Conversed): Promise<boolean> {
  const { conversation, entry, final, relayed } = kept
  // Whoever streams an answer and leaves it out of its end leaves a gap that nobody could go on from.
  const isHollow = memberItems(final.response, 'output').length === 0 && relayed.written() !== ''
  if (isHollow) return notKept(gateway, exchange, 'the end of the stream leaves the answer out')
  try {
    const isStored = await gateway.responses.save({
      id: responseId(exchange.id),
      organisationId: entry.organisation_id,
      teamId: entry.team_id,
      keyId: entry.key_id,
      createdAt: exchange.acceptedAt,
      previousId: conversation.previousResponseId,
      input: ownInput(conversation.own, exchange.id),
      response: final.response.raw.toString(),
    })
    return isStored || notKept(gateway, exchange, 'too large, or what it goes on from was deleted meanwhile')
  } catch (thrown) {
    gateway.log.error('response.not_stored', { request_id: exchange.id }, thrown)
    return false
  }
}

function notKept(gateway: Gateway, exchange: Exchange, reason: string): false {
  gateway.log.warn('response.not_kept', { request_id: exchange.id, reason })
  return false
}
