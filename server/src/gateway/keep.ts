import type { Entry } from '../books/entry.ts'
import { listOf } from '../dialects/openai-responses/conversation.ts'
import { readFinal, responseId } from '../dialects/openai-responses/ours.ts'
import { keepAnswer } from './cached.ts'
import type { Conversation } from './conversation.ts'
import type { Exchange } from './exchange.ts'
import type { Gateway } from './gateway.ts'
import type { Relayed } from './relayed.ts'
import { heldFor } from './release.ts'
import type { Plan } from './route.ts'

type Kept = { readonly plan: Plan; readonly relayed: Relayed; readonly entry: Entry }

/** Between the entry and the last byte: what is needed later of a whole answer is put where it is found again. */
export async function keep(gateway: Gateway, exchange: Exchange, { plan, relayed, entry }: Kept): Promise<Relayed> {
  const { conversation, asked } = plan.order
  const isKept = conversation?.store === true || exchange.cache !== null
  if (!isKept || relayed.failure || exchange.gone) return relayed
  const end = heldFor(relayed, entry)
  keepAnswer(gateway, exchange, { plan, entry, end })
  if (conversation?.store !== true) return { ...relayed, held: () => end }
  const told = await keepConversation(gateway, exchange, { conversation, entry, end, isStream: asked.stream })
  return { ...relayed, held: () => told }
}

type Conversed = {
  readonly conversation: Conversation
  readonly entry: Entry
  readonly end: Buffer
  readonly isStream: boolean
}

/**
 * Stores the answer, so that the caller can go on from it as soon as it has the last byte. An answer that cannot be stored
 * is paid for and goes out all the same; it says that it is not kept.
 */
async function keepConversation(gateway: Gateway, exchange: Exchange, kept: Conversed): Promise<Buffer> {
  const { conversation, entry, end, isStream } = kept
  const final = readFinal(end, isStream)
  if (final === null) return end
  try {
    const isStored = await gateway.responses.save({
      id: responseId(exchange.id),
      organisationId: entry.organisation_id,
      teamId: entry.team_id,
      keyId: entry.key_id,
      createdAt: exchange.acceptedAt,
      input: listOf(conversation.earlier, conversation.own, exchange.id),
      response: final.response.raw.toString(),
    })
    if (isStored) return end
    gateway.log.warn('response.too_large', { request_id: exchange.id })
  } catch (thrown) {
    gateway.log.error('response.not_stored', { request_id: exchange.id }, thrown)
  }
  return final.unkept()
}
