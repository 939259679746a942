import { PaddockError } from '../base/errors.ts'
import type { DialectFacts } from './facts.ts'
import type { CallPart, MediaPart, NeutralMessage, NeutralPart, NeutralRequest, ReasoningPart } from './neutral.ts'

/** Questions about the parts of messages that every dialect asks when it writes them. */

/** All that the text among these parts says. */
export function textOf(parts: readonly NeutralPart[], between = ''): string {
  return parts
    .filter((part) => part.kind === 'text' || part.kind === 'refusal')
    .map(({ text }) => text)
    .join(between)
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

/** The system's messages, and the conversation without them: for dialects that keep the two apart. */
export function apart({ messages }: NeutralRequest): {
  readonly system: readonly NeutralPart[]
  readonly turns: readonly NeutralMessage[]
} {
  const isSystem = ({ role }: NeutralMessage): boolean => role === 'system'
  return {
    system: messages.filter(isSystem).flatMap(({ parts }) => parts),
    turns: takingTurns(messages.filter((message) => !isSystem(message))),
  }
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
