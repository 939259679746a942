import { argumentsText } from '../arguments.ts'
import type { AnswerMeta, StreamWriter } from '../dialect.ts'
import type { PaddockError } from '../../base/errors.ts'
import { type JsonMembers, type JsonOut, writeJson } from '../json-write.ts'
import { callsOf, reasoningOf } from '../message-parts.ts'
import type { NeutralAnswer, NeutralEvent, ReasoningPart, StopReason } from '../neutral.ts'
import { markSignature, type Signature } from '../signature.ts'
import { believed, type UsageReading } from '../usage-reading.ts'
import { writeErrorEvent } from './errors.ts'
import { writeUsage } from './usage.ts'

/** Answers for callers of this dialect, whole and streamed. */

const FINISHES: Readonly<Record<StopReason, string>> = {
  end: 'stop',
  stop_sequence: 'stop',
  length: 'length',
  calls: 'tool_calls',
  filtered: 'content_filter',
}
const DONE = 'data: [DONE]\n\n'

export function writeAnswer(answer: NeutralAnswer, meta: AnswerMeta): Buffer {
  const { parts, stop, usage } = answer
  const calls = callsOf(parts)
  const message = {
    role: 'assistant',
    content: saying(parts, 'text') || null,
    refusal: saying(parts, 'refusal') || null,
    ...writeThoughts(reasoningOf(parts)),
    tool_calls:
      calls.length > 0
        ? calls.map((call) => ({ ...callHead(call), ...calling(call.name, argumentsText(call.arguments)) }))
        : undefined,
  }
  return Buffer.from(
    writeJson({
      ...head(meta, answer.model, 'chat.completion'),
      choices: [{ index: 0, message, logprobs: null, finish_reason: FINISHES[stop] }],
      usage: usage === null ? undefined : writeUsage(believed(usage)),
    }),
  )
}

function saying(parts: NeutralAnswer['parts'], kind: 'text' | 'refusal'): string {
  let said = ''
  for (const part of parts) if (part.kind === kind) said += part.text
  return said
}

function head({ requestId, createdSeconds, model }: AnswerMeta, answered: string | null, object: string): JsonMembers {
  return { id: `chatcmpl-${requestId}`, object, created: createdSeconds, model: answered ?? model }
}

const NO_THOUGHTS: JsonMembers = {}

/** Text in the field that most servers use; what must come back unchanged in the list beside it. */
function writeThoughts(parts: readonly ReasoningPart[]): JsonMembers {
  if (parts.length === 0) return NO_THOUGHTS
  const text = parts.map((part) => part.text).join('')
  const signed = parts.flatMap(({ signature, isHidden }) =>
    signature === null ? [] : [writeDetail(signature, isHidden)],
  )
  return {
    reasoning_content: text === '' ? undefined : text,
    reasoning_details: signed.length > 0 ? signed : undefined,
  }
}

function writeDetail(signature: Signature, isHidden: boolean): JsonMembers {
  const marked = markSignature(signature, 'openai-chat')
  return isHidden
    ? { type: 'reasoning.encrypted', data: marked }
    : { type: 'reasoning.text', text: '', signature: marked }
}

function callHead({ id, signature }: { readonly id: string; readonly signature: Signature | null }): JsonMembers {
  const extra =
    signature === null ? undefined : { paddock: { thought_signature: markSignature(signature, 'openai-chat') } }
  return { id, type: 'function', extra_content: extra }
}

function calling(name: string, given: string): JsonMembers {
  return { function: { name, arguments: given } }
}

export class ChatWriter implements StreamWriter {
  private readonly meta: AnswerMeta
  private head: JsonMembers
  private hasBegun = false
  private stop: StopReason = 'end'
  private usage: UsageReading | null = null
  /** Calls whose arguments have not begun: one that never gets any is given an empty object. */
  private readonly bare = new Set<number>()

  constructor(meta: AnswerMeta) {
    this.meta = meta
    this.head = head(meta, null, 'chat.completion.chunk')
  }

  write(event: NeutralEvent): string {
    switch (event.kind) {
      case 'start':
        this.head = head(this.meta, event.model, 'chat.completion.chunk')
        return this.begin()
      case 'text':
        return this.delta({ content: event.text })
      case 'refusal':
        return this.delta({ refusal: event.text })
      case 'reasoning':
        return this.delta({ reasoning_content: event.text })
      case 'signature':
        return this.delta({ reasoning_details: [writeDetail(event.signature, event.isHidden)] })
      case 'call':
        this.bare.add(event.index)
        return this.delta({ tool_calls: [{ index: event.index, ...callHead(event), ...calling(event.name, '') }] })
      case 'arguments':
        this.bare.delete(event.index)
        return this.delta({ tool_calls: [{ index: event.index, function: { arguments: event.text } }] })
      case 'stop':
        this.stop = event.reason
        return ''
      case 'usage':
        this.usage = event.reading
        return ''
      case 'error':
      case 'end':
        return ''
    }
  }

  end(): string {
    const empty = [...this.bare].map((index) => this.delta({ tool_calls: [{ index, function: { arguments: '{}' } }] }))
    const finish =
      this.begin() + empty.join('') + this.chunk([{ index: 0, delta: {}, finish_reason: FINISHES[this.stop] }])
    const usage = this.meta.includeUsage ? this.chunk([], { usage: writeUsage(believed(this.usage)) }) : ''
    return finish + usage + DONE
  }

  fail(error: PaddockError): string {
    return writeErrorEvent(error, this.meta.requestId).toString()
  }

  private begin(): string {
    if (this.hasBegun) return ''
    this.hasBegun = true
    return this.delta({ role: 'assistant', content: '' })
  }

  private delta(delta: JsonMembers): string {
    return this.begin() + this.chunk([{ index: 0, delta, finish_reason: null }])
  }

  private chunk(choices: JsonOut, more: JsonMembers = {}): string {
    return `data: ${writeJson({ ...this.head, choices, ...more })}\n\n`
  }
}
