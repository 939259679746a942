import type { PaddockError } from '../../base/errors.ts'
import { argumentsText } from '../arguments.ts'
import type { AnswerMeta, StreamWriter } from '../dialect.ts'
import { writeJson, type JsonMembers } from '../json-write.ts'
import type { NeutralEvent, StopReason } from '../neutral.ts'
import type { Signature } from '../signature.ts'
import { believed, type UsageReading } from '../usage-reading.ts'
import {
  callItem,
  itemId,
  messageItem,
  reasoningItem,
  refusalPart,
  responseObject,
  statusMembers,
  textPart,
  type ItemStatus,
} from './response.ts'
import { writeUsage } from './usage.ts'

/**
 * Streams for callers of this dialect: items that begin, grow and are done, told by their place in the output. What is
 * said and thought goes on in the last item; calls stay open side by side until the end.
 */
export class ResponsesWriter implements StreamWriter {
  private readonly meta: AnswerMeta
  private model: string | null = null
  private hasBegun = false
  private sequence = 0
  private readonly items: Item[] = []
  private stop: StopReason = 'end'
  private usage: UsageReading | null = null

  constructor(meta: AnswerMeta) {
    this.meta = meta
  }

  write(event: NeutralEvent): string {
    switch (event.kind) {
      case 'start':
        this.model = event.model
        return this.begin()
      case 'text':
      case 'refusal':
      case 'reasoning':
        return this.grow(event.kind, event.text)
      case 'signature':
        return event.isHidden ? this.addHidden(event.signature) : this.sign(event.signature)
      case 'call':
        return this.beginCall(event)
      case 'arguments':
        return this.growCall(event.index, event.text)
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
    const done = this.begin() + this.items.map((item) => this.finish(item)).join('')
    const status = statusMembers(this.stop)
    const usage = this.usage === null ? undefined : writeUsage(believed(this.usage))
    return done + this.tell(`response.${status.status}`, { response: this.response({ ...status, usage }) })
  }

  fail({ code, detail }: PaddockError): string {
    const failed = { status: 'failed', error: { code, message: detail.message } }
    return this.begin() + this.tell('response.failed', { response: this.response(failed) })
  }

  private begin(): string {
    if (this.hasBegun) return ''
    this.hasBegun = true
    const response = this.response({ status: 'in_progress' })
    return this.tell('response.created', { response }) + this.tell('response.in_progress', { response })
  }

  private response(rest: JsonMembers): JsonMembers {
    const output = this.items.filter(({ isDone }) => isDone).map((item) => wholeItem(item, 'completed'))
    return responseObject(this.meta, this.model, { output, ...rest })
  }

  private grow(kind: 'text' | 'refusal' | 'reasoning', text: string): string {
    const last = this.items.at(-1)
    const goesOn = last?.kind === kind && !last.isDone
    const opened = goesOn ? '' : this.add({ ...EMPTY, kind })
    const item = this.items.at(-1) as Item
    item.text += text
    return opened + this.tell(`response.${NAMES[kind]}.delta`, { ...place(item), delta: text, ...LOGPROBS[kind] })
  }

  private sign(signature: Signature): string {
    const last = this.items.at(-1)
    const isOpen = last?.kind === 'reasoning' && !last.isDone
    const opened = isOpen ? '' : this.add({ ...EMPTY, kind: 'reasoning', signature })
    const item = this.items.at(-1) as Item
    item.signature = signature
    return opened + this.finish(item)
  }

  private addHidden(signature: Signature): string {
    const opened = this.add({ ...EMPTY, kind: 'reasoning', signature, isHidden: true })
    return opened + this.finish(this.items.at(-1) as Item)
  }

  private beginCall({ index, id, name, signature }: Extract<NeutralEvent, { kind: 'call' }>): string {
    const signed = signature === null ? '' : this.sign(signature)
    return signed + this.add({ ...EMPTY, kind: 'call', call: { index, id, name } })
  }

  private growCall(index: number, text: string): string {
    const item = this.items.find(({ call }) => call?.index === index)
    if (item === undefined) return ''
    item.text += text
    return this.tell('response.function_call_arguments.delta', { ...place(item), delta: text })
  }

  private add(opened: Omit<Item, 'id' | 'index' | 'isDone'>): string {
    const last = this.items.at(-1)
    const finished = last !== undefined && last.kind !== 'call' ? this.finish(last) : ''
    const index = this.items.length
    const item: Item = { ...opened, index, id: itemId(this.meta, IDS[opened.kind], index), isDone: false }
    this.items.push(item)
    const begun = this.begin() + finished
    return (
      begun +
      this.tell('response.output_item.added', {
        output_index: index,
        item: wholeItem({ ...item, signature: null }, 'in_progress'),
      }) +
      this.openPart(item)
    )
  }

  private openPart(item: Item): string {
    if (item.kind === 'call' || isSilent(item)) return ''
    const type = item.kind === 'reasoning' ? 'response.reasoning_summary_part.added' : 'response.content_part.added'
    return this.tell(type, { ...place(item), part: partOf(item) })
  }

  private finish(item: Item): string {
    if (item.isDone) return ''
    item.isDone = true
    const closed = item.kind === 'call' ? this.finishCall(item) : isSilent(item) ? '' : this.closePart(item)
    return (
      closed + this.tell('response.output_item.done', { output_index: item.index, item: wholeItem(item, 'completed') })
    )
  }

  private finishCall(item: Item): string {
    return this.tell('response.function_call_arguments.done', {
      ...place(item),
      name: item.call?.name,
      arguments: argumentsText(item.text),
    })
  }

  private closePart(item: Item): string {
    const { kind, text } = item
    if (kind === 'call') return ''
    const done = kind === 'refusal' ? { refusal: text } : { text, ...LOGPROBS[kind] }
    const type = kind === 'reasoning' ? 'response.reasoning_summary_part.done' : 'response.content_part.done'
    return (
      this.tell(`response.${NAMES[kind]}.done`, { ...place(item), ...done }) +
      this.tell(type, { ...place(item), part: partOf(item) })
    )
  }

  private tell(type: string, members: JsonMembers): string {
    const event = { type, sequence_number: this.sequence, ...members }
    this.sequence += 1
    return `event: ${type}\ndata: ${writeJson(event)}\n\n`
  }
}

/** One item of the output while it grows. */
type Item = {
  readonly kind: 'text' | 'refusal' | 'reasoning' | 'call'
  readonly id: string
  readonly index: number
  readonly call: { readonly index: number; readonly id: string; readonly name: string } | null
  readonly isHidden: boolean
  /** What is said, or the arguments. */
  text: string
  signature: Signature | null
  isDone: boolean
}

const EMPTY = { text: '', signature: null, isHidden: false, call: null }
const IDS = { text: 'msg', refusal: 'msg', reasoning: 'rs', call: 'fc' } as const
const NAMES = { text: 'output_text', refusal: 'refusal', reasoning: 'reasoning_summary_text' }
const LOGPROBS = { text: { logprobs: [] }, refusal: {}, reasoning: {} }

/** Reasoning of which nothing is shown. */
function isSilent({ kind, text, signature }: Item): boolean {
  return kind === 'reasoning' && text === '' && signature !== null
}

/** Where in the output an event belongs. */
function place({ kind, id, index }: Item): JsonMembers {
  const part = { call: {}, reasoning: { summary_index: 0 }, text: { content_index: 0 }, refusal: { content_index: 0 } }
  return { item_id: id, output_index: index, ...part[kind] }
}

function partOf({ kind, text }: Item): JsonMembers {
  if (kind === 'reasoning') return { type: 'summary_text', text }
  return kind === 'refusal' ? refusalPart(text) : textPart(text)
}

function wholeItem(item: Item, status: ItemStatus): JsonMembers {
  const { kind, id, text, call } = item
  if (call !== null) {
    const given = status === 'completed' ? argumentsText(text) : text
    return callItem(id, status, { ...call, arguments: given })
  }
  if (kind === 'reasoning') return reasoningItem(id, item)
  return messageItem(id, status, text === '' ? [] : [partOf(item)])
}
