import { CallNumbers } from '../call-numbers.ts'
import { collectAnswer, stopReason } from '../collect-answer.ts'
import type { ReadContext, StreamReader } from '../dialect.ts'
import { memberItems, memberNumber, memberPresent, memberText } from '../json-read.ts'
import type { JsonValue } from '../json-text.ts'
import type { NeutralAnswer, NeutralEvent, StopReason } from '../neutral.ts'
import { holdsError, readError } from '../provider-error.ts'
import { readProviderJson } from '../provider-json.ts'
import { ThinkTags } from '../think-tags.ts'
import { readAnswer } from './answer.ts'
import { choicesOf, completionId, completionModel, completionText, completionUsage } from './completion.ts'
import { isDone } from './stream.ts'
import { callSignature, readReasoning } from './to-neutral-messages.ts'
import { readUsage } from './usage.ts'

/** Answers of providers of this dialect as neutral events. Of several choices the first is read. */

/** A whole answer has a message where a chunk has a part of one: it is read as one chunk. */
export function readWhole(bytes: Buffer, context: ReadContext): NeutralAnswer {
  const { root } = readAnswer(bytes).json
  const reader = new ChatReader(context)
  return { ...collectAnswer([...reader.readChunk(root, bytes), ...reader.end()]), written: completionText(root) }
}

const STOPS: ReadonlyMap<string, StopReason> = new Map(
  Object.entries<StopReason>({
    stop: 'end',
    length: 'length',
    tool_calls: 'calls',
    function_call: 'calls',
    content_filter: 'filtered',
    sensitive: 'filtered',
  }),
)

export class ChatReader implements StreamReader {
  private readonly context: ReadContext
  private readonly calls: CallNumbers
  private readonly tags: ThinkTags | null
  private hasBegun = false

  constructor(context: ReadContext) {
    this.context = context
    this.calls = new CallNumbers(context.requestId)
    this.tags = context.facts.thinkTags === true ? new ThinkTags() : null
  }

  read(data: Buffer): NeutralEvent[] {
    if (isDone(data)) return [...this.end(), { kind: 'end' }]
    return this.readChunk(readProviderJson(data).root, data)
  }

  end(): NeutralEvent[] {
    return this.tags?.end() ?? []
  }

  readChunk(root: JsonValue, data: Buffer): NeutralEvent[] {
    if (holdsError(root)) return [{ kind: 'error', error: readError(200, data) }]
    const choice = choicesOf(root).find((each) => (memberNumber(each, 'index') ?? 0) <= 0)
    const usage = completionUsage(root)
    const reading = usage === null ? null : readUsage(usage, this.context.facts.usage)
    return [
      ...this.begin(root),
      ...this.readMessage(choice?.member('delta') ?? choice?.member('message')),
      ...this.readStop(memberText(choice, 'finish_reason')),
      ...(reading === null ? [] : [{ kind: 'usage' as const, reading }]),
    ]
  }

  private begin(root: JsonValue): NeutralEvent[] {
    if (this.hasBegun) return []
    this.hasBegun = true
    return [{ kind: 'start', id: completionId(root), model: completionModel(root) }]
  }

  private *readMessage(message: JsonValue | undefined): Generator<NeutralEvent> {
    if (message === undefined) return
    yield* readThoughts(message)
    const text = contentText(message)
    if (text !== '') yield* this.tags?.split(text) ?? [{ kind: 'text', text }]
    const refusal = memberText(message, 'refusal')
    if (refusal !== '') yield { kind: 'refusal', text: refusal }
    for (const call of callsIn(message)) yield* this.readCall(call)
  }

  private *readCall(call: JsonValue): Generator<NeutralEvent> {
    const called = call.member('function') ?? call
    const number = memberNumber(call, 'index')
    yield* this.calls.add({
      key: number === null || number < 0 ? null : number,
      id: memberText(call, 'id'),
      name: memberText(called, 'name'),
      arguments: argumentsOf(called),
      signature: callSignature(call),
    })
  }

  private readStop(reason: string): NeutralEvent[] {
    if (reason === '') return []
    const stop = stopReason(STOPS.get(reason) ?? 'end', this.calls.any)
    return [...this.end(), { kind: 'stop', reason: stop, stopSequence: null }]
  }
}

function* readThoughts(message: JsonValue): Generator<NeutralEvent> {
  for (const { text, signature, isHidden } of readReasoning(message)) {
    if (text !== '') yield { kind: 'reasoning', text }
    if (signature !== null) yield { kind: 'signature', signature, isHidden }
  }
}

/** Content is text, or a list of parts with text in them. */
function contentText(message: JsonValue): string {
  const parts = memberItems(message, 'content').map((part) => memberText(part, 'text'))
  return memberText(message, 'content') + parts.join('')
}

/** Some providers send a single call without the list around it, and the oldest spelling has but one. */
function callsIn(message: JsonValue): readonly JsonValue[] {
  const calls = memberPresent(message, 'tool_calls')
  if (calls?.kind === 'object') return [calls]
  const called = memberPresent(message, 'function_call')
  return called === undefined ? (calls?.elements() ?? []) : [called]
}

/** Arguments are a text that holds JSON; some providers send the JSON itself. */
function argumentsOf(called: JsonValue): string {
  const given = memberPresent(called, 'arguments')
  return given?.kind === 'object' ? given.raw.toString() : memberText(called, 'arguments')
}
