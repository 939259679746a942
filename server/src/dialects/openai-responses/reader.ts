import { CallNumbers } from '../call-numbers.ts'
import { stopReason } from '../collect-answer.ts'
import type { ReadContext, StreamReader } from '../dialect.ts'
import { memberItems, memberNumber, memberPresent, memberText } from '../json-read.ts'
import { textOrNull, type JsonValue } from '../json-text.ts'
import type { NeutralAnswer, NeutralEvent } from '../neutral.ts'
import { holdsError, readError } from '../provider-error.ts'
import { readProviderJson } from '../provider-json.ts'
import { readWholeAnswer } from '../whole-answer.ts'
import { readReasoning } from './to-neutral-items.ts'
import { readUsage } from './usage.ts'

/** Answers of providers of this dialect as neutral events. */

export function readWhole(bytes: Buffer, context: ReadContext): NeutralAnswer {
  const reader = new ResponsesReader(context)
  return readWholeAnswer(bytes, context, {
    needed: 'output',
    isAnswer: (root) => root.member('output')?.kind === 'array',
    read: ({ root }) => reader.readResponse(root),
  })
}

/** What of an item has come in pieces, so that its whole form at the end says nothing new. */
type Seen = { text: boolean; reasoning: boolean; arguments: boolean }

/** Types that are not here say nothing, or the same once more. */
export class ResponsesReader implements StreamReader {
  private readonly context: ReadContext
  private readonly calls: CallNumbers
  private readonly seen = new Map<number, Seen>()

  constructor(context: ReadContext) {
    this.context = context
    this.calls = new CallNumbers(context.requestId)
  }

  read(data: Buffer): NeutralEvent[] {
    const { root } = readProviderJson(data, this.context.provider)
    if (holdsError(root)) return [{ kind: 'error', error: readError(200, data) }]
    return [...this.readEvent(root)]
  }

  end(): NeutralEvent[] {
    return []
  }

  /** A whole answer says what its stream would have said. */
  *readResponse(response: JsonValue): Generator<NeutralEvent> {
    yield begin(response)
    for (const [index, item] of memberItems(response, 'output').entries()) yield* this.readItem(item, index)
    yield* this.readEnd(response)
  }

  private *readEvent(root: JsonValue): Generator<NeutralEvent> {
    const index = memberNumber(root, 'output_index') ?? 0
    const response = root.member('response')
    switch (memberText(root, 'type')) {
      case 'response.created':
        if (response) yield begin(response)
        break
      case 'response.output_item.added':
        yield* this.beginItem(root.member('item'), index)
        break
      case 'response.output_text.delta':
        yield* this.readDelta(root, index, 'text')
        break
      case 'response.refusal.delta':
        yield* this.readDelta(root, index, 'refusal')
        break
      case 'response.reasoning_summary_part.added':
        if ((memberNumber(root, 'summary_index') ?? 0) > 0) yield { kind: 'reasoning', text: '\n\n' }
        break
      case 'response.reasoning_summary_text.delta':
      case 'response.reasoning_text.delta':
        yield* this.readDelta(root, index, 'reasoning')
        break
      case 'response.function_call_arguments.delta':
        this.seenOf(index).arguments = true
        yield* this.readCall({ index, arguments: memberText(root, 'delta') })
        break
      case 'response.output_item.done': {
        const item = root.member('item')
        if (item) yield* this.readItem(item, index)
        break
      }
      case 'response.completed':
      case 'response.incomplete':
        if (response) yield* this.readEnd(response)
        yield { kind: 'end' }
        break
      case 'response.failed':
        yield { kind: 'error', error: readError(200, response?.raw ?? Buffer.alloc(0)) }
        break
    }
  }

  private *readDelta(root: JsonValue, index: number, kind: 'text' | 'refusal' | 'reasoning'): Generator<NeutralEvent> {
    this.seenOf(index)[kind === 'reasoning' ? 'reasoning' : 'text'] = true
    const text = memberText(root, 'delta')
    if (text !== '') yield { kind, text }
  }

  private *beginItem(item: JsonValue | undefined, index: number): Generator<NeutralEvent> {
    if (item === undefined || memberText(item, 'type') !== 'function_call') return
    yield* this.readCall({ index, id: memberText(item, 'call_id'), name: memberText(item, 'name') })
  }

  /** A whole item: whatever of it did not come in pieces. */
  private *readItem(item: JsonValue, index: number): Generator<NeutralEvent> {
    const seen = this.seenOf(index)
    switch (memberText(item, 'type')) {
      case 'message':
        if (!seen.text) yield* readContent(item)
        break
      case 'reasoning':
        yield* readThought(item, seen.reasoning)
        break
      case 'function_call':
        yield* this.readCall({
          index,
          id: memberText(item, 'call_id'),
          name: memberText(item, 'name'),
          arguments: seen.arguments ? '' : memberText(item, 'arguments'),
        })
        break
    }
  }

  private readCall(piece: { index: number; id?: string; name?: string; arguments?: string }): Iterable<NeutralEvent> {
    const { index, id = '', name = '', arguments: given = '' } = piece
    return this.calls.add({ key: index, id, name, arguments: given, signature: null })
  }

  private *readEnd(response: JsonValue): Generator<NeutralEvent> {
    const reason = memberText(response.member('incomplete_details'), 'reason')
    const cut = reason === 'content_filter' ? 'filtered' : 'length'
    const stop = memberText(response, 'status') === 'incomplete' ? cut : stopReason('end', this.calls.any)
    yield { kind: 'stop', reason: stop, stopSequence: null }
    const usage = memberPresent(response, 'usage')
    if (usage) yield { kind: 'usage', reading: readUsage(usage, this.context.facts.usage) }
  }

  private seenOf(index: number): Seen {
    const seen = this.seen.get(index) ?? { text: false, reasoning: false, arguments: false }
    this.seen.set(index, seen)
    return seen
  }
}

function begin(response: JsonValue): NeutralEvent {
  return { kind: 'start', id: textOrNull(response.member('id')), model: textOrNull(response.member('model')) }
}

function* readContent(message: JsonValue): Generator<NeutralEvent> {
  for (const part of memberItems(message, 'content')) {
    const text = memberText(part, 'text')
    const refusal = memberText(part, 'refusal')
    if (text !== '') yield { kind: 'text', text }
    if (refusal !== '') yield { kind: 'refusal', text: refusal }
  }
}

/** Its text may have come in pieces; what it was encrypted into comes only with the whole. */
function* readThought(item: JsonValue, isTextSeen: boolean): Generator<NeutralEvent> {
  const { text, signature, isHidden } = readReasoning(item)
  if (!isTextSeen && text !== '') yield { kind: 'reasoning', text }
  if (signature !== null) yield { kind: 'signature', signature, isHidden }
}
