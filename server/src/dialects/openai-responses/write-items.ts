import { argumentsText } from '../arguments.ts'
import type { DialectFacts } from '../facts.ts'
import type { JsonMembers, JsonOut } from '../json-write.ts'
import { urlOf } from '../media.ts'
import { needFetchable, notTaken } from '../message-parts.ts'
import type { MediaPart, NeutralMessage, NeutralPart, ReasoningPart, TextPart } from '../neutral.ts'

/** A conversation as items for a provider of this dialect: what is said is in messages, all else stands between them. */

export function writeItems(messages: readonly NeutralMessage[], facts: DialectFacts): JsonMembers[] {
  return messages.flatMap(({ role, parts }) => {
    const items: JsonMembers[] = []
    let said: NeutralPart[] = []
    const closeMessage = (): void => {
      if (said.length > 0) items.push(writeMessage(role, said, facts))
      said = []
    }
    for (const part of parts) {
      const item = writeItem(part, facts)
      if (item === 'said') said.push(part)
      else {
        closeMessage()
        if (item !== null) items.push(item)
      }
    }
    closeMessage()
    return items
  })
}

/** Null for what is not told; "said" for what belongs into a message. */
function writeItem(part: NeutralPart, facts: DialectFacts): JsonMembers | 'said' | null {
  switch (part.kind) {
    case 'call':
      return { type: 'function_call', call_id: part.id, name: part.name, arguments: argumentsText(part.arguments) }
    case 'result':
      return { type: 'function_call_output', call_id: part.callId, output: writeOutput(part.parts, facts) }
    case 'reasoning':
      return writeReasoning(part)
    case 'text':
    case 'refusal':
    case 'image':
    case 'document':
    case 'audio':
      return 'said'
  }
}

/** Reasoning is taken back only with what it was encrypted into, and only by who did that. */
function writeReasoning({ text, signature }: ReasoningPart): JsonMembers | null {
  if (signature?.origin !== 'openai-responses') return null
  const summary = text === '' ? [] : [{ type: 'summary_text', text }]
  return { type: 'reasoning', summary, encrypted_content: signature.value }
}

function writeMessage(role: NeutralMessage['role'], parts: readonly NeutralPart[], facts: DialectFacts): JsonMembers {
  const texts = role === 'assistant' ? 'output_text' : 'input_text'
  const content = parts.flatMap((part) => writePart(part, texts, facts))
  return { type: 'message', role, content }
}

function writeOutput(parts: readonly (TextPart | MediaPart)[], facts: DialectFacts): JsonOut {
  const isPlain = parts.every(({ kind }) => kind === 'text')
  if (isPlain) return parts.map((part) => (part.kind === 'text' ? part.text : '')).join('\n')
  return parts.flatMap((part) => writePart(part, 'input_text', facts))
}

function writePart(part: NeutralPart, texts: string, facts: DialectFacts): JsonMembers[] {
  switch (part.kind) {
    case 'text':
      return [{ type: texts, text: part.text }]
    case 'refusal':
      return [{ type: 'refusal', refusal: part.text }]
    case 'image':
    case 'document':
    case 'audio':
      return [writeMedia(part, facts)]
    case 'reasoning':
    case 'call':
    case 'result':
      return []
  }
}

function writeMedia(part: MediaPart, facts: DialectFacts): JsonMembers {
  const { kind, source, name, detail } = part
  if (kind === 'audio') throw notTaken(part, 'Use a model that takes recordings.')
  needFetchable(part, facts)
  if (kind === 'image') return { type: 'input_image', image_url: urlOf(source), detail: detail ?? 'auto' }
  if (source.kind === 'url') return { type: 'input_file', file_url: source.url }
  return { type: 'input_file', filename: name ?? 'document', file_data: urlOf(source) }
}
