import { PaddockError } from '../base/errors.ts'

/** Splits a text/event-stream (HTML standard, section 9.2) into its events, as bytes and however the network cut it. */

export type SseEvent = {
  /** All bytes from behind the event before to behind this one's blank line: the raws of a stream, joined, are the stream. */
  readonly raw: Buffer
  /** The payload: the data lines joined by line feeds. Null for an event without one, such as a keep-alive comment. */
  readonly data: Buffer | null
}

/** An event is a token or two; what is longer than this is no event but an attack on our memory. */
const EVENT_BYTES_MAX = 8 * 1024 * 1024

const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d
const SPACE = 0x20
const LINE_BREAK = Buffer.from('\n')
const NOTHING = Buffer.alloc(0)
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf])
const DATA_FIELD = Buffer.from('data:')
const DATA_FIELD_ALONE = Buffer.from('data')

/**
 * Feed it with `push`, and call `end` behind the last byte. Events hold the bytes they were found in, so they are valid
 * until the next call. A carriage return at the end of what has come waits for the next byte, which may be its line feed.
 */
export class SseSplitter {
  private readonly rest = new Rest()
  private window: Buffer = NOTHING
  private eventStart = 0
  private lineStart = 0
  private searchedTo = 0
  /** The next line feed and carriage return not before `searchedTo`; the window's length where there is none; -1 unknown. */
  private lineFeedAt = -1
  private carriageReturnAt = -1
  /** Where the payload's first line begins and ends, counted from the start of the open event; -1 while there is none. */
  private payloadFrom = -1
  private payloadTo = -1
  /** The same of its further lines by turns; null where there are none, as in nearly every event. */
  private furtherLines: number[] | null = null
  private atStreamStart = true
  private ended = false

  /** Throws provider_bad_answer when an event does not end within 8 MiB. */
  push(chunk: Uint8Array): SseEvent[] {
    this.window = this.rest.followedBy(chunk)
    this.lineFeedAt = -1
    this.carriageReturnAt = -1
    const first = this.nextEvent()
    // Most of what comes is one event: an array that is made with one is smaller than one that grows.
    const events = first === null ? [] : [first]
    for (let event = first && this.nextEvent(); event !== null; event = this.nextEvent()) events.push(event)
    this.keepRest()
    return events
  }

  /** The events that were still open: one that has no blank line behind it counts too. */
  end(): SseEvent[] {
    this.ended = true
    const events = this.push(NOTHING)
    if (this.lineStart < this.window.length) this.readLine(this.window.length)
    return this.window.length === 0 ? events : [...events, this.finishEvent(this.window.length)]
  }

  private nextEvent(): SseEvent | null {
    for (let end = this.lineEnd(); end !== null; end = this.lineEnd()) {
      const isBlank = this.readLine(end)
      this.lineStart = this.behindLine(end)
      this.searchedTo = this.lineStart
      if (isBlank) return this.finishEvent(this.lineStart)
    }
    return null
  }

  /** The offset of the bytes that end the line which starts at `lineStart`, or null while they have not come. */
  private lineEnd(): number | null {
    this.lineFeedAt = this.find(LINE_FEED, this.lineFeedAt)
    this.carriageReturnAt = this.find(CARRIAGE_RETURN, this.carriageReturnAt)
    const end = Math.min(this.lineFeedAt, this.carriageReturnAt)
    this.searchedTo = end
    const mayBeHalf = end === this.carriageReturnAt && end === this.window.length - 1 && !this.ended
    return end === this.window.length || mayBeHalf ? null : end
  }

  private find(byte: number, known: number): number {
    if (known >= this.searchedTo) return known
    if (this.window[this.searchedTo] === byte) return this.searchedTo
    const found = this.window.indexOf(byte, this.searchedTo)
    return found === -1 ? this.window.length : found
  }

  private behindLine(end: number): number {
    return this.window[end] === CARRIAGE_RETURN && this.window[end + 1] === LINE_FEED ? end + 2 : end + 1
  }

