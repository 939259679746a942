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

  private eventsOf(message: JsonValue): NeutralEvent[] {
    const events = [this.begin(message)]
    let index = 0
    for (const block of memberItems(message, 'content')) {
      this.readBlock(block, index, events)
      index += 1
    }
    this.readStop(message, events)
    this.readUsage(message, events)
    return events
  }

  private readEvent(root: JsonValue): NeutralEvent[] {
    const events: NeutralEvent[] = []
    const index = memberNumber(root, 'index') ?? 0
    switch (memberText(root, 'type')) {
      case 'message_start': {
        const message = root.member('message')
        if (message === undefined) break
        events.push(this.begin(message))
        this.readPromptUsage(message, events)
        break
      }
      case 'content_block_start': {
        const block = root.member('content_block')
        if (block) this.readBlock(block, index, events)
        break
      }
      case 'content_block_delta': {
        const delta = root.member('delta')
        if (delta) this.readDelta(delta, index, events)
        break
      }
      case 'message_delta':
        this.readStop(root.member('delta'), events)
        this.readUsage(root, events)
        break
      case 'message_stop':
        events.push({ kind: 'end' })
        break
    }
    return events
  }

  private begin(message: JsonValue): NeutralEvent {
    return { kind: 'start', id: textOrNull(message.member('id')), model: textOrNull(message.member('model')) }
  }

  /** A block, or the beginning of one. */
  private readBlock(block: JsonValue, index: number, events: NeutralEvent[]): void {
    if (memberText(block, 'type') === 'tool_use') this.readCall(block, index, events)
    else readSaid(block, events)
  }

  /** A stream opens a call with an empty input, and sends the real one behind it, in pieces. */
  private readCall(block: JsonValue, index: number, events: NeutralEvent[]): void {
    const input = memberPresent(block, 'input')
    const given = input !== undefined && input.members().length > 0 ? input.raw.toString() : ''
    const [id, name] = [memberText(block, 'id'), memberText(block, 'name')]
    events.push(...this.calls.add({ key: index, id, name, arguments: given, signature: null }))
  }

  private readDelta(delta: JsonValue, index: number, events: NeutralEvent[]): void {
    if (memberText(delta, 'type') === 'input_json_delta') {
      const piece = { key: index, id: '', name: '', arguments: memberText(delta, 'partial_json'), signature: null }
      events.push(...this.calls.add(piece))
    } else {
      readSaid(delta, events)
    }
  }

  private readStop(holder: JsonValue | undefined, events: NeutralEvent[]): void {
    const reason = memberText(holder, 'stop_reason')
    if (reason === '') return
    const stop = stopReason(STOPS.get(reason) ?? 'end', this.calls.any)
    events.push({ kind: 'stop', reason: stop, stopSequence: memberText(holder, 'stop_sequence') || null })
  }

  /** A stream begins with the usage of its prompt, and with a number for the answer that means nothing yet. */
  private readPromptUsage(message: JsonValue, events: NeutralEvent[]): void {
    const usage = memberPresent(message, 'usage')
    if (usage) events.push({ kind: 'usage', reading: promptOnly(this.usage.add(usage)) })
  }

  private readUsage(holder: JsonValue, events: NeutralEvent[]): void {
    const usage = memberPresent(holder, 'usage')
    if (usage) events.push({ kind: 'usage', reading: this.usage.add(usage) })
  }
}

/** Blocks and deltas call what is said by the same names; only hidden reasoning has no deltas. */
function readSaid(holder: JsonValue, events: NeutralEvent[]): void {
  const text = memberText(holder, 'text')
  const thinking = memberText(holder, 'thinking')
  if (text !== '') events.push({ kind: 'text', text })
  if (thinking !== '') events.push({ kind: 'reasoning', text: thinking })
  const isHidden = memberText(holder, 'type') === 'redacted_thinking'
  const marked = memberText(holder, isHidden ? 'data' : 'signature')
  if (marked !== '')
    events.push({ kind: 'signature', signature: unmarkSignature(marked, 'anthropic-messages'), isHidden })
}
