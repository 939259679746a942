import { refuse } from '../check.ts'
import { readCache } from '../cache-wish.ts'
import { memberBoolean, memberItems, memberPresent, memberRaw, memberText } from '../json-read.ts'
import type { JsonValue } from '../json-text.ts'
import { textParts } from '../message-parts.ts'
import type { MediaPart, MediaSource, NeutralPart, ResultPart } from '../neutral.ts'
import { unmarkSignature } from '../signature.ts'
import { notTranslated, storedElsewhere } from '../tool-kinds.ts'

/** Blocks of content as neutral parts. */

/** Of a field that holds text or blocks. */
export function readBlocks(holder: JsonValue, name: string): NeutralPart[] {
  const content = memberPresent(holder, name)
  if (content?.kind === 'string') return textParts(content.text())
  return memberItems(holder, name).flatMap(readBlock)
}

function readBlock(block: JsonValue): NeutralPart[] {
  switch (memberText(block, 'type')) {
    case 'text':
      return textParts(memberText(block, 'text')).map((part) => ({ ...part, ...readCache(block) }))
    case 'image':
      return [readMedia(block, 'image')]
    case 'document':
      return readDocument(block)
    case 'thinking':
      return [readThinking(block)]
    case 'redacted_thinking':
      return [{ kind: 'reasoning', text: '', signature: signatureIn(block, 'data'), isHidden: true }]
    case 'tool_use':
      return [readCall(block)]
    case 'tool_result':
      return [readResult(block)]
    default:
      throw refuse(
        'content_type_unknown',
        block.member('type') ?? block,
        notTranslated(block, 'text, image, document, thinking, redacted_thinking, tool_use, tool_result'),
      )
  }
}

function readThinking(block: JsonValue): NeutralPart {
  return {
    kind: 'reasoning',
    text: memberText(block, 'thinking'),
    signature: signatureIn(block, 'signature'),
    isHidden: false,
  }
}

function signatureIn(block: JsonValue, name: string): ReturnType<typeof unmarkSignature> | null {
  const marked = memberText(block, name)
  return marked === '' ? null : unmarkSignature(marked, 'anthropic-messages')
}

function readCall(block: JsonValue): NeutralPart {
  const input = memberRaw(block, 'input')?.json ?? ''
  return {
    kind: 'call',
    id: memberText(block, 'id'),
    name: memberText(block, 'name'),
    arguments: input,
    signature: null,
  }
}

function readResult(block: JsonValue): NeutralPart {
  const parts = readBlocks(block, 'content') as ResultPart['parts']
  const isError = memberBoolean(block, 'is_error') === true
  return { kind: 'result', callId: memberText(block, 'tool_use_id'), parts, isError, ...readCache(block) }
}

/** A document may be made of blocks: then it is what they say. */
function readDocument(block: JsonValue): NeutralPart[] {
  const source = memberPresent(block, 'source')
  return source && memberText(source, 'type') === 'content'
    ? readBlocks(source, 'content')
    : [readMedia(block, 'document')]
}

function readMedia(block: JsonValue, kind: 'image' | 'document'): MediaPart {
  return {
    kind,
    source: readSource(block),
    name: memberText(block, 'title') || null,
    detail: null,
    param: block.pointer,
    ...readCache(block),
  }
}

function readSource(block: JsonValue): MediaSource {
  const source = block.member('source')
  const mediaType = memberText(source, 'media_type')
  const data = memberText(source, 'data')
  switch (memberText(source, 'type')) {
    case 'url':
      return { kind: 'url', url: memberText(source, 'url') }
    case 'text':
      return { kind: 'data', mediaType: mediaType || 'text/plain', base64: Buffer.from(data).toString('base64') }
    case 'base64':
      return { kind: 'data', mediaType, base64: data }
    default:
      throw storedElsewhere(block)
  }
}
