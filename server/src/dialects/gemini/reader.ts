import { CallNumbers } from '../call-numbers.ts'
import { stopReason } from '../collect-answer.ts'
import type { ReadContext, StreamReader } from '../dialect.ts'
import { memberBoolean, memberItems, memberPresent, memberText } from '../json-read.ts'
import { textOrNull, type JsonValue } from '../json-text.ts'
import type { NeutralAnswer, NeutralEvent, StopReason } from '../neutral.ts'
import { holdsError, readError } from '../provider-error.ts'
import { readProviderJson } from '../provider-json.ts'
import { readWholeAnswer } from '../whole-answer.ts'
import { readUsage } from './usage.ts'

/** Answers of providers of this dialect as neutral events. Each event of a stream looks like a whole answer. */

const NEEDED = ['candidates', 'promptFeedback', 'usageMetadata']

export function readWhole(bytes: Buffer, context: ReadContext): NeutralAnswer {
  const reader = new GeminiReader(context)
  return readWholeAnswer(bytes, context, {
    needed: 'candidates',
    isAnswer: (root) => NEEDED.some((name) => memberPresent(root, name)),
    read: ({ root }) => reader.readAnswer(root),
  })
}

const STOPS: ReadonlyMap<string, StopReason> = new Map(
  Object.entries<StopReason>({
    STOP: 'end',
    MAX_TOKENS: 'length',
    SAFETY: 'filtered',
    RECITATION: 'filtered',
    LANGUAGE: 'filtered',
    BLOCKLIST: 'filtered',
    PROHIBITED_CONTENT: 'filtered',
    SPII: 'filtered',
    IMAGE_SAFETY: 'filtered',
  }),
)

export class GeminiReader implements StreamReader {
  private readonly provider: string
  private readonly calls: CallNumbers
  private hasBegun = false
  private hasStopped = false

  constructor({ provider, requestId }: ReadContext) {
    this.provider = provider
    this.calls = new CallNumbers(requestId)
  }

  read(data: Buffer): NeutralEvent[] {
    const { root } = readProviderJson(data, this.provider)
    if (holdsError(root)) return [{ kind: 'error', error: readError(200, data) }]
    return [...this.readAnswer(root)]
  }

  /** There is no end mark: the stream is whole when its last event said why the answer ended. */
  end(): NeutralEvent[] {
    return this.hasStopped ? [{ kind: 'end' }] : []
  }

  *readAnswer(root: JsonValue): Generator<NeutralEvent> {
    if (!this.hasBegun) {
      this.hasBegun = true
      yield { kind: 'start', id: textOrNull(root.member('responseId')), model: textOrNull(root.member('modelVersion')) }
    }
    const [candidate] = memberItems(root, 'candidates')
    for (const part of memberItems(candidate?.member('content'), 'parts')) yield* this.readPart(part)
    yield* this.readStop(candidate, root)
    const usage = memberPresent(root, 'usageMetadata')
    if (usage) yield { kind: 'usage', reading: readUsage(usage) }
  }

  private *readPart(part: JsonValue): Generator<NeutralEvent> {
    const text = memberText(part, 'text')
    const called = memberPresent(part, 'functionCall')
    if (text !== '') yield { kind: memberBoolean(part, 'thought') === true ? 'reasoning' : 'text', text }
    if (called === undefined) return
    const marked = memberText(part, 'thoughtSignature')
    yield* this.calls.add({
      key: null,
      id: memberText(called, 'id'),
      name: memberText(called, 'name'),
      arguments: memberPresent(called, 'args')?.raw.toString() ?? '',
      signature: marked === '' ? null : { origin: 'gemini', value: marked },
      begins: true,
    })
  }

  /** A prompt that is forbidden has no candidate, only the reason. */
  private *readStop(candidate: JsonValue | undefined, root: JsonValue): Generator<NeutralEvent> {
    const isBlocked = memberText(root.member('promptFeedback'), 'blockReason') !== ''
    const finish = memberText(candidate, 'finishReason')
    if (!isBlocked && finish === '') return
    this.hasStopped = true
    const reason = isBlocked ? 'filtered' : stopReason(STOPS.get(finish) ?? 'end', this.calls.any)
    yield { kind: 'stop', reason, stopSequence: null }
  }
}