  /** True when the line is blank. Fields other than data do not concern who only passes events on. */
  private readLine(end: number): boolean {
    const start =
      this.atStreamStart && startsWith(this.window, this.lineStart, BYTE_ORDER_MARK)
        ? this.lineStart + 3
        : this.lineStart
    this.atStreamStart = false
    if (startsWith(this.window, start, DATA_FIELD)) {
      const from = start + DATA_FIELD.length
      this.addPayload(this.window[from] === SPACE && from < end ? from + 1 : from, end)
    } else if (end - start === DATA_FIELD_ALONE.length && startsWith(this.window, start, DATA_FIELD_ALONE)) {
      this.addPayload(end, end)
    }
    return start === end
  }

  private finishEvent(behind: number): SseEvent {
    const { window, eventStart } = this
    const isWindow = eventStart === 0 && behind === window.length
    const event = { raw: isWindow ? window : window.subarray(eventStart, behind), data: this.payload() }
    if (event.raw.length > EVENT_BYTES_MAX) throw tooLong()
    this.payloadFrom = -1
    this.furtherLines = null
    this.eventStart = behind
    return event
  }

  private addPayload(from: number, to: number): void {
    const { eventStart } = this
    if (this.payloadFrom === -1) {
      this.payloadFrom = from - eventStart
      this.payloadTo = to - eventStart
    } else {
      this.furtherLines ??= []
      this.furtherLines.push(from - eventStart, to - eventStart)
    }
  }

  private payload(): Buffer | null {
    const { window, eventStart, payloadFrom, furtherLines } = this
    if (payloadFrom === -1) return null
    const first = window.subarray(eventStart + payloadFrom, eventStart + this.payloadTo)
    if (furtherLines === null) return first
    const lines = [first]
    for (let index = 0; index < furtherLines.length; index += 2) {
      const [from = 0, to = 0] = [furtherLines[index], furtherLines[index + 1]]
      lines.push(LINE_BREAK, window.subarray(eventStart + from, eventStart + to))
    }
    return Buffer.concat(lines)
  }

  /** Everything before the open event is done with: offsets count from its start from now on. */
  private keepRest(): void {
    const { eventStart } = this
    this.window = this.rest.keep(this.window, eventStart)
    if (this.window.length > EVENT_BYTES_MAX) throw tooLong()
    this.lineStart -= eventStart
    this.searchedTo -= eventStart
    this.eventStart = 0
  }
}

function startsWith(bytes: Buffer, at: number, opening: Buffer): boolean {
  for (let index = 0; index < opening.length; index += 1) if (bytes[at + index] !== opening[index]) return false
  return true
}

function tooLong(): PaddockError {
  return new PaddockError('provider_bad_answer', {
    message: `The provider sent an event that does not end within ${EVENT_BYTES_MAX} bytes. The answer is cut off here.`,
  })
}

/** The bytes of an unfinished event, in a store that grows by doubling: a long event costs what it is long, not its square. */
class Rest {
  private store = Buffer.alloc(0)
  private from = 0
  private to = 0
  /** Whether the present window lies in the store, and not in the chunk that came. */
  private holdsWindow = false

  /** What was kept, followed by a chunk. Nothing is copied when nothing was kept. */
  followedBy(chunk: Uint8Array): Buffer {
    const kept = this.to - this.from
    this.holdsWindow = kept > 0
    if (!this.holdsWindow)
      return Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    this.moveToFront(kept + chunk.length)
    this.store.set(chunk, kept)
    this.to = kept + chunk.length
    return this.store.subarray(0, this.to)
  }

  /** Keeps the end of the window. If that lies in the store already, the events before it stay where they are. */
  keep(window: Buffer, from: number): Buffer {
    if (from === window.length) {
      this.from = 0
      this.to = 0
      return NOTHING
    }
    if (this.holdsWindow) {
      this.from = from
    } else {
      this.moveToFront(window.length - from)
      window.copy(this.store, 0, from)
      this.to = window.length - from
    }
    return this.store.subarray(this.from, this.to)
  }

  private moveToFront(room: number): void {
    const kept = this.store.subarray(this.from, this.to)
    if (room > this.store.length) {
      this.store = Buffer.concat([kept], Math.max(room, this.store.length * 2))
    } else {
      this.store.copyWithin(0, this.from, this.to)
    }
    this.from = 0
    this.to = kept.length
  }
}
