import { AnswerTool } from '../answer-tool.ts'
import { CallNumbers } from '../call-numbers.ts'
import { stopReason } from '../collect-answer.ts'
import type { ReadContext, StreamReader } from '../dialect.ts'
import { memberItems, memberNumber, memberPresent, memberText } from '../json-read.ts'
import { textOrNull, type JsonValue } from '../json-text.ts'
import type { NeutralAnswer, NeutralEvent, StopReason } from '../neutral.ts'
import { holdsError, readError } from '../provider-error.ts'
import { readProviderJson } from '../provider-json.ts'
import { unmarkSignature } from '../signature.ts'
import { readWholeAnswer } from '../whole-answer.ts'
import { promptOnly, UsageSoFar } from './usage.ts'

/** Answers of providers of this dialect as neutral events. */

export function readWhole(bytes: Buffer, context: ReadContext): NeutralAnswer {
  const reader = new MessagesReader(context)
  return readWholeAnswer(bytes, context, {
    needed: 'content',
    isAnswer: (root) => root.member('content')?.kind === 'array',
    read: ({ root }) => reader.readMessage(root),
  })
}

const STOPS: ReadonlyMap<string, StopReason> = new Map(
  Object.entries<StopReason>({
    end_turn: 'end',
    stop_sequence: 'stop_sequence',
    max_tokens: 'length',
    model_context_window_exceeded: 'length',
    tool_use: 'calls',
    refusal: 'filtered',
  }),
)

/** Types that are not here, such as ping, say nothing. */
export class MessagesReader implements StreamReader {
  private readonly provider: string
  private readonly calls: CallNumbers
  private readonly answerTool: AnswerTool
  private readonly usage = new UsageSoFar()

  constructor({ provider, requestId, answerTool }: ReadContext) {
    this.provider = provider
    this.calls = new CallNumbers(requestId)
    this.answerTool = new AnswerTool(answerTool)
  }

  read(data: Buffer): NeutralEvent[] {
    const { root } = readProviderJson(data, this.provider)
    if (holdsError(root)) return [{ kind: 'error', error: readError(200, data) }]
    return this.answerTool.unwrap(this.readEvent(root))
  }

  end(): NeutralEvent[] {
    return []
  }

  /** A whole answer says what its stream would have said. */
  readMessage(message: JsonValue): NeutralEvent[] {
    return this.answerTool.unwrap(this.eventsOf(message))
  }

  private *eventsOf(message: JsonValue): Generator<NeutralEvent> {
    yield this.begin(message)
    for (const [index, block] of memberItems(message, 'content').entries()) yield* this.readBlock(block, index)
    yield* this.readStop(message)
    yield* this.readUsage(message)
  }

  private *readEvent(root: JsonValue): Generator<NeutralEvent> {
    const index = memberNumber(root, 'index') ?? 0
    switch (memberText(root, 'type')) {
      case 'message_start': {
        const message = root.member('message')
        if (message === undefined) return
        yield this.begin(message)
        yield* this.readPromptUsage(message)
        break
      }
      case 'content_block_start': {
        const block = root.member('content_block')
        if (block) yield* this.readBlock(block, index)
        break
      }
      case 'content_block_delta': {
        const delta = root.member('delta')
        if (delta) yield* this.readDelta(delta, index)
        break
      }
      case 'message_delta':
        yield* this.readStop(root.member('delta'))
        yield* this.readUsage(root)
        break
      case 'message_stop':
        yield { kind: 'end' }
        break
    }
  }

  private begin(message: JsonValue): NeutralEvent {
    return { kind: 'start', id: textOrNull(message.member('id')), model: textOrNull(message.member('model')) }
  }

  /** A block, or the beginning of one. */
  private *readBlock(block: JsonValue, index: number): Generator<NeutralEvent> {
    if (memberText(block, 'type') === 'tool_use') yield* this.readCall(block, index)
    else yield* readSaid(block)
  }

  /** A stream opens a call with an empty input, and sends the real one behind it, in pieces. */
  private *readCall(block: JsonValue, index: number): Generator<NeutralEvent> {
    const input = memberPresent(block, 'input')
    const given = input !== undefined && input.members().length > 0 ? input.raw.toString() : ''
    yield* this.calls.add({
      key: index,
      id: memberText(block, 'id'),
      name: memberText(block, 'name'),
      arguments: given,
      signature: null,
    })
  }

  private *readDelta(delta: JsonValue, index: number): Generator<NeutralEvent> {
    if (memberText(delta, 'type') === 'input_json_delta') {
      const piece = { key: index, id: '', name: '', arguments: memberText(delta, 'partial_json'), signature: null }
      yield* this.calls.add(piece)
    } else {
      yield* readSaid(delta)
    }
  }

  private *readStop(holder: JsonValue | undefined): Generator<NeutralEvent> {
    const reason = memberText(holder, 'stop_reason')
    if (reason === '') return
    const stop = stopReason(STOPS.get(reason) ?? 'end', this.calls.any)
    yield { kind: 'stop', reason: stop, stopSequence: memberText(holder, 'stop_sequence') || null }
  }

  /** A stream begins with the usage of its prompt, and with a number for the answer that means nothing yet. */
  private *readPromptUsage(message: JsonValue): Generator<NeutralEvent> {
    const usage = memberPresent(message, 'usage')
    if (usage) yield { kind: 'usage', reading: promptOnly(this.usage.add(usage)) }
  }

  private *readUsage(holder: JsonValue): Generator<NeutralEvent> {
    const usage = memberPresent(holder, 'usage')
    if (usage) yield { kind: 'usage', reading: this.usage.add(usage) }
  }
}

/** Blocks and deltas call what is said by the same names; only hidden reasoning has no deltas. */
function* readSaid(holder: JsonValue): Generator<NeutralEvent> {
  const text = memberText(holder, 'text')
  const thinking = memberText(holder, 'thinking')
  if (text !== '') yield { kind: 'text', text }
  if (thinking !== '') yield { kind: 'reasoning', text: thinking }
  const isHidden = memberText(holder, 'type') === 'redacted_thinking'
  const marked = memberText(holder, isHidden ? 'data' : 'signature')
  if (marked !== '') yield { kind: 'signature', signature: unmarkSignature(marked, 'anthropic-messages'), isHidden }
}
