import type { Usage } from '@paddock/contract/usage'
import { asPaddockError, PaddockError } from '../base/errors.ts'
import { completionId, completionModel } from '../dialects/openai-chat/completion.ts'
import { readError } from '../dialects/openai-chat/errors.ts'
import { isDone, readChunk, withoutNullUsage, type ChatChunk } from '../dialects/openai-chat/stream.ts'
import { readUsage, type UsageReading } from '../dialects/openai-chat/usage.ts'
import { SseSplitter, type SseEvent } from '../dialects/sse.ts'
import type { CallFailure } from '../providers/call-provider.ts'
import type { OpenAnswer } from './call.ts'
import type { Watched } from './deadlines.ts'
import type { Exchange } from './exchange.ts'
import type { Gateway } from './gateway.ts'
import type { BodyConsumer } from './open-call.ts'
import { badAnswer, failureOfCall } from './provider-failure.ts'
import type { Relayed } from './relayed.ts'
import { baseHeaders } from './reply.ts'
import type { Plan } from './route.ts'

/** How long a stream may take, in milliseconds. Comments keep a connection alive; only payload counts as progress. */
const FIRST_PAYLOAD_MS_MAX = 120_000
const PAYLOAD_GAP_MS_MAX = 60_000
const STREAM_MS_MAX = 900_000
/** A caller that takes no bytes for so long is as good as gone. */
const STALLED_MS_MAX = 60_000
const PROGRESS_EVERY_MS = 2_000

type Relay = { readonly plan: Plan; readonly answer: OpenAnswer }

/** Passes a stream of events on as it arrives and resolves when it has ended, with its end mark held back. */
export function relayEvents(gateway: Gateway, exchange: Exchange, relay: Relay): Promise<Relayed> {
  return new Promise((resolve) => {
    const events = new EventRelay(gateway, exchange, { ...relay, resolve })
    gateway.deadlines.watch(events)
    relay.answer.call.take(events)
  })
}

class EventRelay implements BodyConsumer, Watched {
  readonly #gateway: Gateway
  readonly #exchange: Exchange
  readonly #relay: Relay & { resolve: (relayed: Relayed) => void }
  readonly #sse = new SseSplitter()
  #ended = false
  #held: Buffer | null = null
  #usage: Usage | null = null
  #usageProblem: string | null = null
  #answeredModel: string | null = null
  #providerRequestId: string | null = null
  #firstByteElapsed: number | null = null
  #text = ''
  #chunks = 0
  #payloadElapsed: number
  #progressElapsed: number
  #progressChunks = 0
  #stalledElapsed: number | null = null

  constructor(gateway: Gateway, exchange: Exchange, relay: Relay & { resolve: (relayed: Relayed) => void }) {
    this.#gateway = gateway
    this.#exchange = exchange
    this.#relay = relay
    this.#payloadElapsed = gateway.clock.elapsed()
    this.#progressElapsed = this.#payloadElapsed
    const bills = relay.answer.target.provider.facts.abortBills
    exchange.whenGone(() => {
      // A provider that bills the whole answer anyway is heard out, without a reader; any other is stopped.
      if (bills === 'full') relay.answer.call.resume()
      else relay.answer.call.cancel()
    })
    if (exchange.gone && bills !== 'full') relay.answer.call.cancel()
  }

  data(bytes: Uint8Array): boolean {
    return this.#ended || this.#guard(() => this.#relayEvents(this.#sse.push(bytes)))
  }

