import { PaddockError } from '../base/errors.ts'
import { maySee } from '../callers/authorize.ts'
import type { Caller } from '../callers/caller.ts'
import type { ReadRequest, ResponseState } from '../dialects/dialect.ts'
import { CALLER_JSON, readJson, type JsonText, type JsonValue } from '../dialects/json-text.ts'
import { continued, itemsAfter } from '../dialects/openai-responses/conversation.ts'
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
 * caller keeps its conversation itself. Throws `response_unknown` and `conversation_too_long`.
 */
export async function wholeConversation(gateway: Gateway, exchange: Exchange, said: Said): Promise<Whole> {
  const { json, asked } = said
  if (exchange.dialect.name !== 'openai-responses') return { json, conversation: null }
  const { previousResponseId } = asked
  if (asked.store === false && previousResponseId === null) return { json, conversation: null }
  const state = { store: asked.store !== false && gateway.responses.isOn(), previousResponseId, own: json }
  if (previousResponseId === null) return { json, conversation: state }
  const stored = await findResponse(gateway, said.caller, previousResponseId)
  return { json: goOn(json, itemsAfter(stored), gateway.bounds().bodyBytesMax), conversation: state }
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

/** What was said before was checked when it was said, or is a provider's: it is judged by its size only. */
function goOn(json: JsonText, earlier: readonly JsonValue[], bytesMax: number): JsonText {
  const bytes = continued(json, earlier)
  if (bytes.length > bytesMax) throw tooLong(`has ${bytes.length} bytes; a request may have ${bytesMax}.`)
  try {
    return readJson(bytes, { ...CALLER_JSON, strict: false })
  } catch (cause) {
    if (cause instanceof PaddockError) throw tooLong(`is more than one request may hold: ${cause.message}`)
    throw cause
  }
}

function tooLong(why: string): PaddockError {
  return new PaddockError('conversation_too_long', {
    message: `The conversation that previous_response_id goes on with ${why} Begin a new one, with a summary of this one in its input.`,
    param: '/previous_response_id',
  })
}
