import { CallNumbers } from '../call-numbers.ts'
import { stopReason } from '../collect-answer.ts'
import type { ReadContext, StreamReader } from '../dialect.ts'
import { memberNumber, memberText } from '../json-read.ts'
import type { JsonValue } from '../json-text.ts'
import type { NeutralAnswer, NeutralEvent, StopReason } from '../neutral.ts'
import { readError } from '../provider-error.ts'
import type { Seen } from '../relay.ts'
import { ThinkTags } from '../think-tags.ts'
import { readWholeAnswer, seeWholeAnswer, type AnswerSight } from '../whole-answer.ts'
import { AlikeChunks } from './alike.ts'
import {
  argumentsText,
  calledIn,
  callsOf,
  choicesOf,
  completionId,
  completionModel,
  completionText,
  completionUsage,
  contentText,
  messageOf,
} from './completion.ts'
import { chunkOf, isDone, readChunk, type ChatChunk } from './stream.ts'
import { callSignature, readReasoning } from './to-neutral-messages.ts'
import { readUsage } from './usage.ts'

/** Answers of providers of this dialect as neutral events. Of several choices the first is read. */

const ANSWER = {
  needed: 'choices',
  isAnswer: (root: JsonValue): boolean => root.member('choices')?.kind === 'array',
}

/** A whole answer has a message where a chunk has a part of one: it is read as one chunk, and every choice is counted. */
export function readWhole(bytes: Buffer, context: ReadContext): NeutralAnswer {
  const reader = new ChatReader(context)
  let written = ''
  const answer = readWholeAnswer(bytes, context, {
    ...ANSWER,
    read: (json) => {
      written = completionText(json.root)
      return [...reader.readChunk(chunkOf(json)), ...reader.end()]
    },
  })
  return { ...answer, written }
}

/** The same answer on its way to a caller of this dialect. */
export function seeWhole(bytes: Buffer, context: ReadContext): Seen {
  return seeWholeAnswer(bytes, context, SIGHT)
}

const SIGHT: AnswerSight = {
  ...ANSWER,
  id: completionId,
  model: completionModel,
  usage: (root, { facts }) => {
    const usage = completionUsage(root)
    return usage && readUsage(usage, facts.usage)
  },
  written: completionText,
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
  /** Not where the text itself is taken apart. */
  private readonly alike: AlikeChunks | null
  private hasBegun = false

  constructor(context: ReadContext) {
    this.context = context
    this.calls = new CallNumbers(context.requestId)
    this.tags = context.facts.thinkTags === true ? new ThinkTags() : null
    this.alike = this.tags === null ? new AlikeChunks() : null
  }

  read(data: Buffer): NeutralEvent[] {
    const text = this.alike?.textIn(data)
    if (text) return [{ kind: 'text', text: text.toString() }]
    if (isDone(data)) return this.readDone()
    const chunk = readChunk(data, this.context.provider)
    const events = this.readChunk(chunk)
    const [only] = events
    if (events.length === 1 && only?.kind === 'text') this.alike?.remember(data, chunk, only.text)
    return events
  }

  readDone(): NeutralEvent[] {
    return [...this.end(), { kind: 'end' }]
  }

  end(): NeutralEvent[] {
    return this.tags?.end() ?? []
  }

  readChunk(chunk: ChatChunk): NeutralEvent[] {
    const facts = this.readFacts(chunk)
    if (!chunk.isError) this.readChoices(chunk.json.root, facts)
    return facts
  }

  /** What the books want to know of a chunk: its start, usage or error. */
  readFacts({ json, isError, usage }: ChatChunk): NeutralEvent[] {
    if (isError) return [{ kind: 'error', error: readError(200, json.bytes) }]
    const events = this.begin(json.root)
    if (usage !== null) events.push({ kind: 'usage', reading: readUsage(usage, this.context.facts.usage) })
    return events
  }

  private begin(root: JsonValue): NeutralEvent[] {
    if (this.hasBegun) return []
    this.hasBegun = true
    return [{ kind: 'start', id: completionId(root), model: completionModel(root) }]
  }

  private readChoices(root: JsonValue, events: NeutralEvent[]): void {
    const choice = choicesOf(root).find((each) => (memberNumber(each, 'index') ?? 0) <= 0)
    const message = messageOf(choice)
    if (message !== undefined) this.readMessage(message, events)
    this.readStop(memberText(choice, 'finish_reason'), events)
  }

  private readMessage(message: JsonValue, events: NeutralEvent[]): void {
    readThoughts(message, events)
    const text = contentText(message)
    if (this.tags !== null && text !== '') events.push(...this.tags.split(text))
    else if (text !== '') events.push({ kind: 'text', text })
    const refusal = memberText(message, 'refusal')
    if (refusal !== '') events.push({ kind: 'refusal', text: refusal })
    for (const call of callsOf(message)) this.readCall(call, events)
  }

  private readCall(call: JsonValue, events: NeutralEvent[]): void {
    const called = calledIn(call)
    const number = memberNumber(call, 'index')
    const piece = {
      key: number === null || number < 0 ? null : number,
      id: memberText(call, 'id'),
      name: memberText(called, 'name'),
      arguments: argumentsText(called),
      signature: callSignature(call),
    }
    events.push(...this.calls.add(piece))
  }

  private readStop(reason: string, events: NeutralEvent[]): void {
    if (reason === '') return
    const stop = stopReason(STOPS.get(reason) ?? 'end', this.calls.any)
    events.push(...this.end(), { kind: 'stop', reason: stop, stopSequence: null })
  }
}

function readThoughts(message: JsonValue, events: NeutralEvent[]): void {
  for (const { text, signature, isHidden } of readReasoning(message)) {
    if (text !== '') events.push({ kind: 'reasoning', text })
    if (signature !== null) events.push({ kind: 'signature', signature, isHidden })
  }
}
