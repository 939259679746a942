import { argumentsText } from '../arguments.ts'
import { writeCache } from '../cache-wish.ts'
import type { DialectFacts } from '../facts.ts'
import type { JsonMembers, JsonOut } from '../json-write.ts'
import { urlOf } from '../media.ts'
import { callsOf, needFetchable, notTaken, reasoningOf, takingTurns, textOf } from '../message-parts.ts'
import type { CallPart, MediaPart, NeutralMessage, NeutralPart, ResultPart, TextPart } from '../neutral.ts'

/** The messages of a request for a provider of this dialect. */

/** Neighbours of one role are put together first: between the results of calls made at once nothing may be said. */
export function writeMessages(messages: readonly NeutralMessage[], facts: DialectFacts): JsonMembers[] {
  return takingTurns(messages).flatMap((message) => writeMessage(message, facts))
}

function writeMessage({ role, parts }: NeutralMessage, facts: DialectFacts): JsonMembers[] {
  switch (role) {
    case 'system':
      return [{ role: 'system', content: writeContent(parts, facts) }]
    case 'assistant':
      return [writeAssistant(parts, facts)]
    case 'user':
      return writeUser(parts, facts)
  }
}

/** Results come first, each in a message of its own; they hold text only, so their images follow in the user's name. */
function writeUser(parts: readonly NeutralPart[], facts: DialectFacts): JsonMembers[] {
  const results = parts.filter((part) => part.kind === 'result')
  const said = [
    ...results.flatMap((result) => result.parts.filter((part) => part.kind !== 'text')),
    ...parts.filter((part) => part.kind !== 'result'),
  ]
  const messages: JsonMembers[] = results.map(writeResult)
  if (said.length > 0) messages.push({ role: 'user', content: writeContent(said, facts) })
  return messages
}

function writeResult(result: ResultPart): JsonMembers {
  const text = textOf(result.parts, '\n')
  return {
    role: 'tool',
    tool_call_id: result.callId,
    content: text === '' && result.isError ? 'error' : text,
    cache_control: writeCache(result),
  }
}

function writeAssistant(parts: readonly NeutralPart[], facts: DialectFacts): JsonMembers {
  const calls = callsOf(parts)
  const text = textOf(parts)
  return {
    role: 'assistant',
    content: text === '' ? (facts.emptyContent ?? (calls.length > 0 ? null : '')) : text,
    ...(calls.length > 0
      ? { ...writeReasoning(parts, facts), tool_calls: calls.map((call) => writeCall(call, facts)) }
      : {}),
  }
}

/** Only with the calls it led to: of anything older no provider wants to be reminded. */
function writeReasoning(parts: readonly NeutralPart[], { reasoningBack }: DialectFacts): JsonMembers {
  const text = reasoningOf(parts)
    .map((part) => part.text)
    .join('')
  return reasoningBack === undefined || text === '' ? {} : { [reasoningBack]: text }
}

function writeCall({ id, name, arguments: given, signature }: CallPart, { signatureKey }: DialectFacts): JsonMembers {
  const isOurs = signatureKey !== undefined && signature?.origin === 'openai-chat'
  return {
    id,
    type: 'function',
    function: { name, arguments: argumentsText(given) },
    extra_content: isOurs ? { [signatureKey]: { thought_signature: signature.value } } : undefined,
  }
}

/** Text alone is written as text: many servers of this dialect read no list where they expect none. */
function writeContent(parts: readonly NeutralPart[], facts: DialectFacts): JsonOut {
  const isPlain = parts.every((part) => part.kind === 'text' && part.cache === undefined)
  if (isPlain) return textOf(parts, '\n') || (facts.emptyContent ?? '')
  return parts.flatMap((part) => {
    if (part.kind === 'text') return [writeText(part)]
    if (part.kind === 'image' || part.kind === 'document' || part.kind === 'audio') return [writeMedia(part, facts)]
    return []
  })
}

function writeText(part: TextPart): JsonMembers {
  return { type: 'text', text: part.text, cache_control: writeCache(part) }
}

function writeMedia(part: MediaPart, facts: DialectFacts): JsonMembers {
  const { kind, source, name, detail } = part
  if (kind === 'image') {
    needFetchable(part, facts)
    return {
      type: 'image_url',
      image_url: { url: urlOf(source), detail: detail ?? undefined },
      cache_control: writeCache(part),
    }
  }
  if (source.kind === 'url') throw notTaken(part, 'Send it as data, in base64.')
  if (kind === 'audio')
    return { type: 'input_audio', input_audio: { data: source.base64, format: source.mediaType.replace('audio/', '') } }
  return {
    type: 'file',
    file: { filename: name ?? 'document', file_data: urlOf(source) },
    cache_control: writeCache(part),
  }
}