  end(): void {
    if (this.#ended) return
    this.#guard(() => this.#relayEvents(this.#sse.end()))
    if (this.#held) this.#finish(null)
    else if (!this.#ended) this.#finish(this.#bad('its stream ended before its end mark.'))
  }

  failure(failure: CallFailure): void {
    if (this.#ended) return
    const { id } = this.#relay.answer.target.provider.facts
    this.#finish(failureOfCall(id, failure), failure.kind === 'idle_timeout')
  }

  /** Asked every second. */
  check(elapsed: number): void {
    const { id } = this.#relay.answer.target.provider.facts
    const gapMax = this.#chunks === 0 ? FIRST_PAYLOAD_MS_MAX : PAYLOAD_GAP_MS_MAX
    if (this.#stalledElapsed !== null) {
      if (elapsed - this.#stalledElapsed > STALLED_MS_MAX) this.#exchange.response.destroy()
    } else if (elapsed - this.#payloadElapsed > gapMax) {
      this.#breakOff(late(`${id} sent nothing but silence or comments for ${gapMax / 1000} seconds.`), true)
    } else if (elapsed - this.#exchange.acceptedElapsed > STREAM_MS_MAX) {
      this.#breakOff(late(`The answer of ${id} took longer than ${STREAM_MS_MAX / 60_000} minutes.`), true)
    }
    this.#noteProgress(elapsed)
  }

  stop(): void {
    this.#breakOff(
      new PaddockError('server_shutdown', {
        message: 'This server is stopping, and the answer was not whole in time. Send the request again.',
      }),
    )
  }

  /** What a stage of the stream throws ends the answer, never the process. */
  #guard(relay: () => boolean): boolean {
    try {
      return relay()
    } catch (thrown) {
      if (thrown instanceof PaddockError) this.#breakOff(thrown)
      else {
        this.#gateway.log.error('stream.failed', { request_id: this.#exchange.id }, thrown)
        this.#breakOff(asPaddockError(thrown))
      }
      return true
    }
  }

  #relayEvents(events: readonly SseEvent[]): boolean {
    const passed: Buffer[] = []
    try {
      for (const event of events) this.#onEvent(event, passed)
    } finally {
      // What came before a broken event was good, and goes out before the caller is told of the rest.
      this.#pass(passed)
    }
    return !this.#isBlocked()
  }

  #onEvent(event: SseEvent, passed: Buffer[]): void {
    // What comes behind the end mark belongs to nothing.
    if (this.#held) return
    if (event.data === null) {
      passed.push(event.raw)
      return
    }
    this.#payloadElapsed = this.#gateway.clock.elapsed()
    if (isDone(event.data)) {
      this.#held = Buffer.from(event.raw)
      return
    }
    const chunk = readChunk(event.data)
    if (chunk.kind === 'error') throw this.#said(readError(200, event.data).message)
    this.#noteChunk(chunk)
    if (this.#relay.plan.order.chat.includeUsage) passed.push(event.raw)
    else if (chunk.kind !== 'usage') passed.push(withoutNullUsage(event, chunk))
  }

  #noteChunk({ json, text, usage }: ChatChunk): void {
    if (this.#chunks === 0) {
      this.#answeredModel = completionModel(json.root)
      this.#providerRequestId = completionId(json.root)
    }
    this.#chunks += 1
    this.#text += text
    if (usage) this.#noteUsage(readUsage(usage, this.#relay.answer.target.provider.facts.usage))
  }

  /** The last usage of a stream counts: some providers send a growing one with every chunk. */
  #noteUsage(reading: UsageReading): void {
    this.#usage = reading.kind === 'usage' ? reading.usage : null
    this.#usageProblem = reading.kind === 'usage' ? null : reading.problem
  }

  /** True while the caller is slower than the provider, which then has to wait. */
  #isBlocked(): boolean {
    return this.#stalledElapsed !== null && !this.#exchange.gone
  }

  #pass(passed: readonly Buffer[]): void {
    const { response } = this.#exchange
    if (passed.length === 0 || this.#exchange.gone) return
    if (!response.headersSent) this.#sendHead()
    const [only] = passed
    const bytes = passed.length === 1 && only ? Buffer.from(only) : Buffer.concat(passed)
    if (response.write(bytes) || this.#stalledElapsed !== null) return
    this.#stalledElapsed = this.#gateway.clock.elapsed()
    response.once('drain', () => {
      this.#stalledElapsed = null
      this.#payloadElapsed = this.#gateway.clock.elapsed()
      this.#relay.answer.call.resume()
    })
  }

  #sendHead(): void {
    this.#firstByteElapsed = this.#gateway.clock.elapsed()
    this.#exchange.response.writeHead(200, {
      ...baseHeaders(this.#exchange),
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
      'x-accel-buffering': 'no',
      'x-paddock-provider': this.#relay.answer.target.provider.facts.id,
      'x-paddock-model': this.#relay.answer.target.model,
    })
  }

  #noteProgress(elapsed: number): void {
    if (elapsed - this.#progressElapsed < PROGRESS_EVERY_MS || this.#chunks === this.#progressChunks) return
    this.#progressElapsed = elapsed
    this.#progressChunks = this.#chunks
    // A chunk is about a token; it is only used if the process dies before the answer ends.
    this.#gateway.books.progress({ id: this.#exchange.id, output: this.#chunks })
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
    this.#relay.resolve({
      failure,
      timedOut,
      usage: this.#usage,
      usageProblem: this.#usageProblem,
      begun: this.#chunks > 0,
      producedText: () => this.#text,
      answeredModel: this.#answeredModel,
      providerRequestId: this.#providerRequestId,
      firstByteElapsed: this.#firstByteElapsed,
      heldBytes: this.#held,
    })
  }

  #said(what: string): PaddockError {
    return new PaddockError('provider_error', {
      message: `${this.#relay.answer.target.provider.facts.id} says: ${what}`,
    })
  }

  #bad(what: string): PaddockError {
    return badAnswer(this.#relay.answer.target.provider.facts.id, what)
  }
}

function late(message: string): PaddockError {
  return new PaddockError('provider_no_progress', { message })
}
