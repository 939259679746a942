import { PaddockError } from '../../base/errors.ts'
import type { CallFailure } from '../../providers/call-provider.ts'
import type { OpenAnswer } from '../attempt.ts'
import type { Watched } from '../deadlines.ts'
import { noteSent, type Exchange } from '../exchange.ts'
import type { Gateway } from '../gateway.ts'
import type { BegunBytes } from '../hear.ts'
import type { BodyConsumer } from '../open-call.ts'
import { badAnswer, failureOfCall } from '../provider-failure.ts'
import { relayed, type Relayed } from '../relayed.ts'
import { baseHeaders } from '../reply.ts'

/** How long it may take in all, and how long a caller may take no bytes, in milliseconds. Silence ends the call itself. */
const BYTES_MS_MAX = 900_000
const STALLED_MS_MAX = 60_000

/** Passes an answer that is no text on as it arrives; its last byte is held back until the entry is safe. */
export function relayBytes(gateway: Gateway, exchange: Exchange, { answer, begun }: Answered): Promise<Relayed> {
  return new Promise((resolve) => {
    const relay = new ByteRelay(gateway, exchange, { answer, begun, resolve })
    gateway.deadlines.watch(relay)
    answer.call.take(relay)
  })
}

const NOTHING = Buffer.alloc(0)

type Answered = { readonly answer: OpenAnswer; readonly begun: BegunBytes }
type Relaying = Answered & { readonly resolve: (relayed: Relayed) => void }

class ByteRelay implements BodyConsumer, Watched {
  readonly #gateway: Gateway
  readonly #exchange: Exchange
  readonly #relaying: Relaying
  readonly #providerId: string
  /** The last byte that came. */
  #held: Buffer = NOTHING
  #firstByteElapsed: number | null = null
  #stalledElapsed: number | null = null
  #ended = false

  constructor(gateway: Gateway, exchange: Exchange, relaying: Relaying) {
    this.#gateway = gateway
    this.#exchange = exchange
    this.#relaying = relaying
    this.#providerId = relaying.answer.target.provider.facts.id
  }

  data(bytes: Uint8Array): boolean {
    if (this.#ended) return true
    this.#firstByteElapsed ??= this.#gateway.clock.elapsed()
    if (bytes.length > 0) {
      this.#pass(Buffer.concat([this.#held, bytes.subarray(0, -1)]))
      this.#held = Buffer.from(bytes.subarray(-1))
    }
    return this.#stalledElapsed === null || this.#exchange.gone
  }

  end(): void {
    this.#finish(this.#held.length === 0 ? badAnswer(this.#providerId, 'it is empty.') : null)
  }

  failure(failure: CallFailure): void {
    this.#finish(failureOfCall(this.#providerId, failure), failure.kind === 'idle_timeout')
  }

  /** Asked every second. */
  check(elapsed: number): void {
    if (this.#stalledElapsed !== null && !this.#exchange.gone) {
      if (elapsed - this.#stalledElapsed > STALLED_MS_MAX) this.#exchange.response.destroy()
    } else if (elapsed - this.#exchange.acceptedElapsed > BYTES_MS_MAX) {
      const message = `The answer of ${this.#providerId} took longer than ${BYTES_MS_MAX / 60_000} minutes.`
      this.#breakOff(new PaddockError('provider_no_progress', { message }), true)
    }
  }

  stop(): void {
    const message = 'This server is stopping, and the answer was not whole in time. Send the request again.'
    this.#breakOff(new PaddockError('server_shutdown', { message }))
  }

  #pass(bytes: Buffer): void {
    const { response } = this.#exchange
    if (bytes.length === 0) return
    noteSent(this.#exchange, bytes)
    if (this.#exchange.gone) return
    if (!response.headersSent) this.#sendHead()
    if (response.write(bytes) || this.#stalledElapsed !== null) return
    this.#stalledElapsed = this.#gateway.clock.elapsed()
    response.once('drain', () => {
      this.#stalledElapsed = null
      this.#relaying.answer.call.resume()
    })
  }

  #sendHead(): void {
    const { target } = this.#relaying.answer
    const { contentType } = this.#relaying.begun
    this.#exchange.isCut = true
    this.#exchange.response.writeHead(200, {
      ...baseHeaders(this.#exchange),
      'content-type': contentType,
      'x-paddock-provider': this.#providerId,
      'x-paddock-model': target.model,
    })
  }

  #breakOff(failure: PaddockError, timedOut = false): void {
    if (this.#ended) return
    this.#finish(failure, timedOut)
    this.#relaying.answer.call.cancel()
  }

  #finish(failure: PaddockError | null, timedOut = false): void {
    if (this.#ended) return
    this.#ended = true
    this.#gateway.deadlines.forget(this)
    this.#exchange.whenGone(null)
    const events = this.#firstByteElapsed === null ? 0 : 1
    const seen = {
      id: null,
      model: null,
      usage: null,
      written: '',
      writtenBytes: 0,
      events,
      error: null,
      hasEnded: failure === null,
    }
    this.#relaying.resolve(
      relayed(seen, {
        failure,
        timedOut,
        firstByteElapsed: this.#firstByteElapsed,
        held: () => this.#held,
        contentType: this.#relaying.begun.contentType,
      }),
    )
  }
}
