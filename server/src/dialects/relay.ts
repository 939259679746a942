import type { Usage } from '@paddock/contract/usage'
import type { PaddockError } from '../base/errors.ts'
import { writtenText } from './collect-answer.ts'
import type { PayloadEvent, StreamPass, StreamReader, StreamWriter } from './dialect.ts'
import type { NeutralEvent } from './neutral.ts'
import type { ProviderError } from './provider-error.ts'
import type { ReasoningKeeper } from './remember-reasoning.ts'
import type { SseEvent } from './sse.ts'
import { believedOr, type Measure, type UsageReading } from './usage-reading.ts'
import { Written } from './written.ts'

/** A stream on its way from a provider to a caller, event by event: as it is, or from one dialect into another. */
export type StreamRelay = {
  /**
   * The bytes that may go on at once. Throws provider_bad_answer for what cannot be read. What comes behind the end
   * belongs to nothing, and what an error says is in `seen`: both have no bytes.
   */
  push(event: SseEvent): Buffer
  /** Behind the last byte: for streams whose end is that nothing more comes. */
  finish(): Buffer
  /**
   * The end of a good answer, sent once, when its entry is safe. Null while the end has not come: then the stream broke
   * off. Counted usage is told to the caller where the provider gave none, and the answer is written anew.
   */
  held(counted?: Usage): Buffer | null
  /** The end of a bad one. */
  fail(error: PaddockError): Buffer
  /** Ends the answer here, as one that has reached its limit. False where the provider has ended it already. */
  cut(): boolean
  readonly seen: Seen
}

/** What has been seen of an answer so far. */
export type Seen = {
  readonly id: string | null
  readonly model: string | null
  /** The last one counts: some providers send a growing one with every chunk. */
  readonly usage: UsageReading | null
  /** Where an answer can be counted in several ways: all of them, the most telling first. */
  readonly measures?: readonly Measure[]
  /** All that the model wrote, for counting. */
  readonly written: string
  readonly writtenBytes: number
  /** How many events said something. */
  readonly events: number
  readonly error: ProviderError | null
  readonly hasEnded: boolean
}

export const NOTHING_SEEN: Seen = {
  id: null,
  model: null,
  usage: null,
  written: '',
  writtenBytes: 0,
  events: 0,
  error: null,
  hasEnded: false,
}

const NOTHING = Buffer.alloc(0)

class SeenSoFar implements Seen {
  id: string | null = null
  model: string | null = null
  usage: UsageReading | null = null
  readonly text = new Written()
  events = 0
  error: ProviderError | null = null
  hasEnded = false

  get written(): string {
    return this.text.text()
  }

  get writtenBytes(): number {
    return this.text.byteLength
  }
}

function hasPayload(event: SseEvent): event is PayloadEvent {
  return event.data !== null
}

/** The part that both ways have in common. */
abstract class Relay implements StreamRelay {
  readonly seen = new SeenSoFar()
  /** Set once the provider has said why it ends. */
  protected hasStopped = false

  push(event: SseEvent): Buffer {
    if (this.isOver()) return NOTHING
    if (!hasPayload(event)) return this.passComment(event.raw)
    this.seen.events += 1
    return this.relay(event)
  }

  abstract finish(): Buffer
  abstract held(counted?: Usage): Buffer | null
  abstract fail(error: PaddockError): Buffer
  abstract cut(): boolean
  protected abstract passComment(raw: Buffer): Buffer
  protected abstract relay(event: PayloadEvent): Buffer

  protected isOver(): boolean {
    return this.seen.hasEnded || this.seen.error !== null
  }

  protected note(written: string | Buffer): void {
    if (typeof written === 'string') this.seen.text.add(written)
    else this.seen.text.addBytes(written)
  }

  protected see(event: NeutralEvent): void {
    if (event.kind === 'stop') this.hasStopped = true
    if (event.kind === 'start') {
      this.seen.id = event.id
      this.seen.model = event.model
    }
    if (event.kind === 'usage') this.seen.usage = event.reading
    if (event.kind === 'error') this.seen.error = event.error
    if (event.kind === 'end') this.seen.hasEnded = true
  }
}

