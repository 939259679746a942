import { readCache } from '../cache-wish.ts'
import { memberItems, memberPresent, memberText } from '../json-read.ts'
import type { JsonValue } from '../json-text.ts'
import { fileSourceOf, sourceOf } from '../media.ts'
import type { CallPart, MediaPart, NeutralMessage, NeutralPart, ReasoningPart, ResultPart } from '../neutral.ts'
import { unmarkSignature, type Signature } from '../signature.ts'
import { storedElsewhere } from '../tool-kinds.ts'

/** The messages of a request in neutral form: results of tools become parts of what the user says. */

export function toNeutralMessages(root: JsonValue): NeutralMessage[] {
  const functionIds = new FunctionIds()
  return memberItems(root, 'messages').map((message) => toNeutralMessage(message, functionIds))
}

/** The older calls of functions have no ids: a result is that of the call before it. */
class FunctionIds {
  private count = 0

  next(): string {
    this.count += 1
    return this.last()
  }

  last(): string {
    return `function-${this.count}`
  }
}

function toNeutralMessage(message: JsonValue, functionIds: FunctionIds): NeutralMessage {
  switch (memberText(message, 'role')) {
    case 'system':
    case 'developer':
      return { role: 'system', parts: readContent(message) }
    case 'assistant':
      return { role: 'assistant', parts: readAssistant(message, functionIds) }
    case 'tool':
      return { role: 'user', parts: [readResult(message, memberText(message, 'tool_call_id'))] }
    case 'function':
      return { role: 'user', parts: [readResult(message, functionIds.last())] }
    default:
      return { role: 'user', parts: readContent(message) }
  }
}

function readAssistant(message: JsonValue, functionIds: FunctionIds): NeutralPart[] {
  const refusal = memberText(message, 'refusal')
  const called = memberPresent(message, 'function_call')
  return [
    ...readReasoning(message),
    ...readContent(message),
    ...(refusal === '' ? [] : [{ kind: 'refusal' as const, text: refusal }]),
    ...memberItems(message, 'tool_calls').map((call) => readCall(call.member('function') ?? call, call)),
    ...(called === undefined ? [] : [{ ...readCall(called, called), id: functionIds.next() }]),
  ]
}

function readCall(called: JsonValue, call: JsonValue): CallPart {
  return {
    kind: 'call',
    id: memberText(call, 'id'),
    name: memberText(called, 'name'),
    arguments: memberText(called, 'arguments'),
    signature: callSignature(call),
  }
}

/** `extra_content` holds one object for each server that adds something, under a name of its own. */
export function callSignature(call: JsonValue): Signature | null {
  const extras = memberPresent(call, 'extra_content')?.members() ?? []
  const marked = extras.map(({ value }) => memberText(value, 'thought_signature')).find((text) => text !== '')
  return marked === undefined ? null : unmarkSignature(marked, 'openai-chat')
}

/**
 * Reasoning stands in one field, and its signatures in a list beside it; some servers write the text into the list, too,
 * or only there.
 */
export function readReasoning(message: JsonValue): ReasoningPart[] {
  const text = memberText(message, 'reasoning_content') || memberText(message, 'reasoning')
  const details = memberItems(message, 'reasoning_details').map(readDetail)
  if (text === '' || details.some((detail) => detail.text !== '')) return details
  const signed = details.find(({ isHidden }) => !isHidden)
  return [
    ...details.filter(({ isHidden }) => isHidden),
    { kind: 'reasoning', text, signature: signed?.signature ?? null, isHidden: false },
  ]
}

function readDetail(detail: JsonValue): ReasoningPart {
  const isHidden = memberText(detail, 'type') === 'reasoning.encrypted'
  const marked = memberText(detail, isHidden ? 'data' : 'signature')
  return {
    kind: 'reasoning',
    text: isHidden ? '' : memberText(detail, 'text') || memberText(detail, 'summary'),
    signature: marked === '' ? null : unmarkSignature(marked, 'openai-chat'),
    isHidden,
  }
}

function readResult(message: JsonValue, callId: string): ResultPart {
  const parts = readContent(message).filter((part) => part.kind !== 'refusal')
  return { kind: 'result', callId, parts: parts as ResultPart['parts'], isError: false, ...readCache(message) }
}

function readContent(message: JsonValue): NeutralPart[] {
  const content = memberPresent(message, 'content')
  if (content?.kind === 'string') {
    const text = content.text()
    return text === '' ? [] : [{ kind: 'text', text, ...readCache(message) }]
  }
  return memberItems(message, 'content').map(readPart)
}

function readPart(part: JsonValue): NeutralPart {
  switch (memberText(part, 'type')) {
    case 'image_url':
      return readImage(part)
    case 'input_audio':
      return readAudio(part)
    case 'file':
      return readFile(part)
    case 'refusal':
      return { kind: 'refusal', text: memberText(part, 'refusal') }
    default:
      return { kind: 'text', text: memberText(part, 'text'), ...readCache(part) }
  }
}

function readImage(part: JsonValue): MediaPart {
  const image = part.member('image_url')
  const url = image?.kind === 'string' ? image.text() : memberText(image, 'url')
  const detail = memberText(image, 'detail') || null
  return { kind: 'image', source: sourceOf(url), name: null, detail, param: part.pointer, ...readCache(part) }
}

function readAudio(part: JsonValue): MediaPart {
  const audio = part.member('input_audio')
  const data = memberText(audio, 'data')
  const source = sourceOf(data)
  const isBare = source.kind === 'url' && !/^[a-z][a-z0-9+.-]*:/i.test(data)
  return {
    kind: 'audio',
    source: isBare ? { kind: 'data', mediaType: `audio/${memberText(audio, 'format')}`, base64: data } : source,
    name: null,
    detail: null,
    param: part.pointer,
  }
}

function readFile(part: JsonValue): MediaPart {
  const file = part.member('file')
  const name = memberText(file, 'filename') || null
  const data = memberText(file, 'file_data')
  if (data === '') throw storedElsewhere(part)
  return {
    kind: 'document',
    source: fileSourceOf(data, name),
    name,
    detail: null,
    param: part.pointer,
    ...readCache(part),
  }
}
