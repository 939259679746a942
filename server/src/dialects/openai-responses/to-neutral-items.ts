import { refuse } from '../check.ts'
import { memberItems, memberPresent, memberText } from '../json-read.ts'
import type { JsonValue } from '../json-text.ts'
import { fileSourceOf, sourceOf } from '../media.ts'
import { textParts } from '../message-parts.ts'
import type { MediaPart, NeutralMessage, NeutralPart, ReasoningPart, ResultPart } from '../neutral.ts'
import { notTranslated, storedElsewhere } from '../tool-kinds.ts'
import { readEncrypted } from './encrypted.ts'
import { itemType, REFERENCE, unknownReference } from './items.ts'

const ITEMS = 'message, reasoning, function_call, function_call_output'
const PARTS = 'input_text, output_text, input_image, input_file, input_audio, refusal'

/** The items of a request as neutral messages; neighbours of one role are put together by who asks. */

export function readItems(root: JsonValue): NeutralMessage[] {
  const instructions = textParts(memberText(root, 'instructions'))
  const said = textParts(memberText(root, 'input'))
  return [
    { role: 'system', parts: instructions },
    { role: 'user', parts: said },
    ...memberItems(root, 'input').map(readItem),
  ]
}

function readItem(item: JsonValue): NeutralMessage {
  switch (itemType(item)) {
    case 'message':
      return readMessage(item)
    case 'reasoning':
      return { role: 'assistant', parts: [readReasoning(item)] }
    case 'function_call':
      return { role: 'assistant', parts: [readCall(item)] }
    case 'function_call_output':
      return { role: 'user', parts: [readOutput(item)] }
    case REFERENCE:
      throw unknownReference(item)
    default:
      throw refuse('content_type_unknown', item.member('type') ?? item, notTranslated(item, ITEMS))
  }
}

function readMessage(message: JsonValue): NeutralMessage {
  const role = memberText(message, 'role')
  const parts = readParts(message, 'content')
  if (role === 'assistant') return { role, parts }
  return { role: role === 'user' ? 'user' : 'system', parts }
}

/** Its summary, or where a provider shows it, what was thought. */
export function readReasoning(item: JsonValue): ReasoningPart {
  const pieces = [...memberItems(item, 'summary'), ...memberItems(item, 'content')]
  const text = pieces.map((part) => memberText(part, 'text')).join('\n\n')
  return { kind: 'reasoning', text, ...readEncrypted(memberText(item, 'encrypted_content'), text !== '') }
}

function readCall(item: JsonValue): NeutralPart {
  return {
    kind: 'call',
    id: memberText(item, 'call_id'),
    name: memberText(item, 'name'),
    arguments: memberText(item, 'arguments'),
    signature: null,
  }
}

function readOutput(item: JsonValue): ResultPart {
  const parts = readParts(item, 'output') as ResultPart['parts']
  return { kind: 'result', callId: memberText(item, 'call_id'), parts, isError: false }
}

function readParts(holder: JsonValue, name: string): NeutralPart[] {
  const content = memberPresent(holder, name)
  if (content?.kind === 'string') return textParts(content.text())
  return memberItems(holder, name).flatMap(readPart)
}

function readPart(part: JsonValue): NeutralPart[] {
  switch (memberText(part, 'type')) {
    case 'input_image':
      return [readImage(part)]
    case 'input_file':
      return [readFile(part)]
    case 'input_audio':
      return [readAudio(part)]
    case 'refusal':
      return [{ kind: 'refusal', text: memberText(part, 'refusal') }]
    case 'input_text':
    case 'output_text':
    case 'text':
      return textParts(memberText(part, 'text'))
    default:
      throw refuse('content_type_unknown', part.member('type') ?? part, notTranslated(part, PARTS))
  }
}

function readImage(part: JsonValue): MediaPart {
  const url = memberText(part, 'image_url')
  if (url === '') throw storedElsewhere(part)
  const detail = memberText(part, 'detail') || null
  return { kind: 'image', source: sourceOf(url), name: null, detail, param: part.pointer }
}

function readFile(part: JsonValue): MediaPart {
  const name = memberText(part, 'filename') || null
  const data = memberText(part, 'file_data')
  const url = memberText(part, 'file_url')
  if (data === '' && url === '') throw storedElsewhere(part)
  const source = data === '' ? sourceOf(url) : fileSourceOf(data, name)
  return { kind: 'document', source, name, detail: null, param: part.pointer }
}

function readAudio(part: JsonValue): MediaPart {
  const audio = part.member('input_audio')
  const mediaType = `audio/${memberText(audio, 'format')}`
  const source = { kind: 'data' as const, mediaType, base64: memberText(audio, 'data') }
  return { kind: 'audio', source, name: null, detail: null, param: part.pointer }
}
