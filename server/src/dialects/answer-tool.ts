import type { NeutralEvent, NeutralRequest, NeutralTool } from './neutral.ts'

/**
 * Answers of a given schema from providers that only take schemas of tools: the answer is asked for as a call of one more
 * tool, and its arguments become the text of the answer again.
 */

/** Null where no schema is asked for. Its name is one that no tool of the caller has. */
export function answerToolFor({ format, tools }: NeutralRequest): NeutralTool | null {
  if (format.kind !== 'schema') return null
  const taken = new Set(tools.map(({ name }) => name))
  let name = format.name
  while (taken.has(name)) name = `${name}_answer`
  const { schema, param, strict } = format
  return { name, description: format.description ?? 'Give the answer.', schema, param, strict }
}

/** Takes the answer out of its call again, piece by piece. */
export class AnswerTool {
  /** Null where the answer is no call. */
  private readonly name: string | null
  /** The number of the call that is the answer. */
  private answerIndex: number | null = null
  private otherCalls = 0

  constructor(name: string | null) {
    this.name = name
  }

  unwrap(events: NeutralEvent[]): NeutralEvent[] {
    return this.name === null ? events : events.map((event) => this.unwrapOne(event)).filter((event) => event !== null)
  }

  private unwrapOne(event: NeutralEvent): NeutralEvent | null {
    if (event.kind === 'call') return this.unwrapCall(event)
    if (event.kind === 'arguments') return this.unwrapArguments(event)
    const isAnswered = event.kind === 'stop' && event.reason === 'calls' && this.otherCalls === 0
    return isAnswered ? { ...event, reason: 'end' } : event
  }

  private unwrapArguments(event: Extract<NeutralEvent, { kind: 'arguments' }>): NeutralEvent {
    const isAnswer = event.index === this.answerIndex
    return isAnswer ? { kind: 'text', text: event.text } : { ...event, index: this.numberOf(event.index) }
  }

  private unwrapCall(event: Extract<NeutralEvent, { kind: 'call' }>): NeutralEvent | null {
    if (event.name === this.name && this.answerIndex === null) {
      this.answerIndex = event.index
      return null
    }
    this.otherCalls += 1
    return { ...event, index: this.numberOf(event.index) }
  }

  /** Calls behind the answer move up by one. */
  private numberOf(index: number): number {
    return this.answerIndex !== null && index > this.answerIndex ? index - 1 : index
  }
}
