import { PaddockError } from '../base/errors.ts'
import { mayCall } from '../callers/authorize.ts'
import type { Caller } from '../callers/caller.ts'
import { JsonEdit } from '../dialects/json-edit.ts'
import { CALLER_JSON, readJson, type JsonText } from '../dialects/json-text.ts'
import { checkCaps } from '../limits/caps.ts'
import type { ReadRequest } from '../dialects/dialect.ts'
import type { Destination } from '../routing/table.ts'
import { fullName } from '../routing/target.ts'
import { wholeConversation, type Conversation } from './conversation.ts'
import { whoIs } from './enter.ts'
import type { Exchange } from './exchange.ts'
import type { Gateway } from './gateway.ts'
import { nameRequest } from './once.ts'
import { needBytes, readBody } from './read-body.ts'

/** A request that was read, understood and allowed. */
export type Order = {
  readonly caller: Caller
  readonly json: JsonText
  readonly asked: ReadRequest
  readonly destination: Destination
  /** What is kept of it here; null where nothing is. `json` and `asked` hold all that was said before. */
  readonly conversation: Conversation | null
}

/** Stage 2, may they: the body within its limits, the model known, and this key allowed to call it. */
export async function admit(gateway: Gateway, exchange: Exchange, caller: Caller): Promise<Order> {
  const { bodyBytesMax, choicesMax, outputTokensMax } = gateway.bounds()
  const routing = gateway.routing()
  // A full server says so before it reads what it cannot answer.
  gateway.limits.turnAway(whoIs(caller))
  const body = await readBody(exchange.request, exchange.response, bodyBytesMax)
  needBytes(body)
  nameRequest(exchange, [body])
  const json = readJson(body)
  const modelsOffered = caller.models ?? routing.firstNames
  const limits = { choicesMax, outputTokensMax, modelsOffered }
  const said = exchange.dialect.readRequest(json, limits)
  let whole = wholeConversation(gateway, exchange, { caller, json, asked: said })
  if (whole instanceof Promise) whole = await whole
  const asked = whole.json === json ? said : exchange.dialect.readRequest(whole.json, limits)
  const within = keepCaps(gateway, { caller, json: whole.json, asked })
  const destination = allowed(caller, asked.model, routing.resolve(asked.model))
  return { caller, json: within.json, asked: within.asked, destination, conversation: whole.conversation }
}

type Said = Pick<Order, 'caller' | 'json' | 'asked'>

/** Throws `cap_exceeded`. A request that sets no limit itself is sent on with its key's. */
function keepCaps(gateway: Gateway, { caller, json, asked }: Said): Pick<Order, 'json' | 'asked'> {
  const { maxTokens } = checkCaps(gateway.limits.caps(whoIs(caller)), asked)
  return maxTokens === null || maxTokens === asked.maxTokens
    ? { json, asked }
    : withMaxTokens({ json, asked }, maxTokens)
}

type Limited = Pick<Order, 'json' | 'asked'>

/** The same request, with this many tokens at most for each answer. */
export function withMaxTokens({ json, asked }: Limited, maxTokens: number): Limited {
  const edit = new JsonEdit(json).setMember(asked.fields.maxTokens, String(maxTokens))
  // What the caller wrote was checked before; what a provider once said in this conversation is not the caller's fault.
  return { json: readJson(edit.bytes(), { ...CALLER_JSON, strict: false }), asked: { ...asked, maxTokens } }
}

/** A key that may call a route may call whatever it leads to; else only the targets it may call by their own name remain. */
export function allowed(caller: Caller, asked: string, destination: Destination): Destination {
  if (mayCall(caller, asked)) return destination
  const [first, ...rest] = destination.targets.filter((target) => mayCall(caller, fullName(target)))
  if (first) return { ...destination, targets: [first, ...rest] }
  throw new PaddockError('model_not_allowed', {
    message:
      'This key may not call this model. GET /v1/models lists what it may call; an operator can make a key for more.',
    param: '/model',
  })
}
