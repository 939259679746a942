import { argumentsObject } from '../arguments.ts'
import { writeCache } from '../cache-wish.ts'
import type { DialectFacts } from '../facts.ts'
import type { JsonMembers, JsonOut } from '../json-write.ts'
import { needFetchable, notTaken } from '../message-parts.ts'
import type { MediaPart, NeutralMessage, NeutralPart, ReasoningPart } from '../neutral.ts'

/** Messages for a provider of this dialect: user and assistant take turns, and the user begins. */

/** What the user is made to say where the assistant would begin, which is refused. */
const OPENING: JsonMembers = { role: 'user', content: [{ type: 'text', text: '…' }] }

export function writeTurns(turns: readonly NeutralMessage[], facts: DialectFacts): JsonMembers[] {
  const written = turns
    .map(({ role, parts }) => ({ role, content: writeBlocks(inOrder(parts), facts) }))
    .filter(({ content }) => content.length > 0)
  return written[0]?.role === 'user' ? written : [OPENING, ...written]
}

/** Results of tools come before anything else the user says. */
function inOrder(parts: readonly NeutralPart[]): readonly NeutralPart[] {
  const results = parts.filter(({ kind }) => kind === 'result')
  return results.length === 0 ? parts : [...results, ...parts.filter(({ kind }) => kind !== 'result')]
}

export function writeBlocks(parts: readonly NeutralPart[], facts: DialectFacts): JsonMembers[] {
  return parts.map((part) => writeBlock(part, facts)).filter((block) => block !== null)
}

function writeBlock(part: NeutralPart, facts: DialectFacts): JsonMembers | null {
  switch (part.kind) {
    case 'text':
    case 'refusal':
      // A block without words is refused.
      return part.text.trim() === ''
        ? null
        : { type: 'text', text: part.text, cache_control: writeCache(cacheable(part)) }
    case 'image':
    case 'document':
    case 'audio':
      return writeMedia(part, facts)
    case 'reasoning':
      return writeThinking(part)
    case 'call':
      return { type: 'tool_use', id: part.id, name: part.name, input: argumentsObject(part.arguments) }
    case 'result':
      return {
        type: 'tool_result',
        tool_use_id: part.callId,
        content: writeBlocks(part.parts, facts),
        is_error: part.isError ? true : undefined,
        cache_control: writeCache(part),
      }
  }
}

function cacheable(part: NeutralPart): Parameters<typeof writeCache>[0] {
  return 'cache' in part ? part : {}
}

/** Thinking is taken back only with the signature it came with, and only by who signed it. */
function writeThinking({ text, signature, isHidden }: ReasoningPart): JsonMembers | null {
  if (signature?.origin !== 'anthropic-messages') return null
  return isHidden
    ? { type: 'redacted_thinking', data: signature.value }
    : { type: 'thinking', thinking: text, signature: signature.value }
}

function writeMedia(part: MediaPart, facts: DialectFacts): JsonMembers {
  if (part.kind === 'audio') throw notTaken(part, 'Use a model that takes recordings.')
  needFetchable(part, facts)
  return {
    type: part.kind,
    source: writeSource(part),
    title: part.kind === 'document' ? (part.name ?? undefined) : undefined,
    cache_control: writeCache(part),
  }
}

function writeSource({ kind, source }: MediaPart): JsonOut {
  if (source.kind === 'url') return { type: 'url', url: source.url }
  const { mediaType, base64 } = source
  if (kind === 'document' && mediaType.startsWith('text/')) {
    return { type: 'text', media_type: 'text/plain', data: Buffer.from(base64, 'base64').toString() }
  }
  return { type: 'base64', media_type: mediaType, data: base64 }
}
