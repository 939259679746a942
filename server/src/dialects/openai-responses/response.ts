import type { AnswerMeta } from '../dialect.ts'
import { memberRaw } from '../json-read.ts'
import { RawJson, type JsonMembers } from '../json-write.ts'
import type { StopReason } from '../neutral.ts'
import { writeEncrypted } from './encrypted.ts'
import { responseId } from './ours.ts'
import type { Signature } from '../signature.ts'

/** The object a whole answer is, and which a stream sends at its beginning and at its end. */

/** What of a request its answer repeats, and what stands there if the request does not say. */
const REPEATED: Readonly<Record<string, string>> = {
  instructions: 'null',
  max_output_tokens: 'null',
  metadata: '{}',
  parallel_tool_calls: 'true',
  previous_response_id: 'null',
  reasoning: '{"effort":null,"summary":null}',
  store: 'false',
  temperature: '1',
  text: '{"format":{"type":"text"}}',
  tool_choice: '"auto"',
  tools: '[]',
  top_p: '1',
  truncation: '"disabled"',
  user: 'null',
}

export function responseObject(
  { requestId, createdSeconds, model, json, state }: AnswerMeta,
  answered: string | null,
  rest: JsonMembers,
): JsonMembers {
  const repeated = Object.entries(REPEATED).map(([name, usual]) => [
    name,
    memberRaw(json.root, name) ?? new RawJson(usual),
  ])
  return {
    id: responseId(requestId),
    object: 'response',
    created_at: createdSeconds,
    model: answered ?? model,
    background: false,
    error: null,
    incomplete_details: null,
    ...(Object.fromEntries(repeated) as JsonMembers),
    ...(state ? { store: state.store, previous_response_id: state.previousResponseId } : {}),
    ...rest,
  }
}

/** How an answer that is not cut off ends, and what is said of one that is. */
export function statusMembers(stop: StopReason): JsonMembers & { readonly status: 'completed' | 'incomplete' } {
  if (stop === 'length') return { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }
  if (stop === 'filtered') return { status: 'incomplete', incomplete_details: { reason: 'content_filter' } }
  return { status: 'completed' }
}

/** The ids of items are made of the request's, so that they differ between answers. */
export function itemId({ requestId }: AnswerMeta, kind: 'msg' | 'rs' | 'fc', index: number): string {
  return `${kind}_${requestId.replaceAll('-', '')}_${index}`
}

/** The answer an item came with; null where its id was made elsewhere. */
export function responseOf(id: string): string | null {
  const requestId = /^(?:in|msg|rs|fc)_([0-9a-f]{32})_\d+$/.exec(id)?.[1]
  return requestId === undefined ? null : responseId(requestId)
}

export function textPart(text: string): JsonMembers {
  return { type: 'output_text', text, annotations: [], logprobs: [] }
}

export function refusalPart(refusal: string): JsonMembers {
  return { type: 'refusal', refusal }
}

export function messageItem(id: string, status: ItemStatus, content: readonly JsonMembers[]): JsonMembers {
  return { id, type: 'message', status, role: 'assistant', content }
}

export function reasoningItem(id: string, { text, signature, isHidden }: Thought): JsonMembers {
  return {
    id,
    type: 'reasoning',
    summary: text === '' ? [] : [{ type: 'summary_text', text }],
    encrypted_content: signature === null ? undefined : writeEncrypted(signature, isHidden),
  }
}

export function callItem(id: string, status: ItemStatus, call: Call): JsonMembers {
  return { id, type: 'function_call', status, call_id: call.id, name: call.name, arguments: call.arguments }
}

export type ItemStatus = 'in_progress' | 'completed' | 'incomplete'
export type Thought = { readonly text: string; readonly signature: Signature | null; readonly isHidden: boolean }
export type Call = { readonly id: string; readonly name: string; readonly arguments: string }
