import type { PaddockError } from '../../base/errors.ts'
import type { AnswerMeta, StreamWriter } from '../dialect.ts'
import { writeJson, type JsonMembers, type JsonOut } from '../json-write.ts'
import type { NeutralEvent, StopReason } from '../neutral.ts'
import { believed, type UsageReading } from '../usage-reading.ts'
import { writeErrorEvent } from './errors.ts'
import { writeUsage } from './usage.ts'
import { callBlock, hiddenBlock, marked, messageHead, stopMembers, thinkingBlock } from './write-answer.ts'

/**
 * Streams for callers of this dialect, whose blocks never overlap: one begins, grows and stops before the next begins.
 * Providers may write several calls at once; while one is open, all others wait until the end.
 */
export class MessagesWriter implements StreamWriter {
  private readonly meta: AnswerMeta
  private model: string | null = null
  private hasBegun = false
  private nextIndex = 0
  private open: Block | null = null
  private readonly waiting: Block[] = []
  private stop: { reason: StopReason; stopSequence: string | null } = { reason: 'end', stopSequence: null }
  private usage: UsageReading | null = null

  constructor(meta: AnswerMeta) {
    this.meta = meta
  }

  write(event: NeutralEvent): string {
    switch (event.kind) {
      case 'start':
        this.model = event.model
        return ''
      case 'text':
      case 'refusal':
        return this.grow('text', { type: 'text_delta', text: event.text })
      case 'reasoning':
        return this.grow('thinking', { type: 'thinking_delta', thinking: event.text })
      case 'signature':
        return event.isHidden ? this.add(whole(hiddenBlock(event.signature))) : this.sign(marked(event.signature))
      case 'call':
        return this.beginCall(event)
      case 'arguments':
        return this.growCall(event.index, event.text)
      case 'stop':
        this.stop = event
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
    const blocks = [this.close(), ...this.waiting.splice(0).map((block) => this.openBlock(block) + this.close())]
    const usage = writeUsage(believed(this.usage))
    const delta = stopMembers(this.stop.reason, this.stop.stopSequence)
    return this.begin() + blocks.join('') + event('message_delta', { delta, usage }) + event('message_stop', {})
  }

  fail(error: PaddockError): string {
    return writeErrorEvent(error, this.meta.requestId).toString()
  }

  /** Text and thinking go on in the block that is open, if it is of their kind. */
  private grow(kind: 'text' | 'thinking', delta: JsonMembers): string {
    const last = this.waiting.at(-1) ?? this.open
    if (last?.kind === kind && !last.isSigned) return this.addDelta(last, delta)
    return this.add({
      kind,
      start: kind === 'text' ? { type: 'text', text: '' } : thinkingBlock('', null),
      deltas: [delta],
    })
  }

  /** A signature ends the thinking it is of; without any, it has a block to itself. */
  private sign(signature: string): string {
    const delta = { type: 'signature_delta', signature }
    const last = this.waiting.at(-1) ?? this.open
    if (last?.kind !== 'thinking' || last.isSigned === true)
      return this.add({ kind: 'thinking', start: thinkingBlock('', null), deltas: [delta], isSigned: true })
    last.isSigned = true
    return this.addDelta(last, delta)
  }

  private beginCall({ index, id, name, signature }: Extract<NeutralEvent, { kind: 'call' }>): string {
    const signed = signature === null ? '' : this.sign(marked(signature))
    return signed + this.add({ kind: 'call', start: callBlock({ id, name }), deltas: [], callIndex: index })
  }

  private growCall(index: number, text: string): string {
    const call = [this.open, ...this.waiting].find((block) => block?.callIndex === index)
    return call ? this.addDelta(call, { type: 'input_json_delta', partial_json: text }) : ''
  }

  private add(block: Block): string {
    if (this.open?.kind !== 'call') return this.close() + this.openBlock(block)
    this.waiting.push(block)
    return ''
  }

  private addDelta(block: Block, delta: JsonMembers): string {
    if (block === this.open) return this.begin() + event('content_block_delta', { index: this.nextIndex, delta })
    block.deltas.push(delta)
    return ''
  }

  private openBlock(block: Block): string {
    this.open = block
    const start = event('content_block_start', { index: this.nextIndex, content_block: block.start })
    const deltas = block.deltas.map((delta) => event('content_block_delta', { index: this.nextIndex, delta }))
    return this.begin() + start + deltas.join('')
  }

  /** Clients give back only thinking that was signed; what its author has not signed ends with an empty signature. */
  private close(): string {
    if (this.open === null) return ''
    const isUnsigned = this.open.kind === 'thinking' && this.open.isSigned !== true
    const signature = isUnsigned ? this.addDelta(this.open, { type: 'signature_delta', signature: '' }) : ''
    const stop = event('content_block_stop', { index: this.nextIndex })
    this.open = null
    this.nextIndex += 1
    return signature + stop
  }

  /** As late as possible, because it tells what the prompt used, and some providers say so before they answer. */
  private begin(): string {
    if (this.hasBegun) return ''
    this.hasBegun = true
    const usage = writeUsage({ ...believed(this.usage), output: 0, reasoning: 0 })
    const message = {
      ...messageHead(this.meta, this.model),
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage,
    }
    return event('message_start', { message })
  }
}

type Block = {
  readonly kind: 'text' | 'thinking' | 'call' | 'whole'
  readonly start: JsonMembers
  /** Those that came while the block was waiting. */
  readonly deltas: JsonMembers[]
  readonly callIndex?: number
  isSigned?: boolean
}

function whole(start: JsonMembers): Block {
  return { kind: 'whole', start, deltas: [] }
}

function event(type: string, members: Readonly<Record<string, JsonOut>>): string {
  return `event: ${type}\ndata: ${writeJson({ type, ...members })}\n\n`
}