export type PassParts = {
  readonly pass: StreamPass
  readonly writeErrorEvent: (error: PaddockError) => Buffer
  /** Where the provider wants reasoning back that not every caller keeps; then the pass reads all there is. */
  readonly keeper: ReasoningKeeper | null
  /** Told all that the caller is: it knows how to end there. Only for answers that may have to be cut; the pass reads all there is. */
  readonly writer: StreamWriter | null
}

const LIMIT_REACHED: NeutralEvent = { kind: 'stop', reason: 'length', stopSequence: null }

/** The caller speaks as the provider does: the bytes pass, all but the last. */
export class PassingRelay extends Relay {
  private readonly parts: PassParts
  private heldBytes: Buffer | null = null
  private isCut = false

  constructor(parts: PassParts) {
    super()
    this.parts = parts
  }

  finish(): Buffer {
    return NOTHING
  }

  held(counted?: Usage): Buffer | null {
    return this.isCut ? endOf(this.parts.writer, this.seen.usage, counted) : this.heldBytes
  }

  cut(): boolean {
    if (this.parts.writer === null || this.hasStopped || this.isOver()) return false
    this.parts.writer.write(LIMIT_REACHED)
    this.isCut = true
    this.seen.hasEnded = true
    return true
  }

  fail(error: PaddockError): Buffer {
    return this.parts.writeErrorEvent(error)
  }

  protected passComment(raw: Buffer): Buffer {
    return raw
  }

  protected relay(event: PayloadEvent): Buffer {
    const { bytes, events, written } = this.parts.pass.pass(event)
    for (const each of events) {
      this.see(each)
      this.parts.keeper?.note(each)
      this.parts.writer?.write(each)
    }
    this.note(written)
    if (this.seen.error !== null) return NOTHING
    if (!this.seen.hasEnded) return bytes
    this.heldBytes = Buffer.from(bytes)
    return NOTHING
  }
}

function endOf(writer: StreamWriter | null, told: UsageReading | null, counted: Usage | undefined): Buffer | null {
  if (writer === null) return null
  const reading = believedOr(told, counted)
  if (reading !== null) writer.write({ kind: 'usage', reading })
  return Buffer.from(writer.end())
}

export type TranslationParts = {
  readonly reader: StreamReader
  readonly writer: StreamWriter
  readonly keeper: ReasoningKeeper | null
}

/** The caller speaks otherwise: what the provider says is written anew. */
export class TranslatingRelay extends Relay {
  private readonly parts: TranslationParts

  constructor(parts: TranslationParts) {
    super()
    this.parts = parts
  }

  finish(): Buffer {
    return this.isOver() ? NOTHING : this.write(this.parts.reader.end())
  }

  held(counted?: Usage): Buffer | null {
    return this.seen.hasEnded ? endOf(this.parts.writer, this.seen.usage, counted) : null
  }

  cut(): boolean {
    if (this.hasStopped || this.isOver()) return false
    this.parts.writer.write(LIMIT_REACHED)
    this.seen.hasEnded = true
    return true
  }

  fail(error: PaddockError): Buffer {
    return Buffer.from(this.parts.writer.fail(error))
  }

  /** A comment keeps the connection to the caller alive, too. */
  protected passComment(): Buffer {
    return KEEP_ALIVE
  }

  protected relay({ data }: PayloadEvent): Buffer {
    return this.write(this.parts.reader.read(data))
  }

  private write(events: readonly NeutralEvent[]): Buffer {
    let written = ''
    for (const event of events) {
      if (this.isOver()) break
      this.see(event)
      this.note(writtenText(event))
      this.parts.keeper?.note(event)
      written += this.parts.writer.write(event)
    }
    return Buffer.from(written)
  }
}

const KEEP_ALIVE = Buffer.from(':\n\n')
