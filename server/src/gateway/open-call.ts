import type {
  CallFailure,
  CallProvider,
  ProviderRequest,
  ProviderSink,
  RunningCall,
} from '../providers/call-provider.ts'

/** The beginning of a provider's answer. */
export type Head = { readonly status: number; readonly headers: Readonly<Record<string, string>> }

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
  #tellHead: (outcome: Head | CallFailure) => void = () => undefined
  readonly #head: Promise<Head | CallFailure>

  constructor(call: CallProvider, request: ProviderRequest) {
    this.#head = new Promise((resolve) => {
      this.#tellHead = resolve
    })
    this.#running = call(request, this)
  }

  head(): Promise<Head | CallFailure> {
    return this.#head
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
    this.#tellHead(failure)
    if (this.#consumer) this.#consumer.failure(failure)
    else this.#wait(failure)
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

/** Reads a body whole, up to a limit: null when it is longer (the call is cancelled) or broken off. */
export function readWhole(call: OpenCall, bytesMax: number): Promise<Buffer | CallFailure | null> {
  return new Promise((resolve) => {
    const parts: Buffer[] = []
    let length = 0
    call.take({
      data: (bytes, isOwn) => {
        length += bytes.length
        if (length > bytesMax) {
          call.cancel()
          resolve(null)
          return false
        }
        parts.push(isOwn && Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes))
        return true
      },
      end: () => {
        resolve(parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts, length))
      },
      failure: (failure) => {
        resolve(failure)
      },
    })
  })
}
