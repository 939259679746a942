import { PaddockError } from '../base/errors.ts'
import type { DialectFacts } from './facts.ts'
import type {
  CallPart,
  MediaPart,
  NeutralMessage,
  NeutralPart,
  NeutralRequest,
  ReasoningPart,
  TextPart,
} from './neutral.ts'

/** Questions about the parts of messages that every dialect asks when it writes them. */

/** All that the text among these parts says. */
export function textOf(parts: readonly NeutralPart[], between = ''): string {
  return parts
    .filter((part) => part.kind === 'text' || part.kind === 'refusal')
    .map(({ text }) => text)
    .join(between)
}

/** Nothing where there are no words. */
export function textParts(text: string): TextPart[] {
  return text === '' ? [] : [{ kind: 'text', text }]
}

export function callsOf(parts: readonly NeutralPart[]): readonly CallPart[] {
  return parts.filter((part) => part.kind === 'call')
}

export function reasoningOf(parts: readonly NeutralPart[]): readonly ReasoningPart[] {
  return parts.filter((part) => part.kind === 'reasoning')
}

/** Neighbours of one role as one message, for dialects in which roles take turns. Nothing is left of an empty message. */
export function takingTurns(messages: readonly NeutralMessage[]): NeutralMessage[] {
  const turns: { role: NeutralMessage['role']; parts: NeutralPart[] }[] = []
  for (const { role, parts } of messages) {
    const last = turns.at(-1)
    if (last?.role === role) last.parts.push(...parts)
    else if (parts.length > 0) turns.push({ role, parts: [...parts] })
  }
  return turns
}

/**
 * What the system says, with these instructions behind it, and the conversation without: for dialects that keep the two
 * apart. A conversation of nothing but the system's words is put to the model as the user's.
 */
export function apart(
  { messages }: NeutralRequest,
  instructions: readonly NeutralPart[],
): { readonly system: readonly NeutralPart[]; readonly turns: readonly NeutralMessage[] } {
  const isSystem = ({ role }: NeutralMessage): boolean => role === 'system'
  const system = [...messages.filter(isSystem).flatMap(({ parts }) => parts), ...instructions]
  const turns = takingTurns(messages.filter((message) => !isSystem(message)))
  return turns.length === 0 ? { system: [], turns: [{ role: 'user', parts: system }] } : { system, turns }
}

/** Throws where a provider would have to fetch something and does not. */
export function needFetchable({ kind, source, param }: MediaPart, { fetchesUrls = true }: DialectFacts): void {
  if (source.kind === 'data' || fetchesUrls) return
  throw new PaddockError('modality_unsupported', {
    message: `The provider of this model fetches no addresses. Send the ${kind} itself: as a data: URI, in base64.`,
    param,
  })
}

/** A part the provider's dialect has no word for. */
export function notTaken({ kind, param }: MediaPart, advice: string): PaddockError {
  return new PaddockError('modality_unsupported', {
    message: `The provider of this model cannot be sent this ${kind}. ${advice}`,
    param,
  })
}
