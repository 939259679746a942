import { PROVIDER_DIALECTS } from '../dialects/all.ts'
import { translate, type Translation } from '../dialects/translation.ts'
import { dialectFacts } from '../providers/provider.ts'
import type { Attempt } from '../routing/attempts.ts'
import type { Order } from './admit.ts'
import { header, type Exchange } from './exchange.ts'
import type { Gateway } from './gateway.ts'

/** The request in the words of the target's provider. Throws a PaddockError for what cannot be said there. */
export function translateFor(
  gateway: Gateway,
  exchange: Exchange,
  { order, attempt: { target, apiKey } }: { order: Order; attempt: Pick<Attempt, 'target' | 'apiKey'> },
): Translation {
  const { facts } = target.provider
  const { caller, asked, json, conversation } = order
  return translate({
    caller: exchange.dialect,
    provider: PROVIDER_DIALECTS[facts.dialect],
    target: { provider: facts.id, model: target.model, facts: dialectFacts(facts) },
    apiKey: facts.auth === 'none' ? null : apiKey,
    betas: header(exchange, 'anthropic-beta') ?? null,
    meta: {
      requestId: exchange.id,
      model: target.model,
      createdSeconds: Math.floor(exchange.acceptedAt / 1000),
      includeUsage: asked.includeUsage,
      json,
      state: conversation,
    },
    mayCut: exchange.hold?.mayCut === true,
    memory: gateway.memory.scoped(`${caller.keyId} ${facts.id}`),
  })
}
