import { asPaddockError, PaddockError } from '../base/errors.ts'
import type { StreamRelay } from '../dialects/relay.ts'
import type { SseEvent, SseSplitter } from '../dialects/sse.ts'
import type { CallFailure } from '../providers/call-provider.ts'
import type { OpenAnswer } from './attempt.ts'
import { ChunkedAnswer } from './chunked-answer.ts'
import { stopped, type Watched } from './deadlines.ts'
import { isNoted, noteSent, type Exchange } from './exchange.ts'
import type { Gateway } from './gateway.ts'
import { FIRST_PAYLOAD_MS_MAX, type BegunStream } from './hear.ts'
import type { BodyConsumer } from './open-call.ts'
import { badAnswer, failureOfBody, failureOfCall, noProgress } from './provider-failure.ts'
import { relayed, type Relayed } from './relayed.ts'
import { headerList, streamHeaders } from './reply.ts'

/** How long a stream may take, in milliseconds. Comments keep a connection alive; only payload counts as progress. */
const PAYLOAD_GAP_MS_MAX = 60_000
const STREAM_MS_MAX = 900_000
/** A caller that takes no bytes for so long is as good as gone. */
const STALLED_MS_MAX = 60_000
const PROGRESS_EVERY_MS = 2_000

type Relay = { readonly answer: OpenAnswer; readonly begun: BegunStream }

/** Passes a stream of events on as it arrives and resolves when it has ended, with its end mark held back. */
export function relayEvents(gateway: Gateway, exchange: Exchange, relay: Relay): Promise<Relayed> {
  return new Promise((resolve) => {
    const events = new EventRelay(gateway, exchange, { ...relay, resolve })
    gateway.deadlines.watch(events)
    events.begin(relay.begun)
    if (!relay.begun.ended) relay.answer.call.take(events)
  })
}

class EventRelay implements BodyConsumer, Watched {
  place = -1
  readonly #gateway: Gateway
  readonly #exchange: Exchange
  readonly #relay: Relay & { resolve: (relayed: Relayed) => void }
  readonly #sse: SseSplitter
  /** Tells the caller what the provider says, in the caller's dialect. */
  readonly #words: StreamRelay
  readonly #answer: ChunkedAnswer
  #ended = false
  #stopped = false
  #firstByteElapsed: number | null = null
  #payloadElapsed: number
  #progressElapsed: number
  #progressEvents = 0
  #stalledElapsed: number | null = null

  constructor(gateway: Gateway, exchange: Exchange, relay: Relay & { resolve: (relayed: Relayed) => void }) {
    this.#gateway = gateway
    this.#exchange = exchange
    this.#relay = relay
    this.#sse = relay.begun.sse
    this.#words = relay.begun.words
    this.#answer = new ChunkedAnswer(exchange.response)
    this.#payloadElapsed = gateway.clock.elapsed()
    this.#progressElapsed = this.#payloadElapsed
  }

  /** What was heard before it was clear that this answer is the one. */
  begin(begun: BegunStream): void {
    const { told, behind, ended } = begun
    // Others keep this to the end of the answer, and what was heard is done with now.
    begun.told = []
    begun.behind = []
    try {
      for (const bytes of told) this.#answer.add(bytes)
      this.#send()
      this.#relayEvents(behind)
    } catch (thrown) {
      this.#break(thrown)
    }
    if (ended) this.end([])
  }

