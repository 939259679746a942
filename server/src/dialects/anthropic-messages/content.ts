import { PaddockError } from '../../base/errors.ts'
import { describe, needKind, needMember, needText, refuse } from '../check.ts'
import { imageUrlFault } from '../image-url.ts'
import { memberItems, memberPresent, memberText } from '../json-read.ts'
import type { JsonValue } from '../json-text.ts'
import type { RequestLimits } from '../limits.ts'
import { urlFault, type Fault } from '../url-rules.ts'

/** What a message says: text, or a list of blocks. Blocks of types that are not known here are the provider's to read. */

/** What is known while the messages are gone through in order. */
export type Conversation = {
  readonly limits: RequestLimits
  /** Ids of the tool calls made so far. */
  readonly callIds: Set<string>
}

type BlockCheck = (block: JsonValue, conversation: Conversation) => void

const BLOCKS: ReadonlyMap<string, BlockCheck> = new Map<string, BlockCheck>([
  ['text', checkText],
  ['image', checkImage],
  ['document', checkDocument],
  ['tool_use', checkCall],
  ['tool_result', checkResult],
])

export function checkContent(content: JsonValue, conversation: Conversation): void {
  needKind(content, ['string', 'array'], 'a string or a list of blocks')
  for (const block of content.elements()) {
    needKind(block, 'object')
    const type = needText(needMember(block, 'type', `Blocks are ${[...BLOCKS.keys()].join(', ')}.`))
    BLOCKS.get(type)?.(block, conversation)
  }
}

function checkText(block: JsonValue): void {
  needKind(needMember(block, 'text', 'Give the text of this block.'), 'string')
}

function checkImage(block: JsonValue, { limits }: Conversation): void {
  const source = sourceOf(block)
  const type = memberText(source, 'type')
  // What is stored at a provider has neither data nor an address.
  if (type === 'file') return
  const isData = type === 'base64'
  const value = needMember(source, isData ? 'data' : 'url', 'Give data in base64, or an https address as url.')
  needKind(value, 'string')
  const uri = isData ? dataUri(memberText(source, 'media_type'), value) : value.textBytes()
  throwFault(imageUrlFault(uri, limits), value)
}

function checkDocument(block: JsonValue, conversation: Conversation): void {
  const source = sourceOf(block)
  const content = memberPresent(source, 'content')
  if (content) checkContent(content, conversation)
  const url = memberPresent(source, 'url')
  if (url) throwFault(urlFault(needText(url), conversation.limits.urls), url)
}

function sourceOf(block: JsonValue): JsonValue {
  const source = needMember(block, 'source', 'Give {"type": "base64", "media_type": "…", "data": "…"} or a url.')
  needKind(source, 'object')
  needText(needMember(source, 'type', 'It is base64, url or file.'))
  return source
}

function dataUri(mediaType: string, data: JsonValue): Buffer {
  return Buffer.concat([Buffer.from(`data:${mediaType};base64,`), data.textBytes()])
}

function throwFault(fault: Fault | null, value: JsonValue): void {
  if (fault) throw new PaddockError(fault.code, { message: fault.message, param: value.pointer })
}

function checkCall(block: JsonValue, { callIds }: Conversation): void {
  callIds.add(needText(needMember(block, 'id', 'Send tool calls back as the model made them.')))
  needText(needMember(block, 'name', 'Send tool calls back as the model made them.'))
  needKind(needMember(block, 'input', 'Send tool calls back as the model made them.'), 'object')
}

function checkResult(block: JsonValue, conversation: Conversation): void {
  const id = needMember(block, 'tool_use_id', 'Name the call this is the result of.')
  if (!conversation.callIds.has(needText(id))) {
    throw refuse(
      'id_invalid',
      id,
      `is ${describe(id)}, which no earlier block of type tool_use has. Send the message with that block before this one.`,
    )
  }
  const content = memberPresent(block, 'content')
  if (content) checkContent(content, conversation)
}

/** The text of a content, whichever way it is written. */
export function contentTexts(holder: JsonValue): readonly JsonValue[] {
  const content = memberPresent(holder, 'content')
  if (content?.kind === 'string') return [content]
  return memberItems(holder, 'content').flatMap((block) => [
    ...['text', 'thinking'].flatMap((name) => memberPresent(block, name) ?? []),
    ...contentTexts(block),
  ])
}
