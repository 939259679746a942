import { PaddockError } from '../base/errors.ts'
import { mayCall } from '../callers/authorize.ts'
import type { Caller } from '../callers/caller.ts'
import { readJson, type JsonText } from '../dialects/json-text.ts'
import { readChatRequest, type ChatRequest } from '../dialects/openai-chat/request.ts'
import type { Destination, Target } from '../routing/table.ts'
import type { Exchange } from './exchange.ts'
import type { Gateway } from './gateway.ts'
import { readBody } from './read-body.ts'

/** A request that was read, understood and allowed. */
export type Order = {
  readonly caller: Caller
  readonly json: JsonText
  readonly chat: ChatRequest
  readonly destination: Destination
}

/** Stage 2, may they: the body within its limits, the model known, and this key allowed to call it. */
export async function admit(gateway: Gateway, exchange: Exchange, caller: Caller): Promise<Order> {
  const { bodyBytesMax, choicesMax, outputTokensMax } = gateway.limits
  const json = readJson(await readBody(exchange.request, exchange.response, bodyBytesMax))
  const modelsOffered = caller.models ?? gateway.routing.firstNames
  const chat = readChatRequest(json, { choicesMax, outputTokensMax, modelsOffered })
  const destination = allowed(caller, chat.model, gateway.routing.resolve(chat.model))
  for (const target of destination.targets) checkModel(target, chat)
  return { caller, json, chat, destination }
}

/** A key that may call a route may call whatever it leads to; else only the targets it may call by their own name remain. */
function allowed(caller: Caller, asked: string, destination: Destination): Destination {
  if (mayCall(caller, asked)) return destination
  const [first, ...rest] = destination.targets.filter((target) => mayCall(caller, fullName(target)))
  if (first) return { ...destination, targets: [first, ...rest] }
  throw new PaddockError('model_not_allowed', {
    message:
      'This key may not call this model. GET /v1/models lists what it may call; an operator can make a key for more.',
    param: '/model',
  })
}

function fullName(target: Target): string {
  return `${target.provider.facts.id}/${target.model}`
}

/** Refuses what the model is known not to take. Where nothing is known, the provider decides. */
function checkModel(target: Target, chat: ChatRequest): void {
  const facts = target.provider.modelFacts.get(target.model)
  if (chat.hasImages && facts?.images === false) {
    const able = [...target.provider.modelFacts].filter(([, each]) => each.images === true).map(([model]) => model)
    throw new PaddockError('modality_unsupported', {
      message: `${fullName(target)} takes text only, and the messages hold an image.${able.length > 0 ? ` These take images: ${able.slice(0, 10).join(', ')}.` : ''}`,
      param: '/messages',
    })
  }
  if (facts?.maxOutputTokens !== undefined && chat.maxTokens !== null && chat.maxTokens > facts.maxOutputTokens) {
    throw new PaddockError('out_of_range', {
      message: `${fullName(target)} writes at most ${facts.maxOutputTokens} tokens; max_tokens asks for ${chat.maxTokens}.`,
      param: '/max_tokens',
    })
  }
}
