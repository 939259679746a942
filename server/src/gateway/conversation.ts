import { PaddockError } from '../base/errors.ts'
import { maySee } from '../callers/authorize.ts'
import type { Caller } from '../callers/caller.ts'
import type { ReadRequest, ResponseState } from '../dialects/dialect.ts'
import { CALLER_JSON, readJson, type JsonText } from '../dialects/json-text.ts'
import {
  continued,
  dereferenced,
  itemsAfter,
  itemsById,
  referencesIn,
} from '../dialects/openai-responses/conversation.ts'
import { needNoReferences } from '../dialects/openai-responses/items.ts'
import type { StoredConversation } from '../dialects/openai-responses/stored.ts'
import type { Exchange } from './exchange.ts'
import type { Gateway } from './gateway.ts'

/** A conversation that is kept here, and what becomes of the answer. */
export type Conversation = ResponseState & {
  /** The request as the caller sent it, with its own input only. */
  readonly own: JsonText
}

type Said = { readonly caller: Caller; readonly json: JsonText; readonly asked: ReadRequest }
type Whole = { readonly json: JsonText; readonly conversation: Conversation | null }

/**
 * The request with the whole conversation in it: whatever serves it, no provider has to remember anything. Null where the
 * caller keeps its conversation itself. Throws `response_unknown`, `conversation_too_long`, and `content_type_unknown` for
 * a reference to an item that is not kept.
 */
export function wholeConversation(gateway: Gateway, { dialect }: Exchange, said: Said): Whole | Promise<Whole> {
  return dialect.name === 'openai-responses' ? keptConversation(gateway, said) : { json: said.json, conversation: null }
}

async function keptConversation(gateway: Gateway, said: Said): Promise<Whole> {
  const { asked } = said
  const json = await withReferred(gateway, said)
  const { previousResponseId } = asked
  if (asked.store === false && previousResponseId === null) return { json, conversation: null }
  needNoReferences(json.root)
  const state = { store: asked.store !== false && gateway.responses.isOn(), previousResponseId, own: json }
  if (previousResponseId === null) return { json, conversation: state }
  const stored = await findResponse(gateway, said.caller, previousResponseId)
  const { bodyBytesMax } = gateway.bounds()
  return { json: readWhole(continued(json, itemsAfter(stored)), bodyBytesMax, EARLIER), conversation: state }
}

/** The request with the items of kept answers that it only refers to. A reference to anything else stays. */
async function withReferred(gateway: Gateway, { caller, json }: Said): Promise<JsonText> {
  const { bodyBytesMax } = gateway.bounds()
  const referred = new Map<string, string>()
  let length = 0
  for (const [responseId, ids] of referencesIn(json)) {
    const stored = await gateway.responses.findAlone(responseId)
    if (stored === null || !maySee(caller, stored)) continue
    const items = itemsById(stored)
    for (const id of ids) {
      const item = items.get(id)
      if (item === undefined) continue
      referred.set(id, item)
      length += item.length
      if (length > bodyBytesMax) throw tooLong(`is longer than a request may be (${bodyBytesMax} bytes).`, REFERRED)
    }
  }
  return referred.size === 0 ? json : readWhole(dereferenced(json, referred), bodyBytesMax, REFERRED)
}

/** A kept answer this caller may see. Throws `response_unknown`: somebody else's is as unknown as one that never was. */
export async function findResponse(gateway: Gateway, caller: Caller, id: string): Promise<StoredConversation> {
  const found = RESPONSE_ID.test(id) ? await gateway.responses.find(id) : null
  if (found === null || !maySee(caller, found)) throw responseUnknown()
  return found
}

export function responseUnknown(): PaddockError {
  return new PaddockError('response_unknown', {
    message:
      'This key has no kept response of this id. Answers are kept for a while, and only where store is not false; without one, send the whole conversation as input.',
  })
}

const RESPONSE_ID = /^resp_[0-9a-f]{32}$/

/** What was added to a request, and by what of it. */
type Added = { readonly what: string; readonly param: string }

const EARLIER: Added = {
  what: 'The conversation that previous_response_id goes on with',
  param: '/previous_response_id',
}
const REFERRED: Added = { what: 'The conversation with the items that input refers to', param: '/input' }

/** What was said before was checked when it was said, or is a provider's: it is judged by its size only. */
function readWhole(bytes: Buffer, bytesMax: number, added: Added): JsonText {
  if (bytes.length > bytesMax) throw tooLong(`has ${bytes.length} bytes; a request may have ${bytesMax}.`, added)
  try {
    return readJson(bytes, { ...CALLER_JSON, strict: false })
  } catch (cause) {
    if (cause instanceof PaddockError) throw tooLong(`is more than one request may hold: ${cause.message}`, added)
    throw cause
  }
}

function tooLong(why: string, { what, param }: Added): PaddockError {
  return new PaddockError('conversation_too_long', {
    message: `${what} ${why} Begin a new one, with a summary of this one in its input.`,
    param,
  })
}
