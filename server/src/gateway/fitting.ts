import { assert, PaddockError } from '../base/errors.ts'
import type { ReadRequest } from '../dialects/dialect.ts'
import { countTokens } from '../dialects/token-count.ts'
import { fullName, type Target } from '../routing/target.ts'
import type { Order } from './admit.ts'
import type { Exchange } from './exchange.ts'

/**
 * Between stages 2 and 3, which models can take it: the order with only those targets that are not known to be unable to; where nothing is
 * known, the provider decides. Throws what the first of them cannot take where that leaves none: `modality_unsupported`,
 * `out_of_range` or `context_exceeded`.
 */
export function fitting(exchange: Exchange, order: Order): Order | Promise<Order> {
  const isKnown = order.destination.targets.some((target) => factsOf(target) !== undefined)
  return isKnown ? fittingKnown(exchange, order) : order
}

async function fittingKnown({ dialect }: Exchange, order: Order): Promise<Order> {
  const { asked, json, destination } = order
  const { targets } = destination
  const mayBeLong = targets.some((target) => isBeyondContext(target, asked, asked.promptBytes))
  // A token has a byte at least, so few prompts have to be counted.
  const promptTokens = mayBeLong ? (await countTokens(dialect.promptText(json))).tokens : 0
  const looked = targets.map((target) => ({ target, fault: faultOf(target, asked, promptTokens) }))
  const [first, ...rest] = looked.filter(({ fault }) => fault === null).map(({ target }) => target)
  if (first) return { ...order, destination: { ...destination, targets: [first, ...rest] } }
  const fault = looked[0]?.fault
  assert(fault, 'a target that is passed over has a reason')
  throw fault
}

function factsOf({ provider, model }: Target): ReturnType<Target['provider']['modelFacts']['get']> {
  return provider.modelFacts.get(model)
}

function isBeyondContext(target: Target, { maxTokens }: ReadRequest, promptTokens: number): boolean {
  const context = factsOf(target)?.contextTokens
  return context !== undefined && promptTokens + (maxTokens ?? 0) > context
}

function faultOf(target: Target, asked: ReadRequest, promptTokens: number): PaddockError | null {
  const facts = factsOf(target)
  const { conversation, maxTokens: maxTokensField } = asked.fields
  if (asked.hasImages && facts?.images === false) {
    const able = [...target.provider.modelFacts].filter(([, each]) => each.images === true).map(([model]) => model)
    return new PaddockError('modality_unsupported', {
      message: `${fullName(target)} takes text only, and there is an image in ${conversation}.${able.length > 0 ? ` These take images: ${able.slice(0, 10).join(', ')}.` : ''}`,
      param: `/${conversation}`,
    })
  }
  if (facts?.maxOutputTokens !== undefined && asked.maxTokens !== null && asked.maxTokens > facts.maxOutputTokens) {
    return new PaddockError('out_of_range', {
      message: `${fullName(target)} writes at most ${facts.maxOutputTokens} tokens; ${maxTokensField} asks for ${asked.maxTokens}.`,
      param: `/${maxTokensField}`,
    })
  }
  if (isBeyondContext(target, asked, promptTokens)) {
    const answer = asked.maxTokens === null ? '' : ` + ${maxTokensField} ${asked.maxTokens}`
    return new PaddockError('context_exceeded', {
      message: `The prompt of about ${promptTokens} tokens${answer} is more than the ${facts?.contextTokens} that ${fullName(target)} takes. Shorten ${conversation}, or ask for a shorter answer.`,
      param: `/${conversation}`,
    })
  }
  return null
}
