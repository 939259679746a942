import type { AnswerPart, CallPart, NeutralEvent, NeutralMessage, NeutralRequest, ReasoningPart } from './neutral.ts'
import type { ReasoningMemory } from './reasoning-memory.ts'

/** Puts what a provider wants back into memory as it passes by, and from there into the next request. */

/** Collects reasoning out of a stream until the calls it led to are known. */
export class ReasoningKeeper {
  private readonly memory: ReasoningMemory
  private readonly reasoning: ReasoningPart[] = []
  private text = ''

  constructor(memory: ReasoningMemory) {
    this.memory = memory
  }

  note(event: NeutralEvent): void {
    if (event.kind === 'reasoning') this.text += event.text
    if (event.kind === 'signature') {
      this.reasoning.push({
        kind: 'reasoning',
        text: event.isHidden ? '' : this.text,
        signature: event.signature,
        isHidden: event.isHidden,
      })
      if (!event.isHidden) this.text = ''
    }
    if (event.kind === 'call') remember(this.memory, this.soFar(), { id: event.id, signature: event.signature })
  }

  private soFar(): ReasoningPart[] {
    if (this.text === '') return this.reasoning.slice()
    return [...this.reasoning, { kind: 'reasoning', text: this.text, signature: null, isHidden: false }]
  }
}

/** The same of a whole answer. */
export function rememberAnswer(memory: ReasoningMemory, parts: readonly AnswerPart[]): void {
  const reasoning = parts.filter((part) => part.kind === 'reasoning')
  for (const part of parts) if (part.kind === 'call') remember(memory, reasoning, part)
}

function remember(
  memory: ReasoningMemory,
  reasoning: readonly ReasoningPart[],
  { id, signature }: Pick<CallPart, 'id' | 'signature'>,
): void {
  if (reasoning.length > 0 || signature !== null) memory.remember(id, { reasoning, callSignature: signature })
}

/** The request with the reasoning of its tool calls, where the caller did not send it, or sent its words alone. */
export function withRemembered(request: NeutralRequest, memory: ReasoningMemory): NeutralRequest {
  const isOwed = request.messages.some(({ parts }) => parts.some(({ kind }) => kind === 'call'))
  return isOwed ? { ...request, messages: request.messages.map((message) => completed(message, memory)) } : request
}

function completed(message: NeutralMessage, memory: ReasoningMemory): NeutralMessage {
  const calls = message.parts.filter((part) => part.kind === 'call')
  if (message.role !== 'assistant' || calls.length === 0) return message
  const recalled = new Map(calls.map(({ id }) => [id, memory.recall(id)]))
  const parts = message.parts.map((part) =>
    part.kind === 'call'
      ? { ...part, signature: part.signature ?? recalled.get(part.id)?.callSignature ?? null }
      : part,
  )
  if (parts.some((part) => part.kind === 'reasoning' && part.signature !== null)) return { ...message, parts }
  const reasoning = [...recalled.values()].find((each) => each !== null && each.reasoning.length > 0)?.reasoning
  if (reasoning === undefined) return { ...message, parts }
  return { ...message, parts: [...reasoning, ...parts.filter(({ kind }) => kind !== 'reasoning')] }
}
