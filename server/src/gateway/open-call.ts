import type {
  CallFailure,
  CallProvider,
  ProviderRequest,
  ProviderSink,
  RunningCall,
} from '../providers/call-provider.ts'

/** The beginning of a provider's answer. */
export type Head = { readonly status: number; readonly headers: Readonly<Record<string, string>> }

/** Hears how an answer begins, or why there is none. */
export type HeadConsumer = { head(outcome: Head | CallFailure): void }

/** Takes the body of an answer. */
export type BodyConsumer = {
  /** Returns false to be given a rest until `resume`. Bytes that are not its own are overwritten once it returns. */
  data(bytes: Uint8Array, isOwn: boolean): boolean
  end(): void
  failure(failure: CallFailure): void
}

export function isFailure(outcome: Head | CallFailure): outcome is CallFailure {
  return 'kind' in outcome
}

/** Something that came before somebody took it: a piece of the body, its end, or why there is none. */
type Waiting = Buffer | 'end' | CallFailure

/** A body often comes in one piece with its head, a moment before it is taken: its provider is not stopped for that. */
const WAITING_BYTES_MAX = 65_536

/**
 * A running call seen in steps: first its head is awaited, then somebody takes its body, and perhaps leaves it to another.
 * What arrives in between waits, and if that is much, the provider is told to wait too.
 */
export class OpenCall implements ProviderSink {
  #consumer: BodyConsumer | null = null
  #running: RunningCall | null = null
  /** What came while nobody took it; null as long as there was nothing. */
  #waiting: Waiting[] | null = null
  #waitingBytes = 0
  #head: Head | CallFailure | null = null
  #headConsumer: HeadConsumer | null = null

  constructor(call: CallProvider, request: ProviderRequest) {
    this.#running = call(request, this)
  }

  /** Tells one consumer, once: when it is known, or now where it is. */
  whenBegun(consumer: HeadConsumer): void {
    this.#headConsumer = consumer
    if (this.#head !== null) consumer.head(this.#head)
  }

  take(taker: BodyConsumer): void {
    this.#consumer = taker
    let wantsMore = true
    // The taker may leave in the middle of what waited; the rest waits on.
    while (this.#consumer === taker && this.#waiting !== null && this.#waiting.length > 0) {
      wantsMore = this.#hand(this.#waiting.shift() ?? 'end', taker)
    }
    if (this.#consumer === taker && wantsMore) this.#running?.resume()
  }

  /** Takes no more of it for now. */
  leave(): void {
    this.#consumer = null
  }

  resume(): void {
    this.#running?.resume()
  }

  cancel(): void {
    this.#running?.cancel()
  }

  // What the provider's side says.

  onHead(status: number, headers: Readonly<Record<string, string>>): void {
    this.#tellHead({ status, headers })
  }

  onData(bytes: Uint8Array): boolean {
    if (this.#consumer) return this.#consumer.data(bytes, false)
    this.#waitingBytes += bytes.length
    this.#wait(Buffer.from(bytes))
    return this.#waitingBytes < WAITING_BYTES_MAX
  }

  onEnd(): void {
    if (this.#consumer) this.#consumer.end()
    else this.#wait('end')
  }

  onFailure(failure: CallFailure): void {
    if (this.#head === null) this.#tellHead(failure)
    if (this.#consumer) this.#consumer.failure(failure)
    else this.#wait(failure)
  }

  #tellHead(outcome: Head | CallFailure): void {
    this.#head = outcome
    this.#headConsumer?.head(outcome)
  }

  #wait(event: Waiting): void {
    if (this.#waiting === null) this.#waiting = [event]
    else this.#waiting.push(event)
  }

  /** Says whether the taker wants more. */
  #hand(event: Waiting, taker: BodyConsumer): boolean {
    if (event === 'end') taker.end()
    else if (Buffer.isBuffer(event)) {
      this.#waitingBytes -= event.length
      return taker.data(event, true)
    } else taker.failure(event)
    return false
  }
}

/** What a consumer may keep of the bytes it was given. */
export function ownBytes(bytes: Uint8Array, isOwn: boolean): Buffer {
  return isOwn && Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes)
}

type Whole = Buffer | CallFailure | null

/** Reads a body whole, up to a limit: null when it is longer (the call is cancelled), the failure where it breaks off. */
export function readWhole(call: OpenCall, bytesMax: number): Promise<Whole> {
  return new Promise((resolve) => {
    takeWhole(call, bytesMax, resolve)
  })
}

/** The same for who can be called back, once. */
export function takeWhole(call: OpenCall, bytesMax: number, whenThere: (body: Whole) => void): void {
  call.take(new WholeBody(call, bytesMax, whenThere))
}

class WholeBody implements BodyConsumer {
  private readonly call: OpenCall
  private readonly bytesMax: number
  private readonly whenThere: (body: Whole) => void
  private readonly parts: Buffer[] = []
  private length = 0

  constructor(call: OpenCall, bytesMax: number, whenThere: (body: Whole) => void) {
    this.call = call
    this.bytesMax = bytesMax
    this.whenThere = whenThere
  }

  data(bytes: Uint8Array, isOwn: boolean): boolean {
    this.length += bytes.length
    if (this.length > this.bytesMax) {
      this.call.leave()
      this.call.cancel()
      this.whenThere(null)
      return false
    }
    this.parts.push(ownBytes(bytes, isOwn))
    return true
  }

  end(): void {
    const { parts } = this
    this.whenThere(parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts, this.length))
  }

  failure(failure: CallFailure): void {
    this.whenThere(failure)
  }
}
