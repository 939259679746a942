import { describe, needKind, needMember, needText, refuse } from '../check.ts'
import { memberPresent, memberText } from '../json-read.ts'
import type { JsonValue } from '../json-text.ts'

/**
 * What a message says: text, or a list of blocks. Blocks of types that are not known here are the provider's to read;
 * addresses and data are checked in all of them, elsewhere.
 */

/** Ids of the tool calls made so far, while the messages are gone through in order. */
export type CallIds = Set<string>

type BlockCheck = (block: JsonValue, callIds: CallIds) => void

const BLOCKS: ReadonlyMap<string, BlockCheck> = new Map<string, BlockCheck>([
  ['text', checkText],
  ['image', checkImage],
  ['document', checkDocument],
  ['tool_use', checkCall],
  ['tool_result', checkResult],
])
const TYPE_ADVICE = `Blocks are ${[...BLOCKS.keys()].join(', ')}.`

export function checkContent(content: JsonValue, callIds: CallIds): void {
  needKind(content, ['string', 'array'], 'a string or a list of blocks')
  for (const block of content.elements()) {
    needKind(block, 'object')
    const type = needText(needMember(block, 'type', TYPE_ADVICE))
    BLOCKS.get(type)?.(block, callIds)
  }
}

function checkText(block: JsonValue): void {
  needKind(needMember(block, 'text', 'Give the text of this block.'), 'string')
}

function checkImage(block: JsonValue): void {
  const source = sourceOf(block)
  const type = memberText(source, 'type')
  // What is stored at a provider has neither data nor an address.
  if (type === 'file') return
  const name = type === 'base64' ? 'data' : 'url'
  needKind(needMember(source, name, 'Give data in base64, or an https address as url.'), 'string')
}

function checkDocument(block: JsonValue, callIds: CallIds): void {
  const source = sourceOf(block)
  const content = memberPresent(source, 'content')
  if (content) checkContent(content, callIds)
  for (const name of ['data', 'url']) {
    const value = memberPresent(source, name)
    if (value) needText(value)
  }
}

function sourceOf(block: JsonValue): JsonValue {
  const source = needMember(block, 'source', 'Give {"type": "base64", "media_type": "…", "data": "…"} or a url.')
  needKind(source, 'object')
  needText(needMember(source, 'type', 'It is base64, url or file.'))
  return source
}

function checkCall(block: JsonValue, callIds: CallIds): void {
  callIds.add(needText(needMember(block, 'id', 'Send tool calls back as the model made them.')))
  needText(needMember(block, 'name', 'Send tool calls back as the model made them.'))
  needKind(needMember(block, 'input', 'Send tool calls back as the model made them.'), 'object')
}

function checkResult(block: JsonValue, callIds: CallIds): void {
  const id = needMember(block, 'tool_use_id', 'Name the call this is the result of.')
  if (!callIds.has(needText(id))) {
    throw refuse(
      'id_invalid',
      id,
      `is ${describe(id)}, which no earlier block of type tool_use has. Send the message with that block before this one.`,
    )
  }
  const content = memberPresent(block, 'content')
  if (content) checkContent(content, callIds)
}