  data(bytes: Uint8Array): boolean {
    if (this.#ended) return true
    try {
      return this.#relayEvents(this.#sse.push(bytes))
    } catch (thrown) {
      this.#break(thrown)
      return true
    }
  }

  end(last?: readonly SseEvent[]): void {
    if (this.#ended) return
    try {
      this.#relayEvents(last ?? this.#sse.end())
      this.#answer.add(this.#words.finish())
      this.#send()
    } catch (thrown) {
      this.#break(thrown)
    }
    if (this.#ended) return
    if (this.#words.seen.hasEnded) this.#finish(null)
    else this.#finish(this.#bad('its stream ended before its end mark.'))
  }

  failure(failure: CallFailure): void {
    if (this.#ended) return
    const { id } = this.#relay.answer.target.provider.facts
    this.#finish(failureOfCall(id, failure), failure.kind === 'idle_timeout')
  }

  /** Asked every second. */
  check(elapsed: number): void {
    const { id } = this.#relay.answer.target.provider.facts
    const gapMax = this.#words.seen.events === 0 ? FIRST_PAYLOAD_MS_MAX : PAYLOAD_GAP_MS_MAX
    if (this.#stalledElapsed !== null) {
      if (elapsed - this.#stalledElapsed > STALLED_MS_MAX) this.#exchange.response.destroy()
    } else if (elapsed - this.#payloadElapsed > gapMax) {
      this.#breakOff(noProgress(`${id} sent nothing but silence or comments for ${gapMax / 1000} seconds.`), true)
    } else if (elapsed - this.#exchange.acceptedElapsed > STREAM_MS_MAX) {
      this.#breakOff(noProgress(`The answer of ${id} took longer than ${STREAM_MS_MAX / 60_000} minutes.`), true)
    }
    this.#noteProgress(elapsed)
  }

  stop(): void {
    this.#breakOff(stopped())
  }

  /** What a stage of the stream throws ends the answer, never the process. */
  #break(thrown: unknown): void {
    if (!(thrown instanceof PaddockError))
      this.#gateway.log.error('stream.failed', { request_id: this.#exchange.id }, thrown)
    this.#breakOff(asPaddockError(thrown))
  }

  #relayEvents(events: readonly SseEvent[]): boolean {
    try {
      for (const event of events) {
        this.#onEvent(event)
        if (this.#mustStop()) break
      }
    } finally {
      // What came before a broken event was good, and goes out before the caller is told of the rest.
      this.#send()
    }
    if (this.#stopped && !this.#ended) {
      this.#finish(null)
      this.#relay.answer.call.cancel()
    }
    return !this.#isBlocked()
  }

  /** Where no money can be held for more, the answer ends as one that has reached its limit. */
  #mustStop(): boolean {
    const { hold } = this.#exchange
    if (hold === null || hold.covers(this.#words.seen)) return false
    this.#stopped = this.#words.cut()
    return this.#stopped
  }

  #onEvent(event: SseEvent): void {
    if (event.data !== null) this.#payloadElapsed = this.#gateway.clock.elapsed()
    this.#answer.add(this.#words.push(event))
    const { error } = this.#words.seen
    if (error) throw failureOfBody(this.#relay.answer.target.provider.facts, error)
  }

  /** True while the caller is slower than the provider, which then has to wait. */
  #isBlocked(): boolean {
    return this.#stalledElapsed !== null && !this.#exchange.gone
  }

  #send(): void {
    const exchange = this.#exchange
    if (this.#answer.isEmpty) return
    // These bytes lie where the next ones will.
    if (isNoted(exchange)) noteSent(exchange, Buffer.from(this.#answer.added))
    if (exchange.gone) {
      this.#answer.drop()
      return
    }
    if (this.#firstByteElapsed === null) this.#sendHead()
    if (this.#answer.send() || this.#stalledElapsed !== null) return
    this.#stalledElapsed = this.#gateway.clock.elapsed()
    this.#answer.onceDrained(() => {
      this.#stalledElapsed = null
      this.#payloadElapsed = this.#gateway.clock.elapsed()
      this.#relay.answer.call.resume()
    })
  }

  #sendHead(): void {
    this.#firstByteElapsed = this.#gateway.clock.elapsed()
    const { provider, model } = this.#relay.answer.target
    const headers = headerList(this.#exchange).concat(streamHeaders({ provider: provider.facts.id, model }))
    this.#exchange.response.writeHead(200, headers)
  }

  #noteProgress(elapsed: number): void {
    const { events } = this.#words.seen
    if (elapsed - this.#progressElapsed < PROGRESS_EVERY_MS || events === this.#progressEvents) return
    this.#progressElapsed = elapsed
    this.#progressEvents = events
    // An event is about a token; it is only used if the process dies before the answer ends.
    this.#gateway.books.progress({ id: this.#exchange.id, output: events })
  }

  /** Ends the answer from our side: the provider is told to stop. */
  #breakOff(failure: PaddockError, timedOut = false): void {
    if (this.#ended) return
    this.#finish(failure, timedOut)
    this.#relay.answer.call.cancel()
  }

  #finish(failure: PaddockError | null, timedOut = false): void {
    this.#ended = true
    this.#gateway.deadlines.forget(this)
    this.#exchange.whenGone(null)
    const words = this.#words
    this.#relay.resolve(
      relayed(words.seen, {
        failure,
        timedOut,
        stopped: this.#stopped,
        held: (counted) => words.held(counted),
        firstByteElapsed: this.#firstByteElapsed,
        failBytes: (error) => words.fail(error),
      }),
    )
  }

  #bad(what: string): PaddockError {
    return badAnswer(this.#relay.answer.target.provider.facts.id, what)
  }
}
