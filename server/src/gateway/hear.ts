import { PaddockError } from '../base/errors.ts'
import { SseSplitter, type SseEvent } from '../dialects/sse.ts'
import type { StreamRelay } from '../dialects/relay.ts'
import type { ProviderError } from '../dialects/provider-error.ts'
import type { Translation, WholeAnswer } from '../dialects/translation.ts'
import type { CallFailure } from '../providers/call-provider.ts'
import type { Provider } from '../providers/provider.ts'
import type { AnswerForm } from './answer-form.ts'
import { stopped, type Watched } from './deadlines.ts'
import type { Gateway } from './gateway.ts'
import { contentTypeOf, failureBehind, isHeadOf, type Failed } from './head.ts'
import { ownBytes, takeWhole, type Head, type HeadConsumer, type OpenCall } from './open-call.ts'
import { badAnswer, failureOfBody, failureOfCall, noProgress } from './provider-failure.ts'

/**
 * Hears how an answer begins before anything of it is passed on. Until then nobody has seen a byte, so another provider can
 * still be asked: an answer has begun with the first event of a stream that is no error, or when it is there whole.
 */

/** An answer may have this many bytes; the longest texts are a few, images in answers are more. */
const ANSWER_BYTES_MAX = 64 * 1024 * 1024
/** How long a stream may say nothing behind its head, and how long a whole answer may take, in milliseconds. */
export const FIRST_PAYLOAD_MS_MAX = 120_000
const WHOLE_MS_MAX = 900_000
/** A line that comments keep alive is passed on after so long: a caller that hears nothing at all may hang up. */
const ALIVE_MS_MAX = 10_000

export type Begun = BegunStream | BegunWhole | BegunBytes

export type BegunStream = {
  readonly kind: 'stream'
  readonly sse: SseSplitter
  /** What the caller is told, and has been told of what was heard so far. */
  readonly words: StreamRelay
  told: readonly Buffer[]
  /** What came in one piece with the first words. */
  behind: readonly SseEvent[]
  /** Whether nothing more comes. */
  readonly ended: boolean
}

/** What was heard of a stream that has not begun. */
type Heard = Pick<BegunStream, 'sse' | 'words'> & { readonly told: Buffer[] }

export type BegunWhole = {
  readonly kind: 'whole'
  readonly answer: WholeAnswer
  readonly contentType: string
  readonly elapsed: number
}

/** No text: nothing can be heard in it but that it is there. */
export type BegunBytes = { readonly kind: 'bytes'; readonly contentType: string }

/** A call that runs, and what is expected of it. */
export type Asked = {
  readonly call: OpenCall
  readonly translation: Translation
  readonly facts: Provider
  readonly form: AnswerForm
}

/** How it begins, or why it does not. A call that says nothing for too long is cancelled. */
export function hear(gateway: Gateway, asked: Asked): Promise<Begun | Failed> {
  return new Promise((resolve) => {
    const listener = new Listener(gateway, asked, (outcome) => {
      gateway.deadlines.forget(listener)
      resolve(outcome)
    })
    gateway.deadlines.watch(listener)
    asked.call.whenBegun(listener)
  })
}

class Listener implements Watched, HeadConsumer {
  place = -1
  readonly #gateway: Gateway
  readonly #asked: Asked
  readonly #resolve: (outcome: Begun | Failed) => void
  #stream: Heard | null = null
  #status: number | null = null
  /** Whether the provider itself says that it failed. */
  #hasFailed = false
  #since: number
  #ended = false
  #over = false

  constructor(gateway: Gateway, asked: Asked, resolve: (outcome: Begun | Failed) => void) {
    this.#gateway = gateway
    this.#asked = asked
    this.#resolve = resolve
    this.#since = gateway.clock.elapsed()
  }

  head(head: Head | CallFailure): void {
    this.#guard(() => this.#onHead(head))
  }

  #onHead(head: Head | CallFailure): boolean {
    const { form } = this.#asked
    if (!isHeadOf(form, head)) {
      void this.#hearWhy(head)
      return false
    }
    this.#status = head.status
    if (form.begins === 'byte') this.#settle({ kind: 'bytes', contentType: contentTypeOf(head) })
    else if (this.#isStream()) this.#hearStream()
    else this.#hearWhole(contentTypeOf(head))
    return true
  }

  async #hearWhy(head: Head | CallFailure): Promise<void> {
    try {
      this.#settle(await failureBehind(head, this.#asked))
    } catch (thrown) {
      this.#break(thrown)
    }
  }

  /** Asked every second. */
  check(elapsed: number): void {
    const { facts } = this.#asked
    const silentMs = elapsed - this.#since
    if (!this.#isStream()) {
      if (silentMs > WHOLE_MS_MAX)
        this.#giveUp(`The answer of ${facts.id} took longer than ${WHOLE_MS_MAX / 60_000} minutes.`)
    } else if (this.#stream && this.#stream.told.length > 0 && silentMs > ALIVE_MS_MAX) this.#begin(this.#stream, [])
    else if (this.#status !== null && silentMs > FIRST_PAYLOAD_MS_MAX) {
      this.#giveUp(`${facts.id} sent nothing but silence for ${FIRST_PAYLOAD_MS_MAX / 1000} seconds.`)
    }
  }

  stop(): void {
    this.#fail(stopped())
    this.#asked.call.cancel()
  }

  #isStream(): boolean {
    return this.#asked.form.begins === 'event'
  }

  #hearWhole(contentType: string): void {
    takeWhole(this.#asked.call, ANSWER_BYTES_MAX, (body) => {
      this.#guard(() => this.#heardWhole(body, contentType))
    })
  }

  /** False, as nothing more comes. */
  #heardWhole(body: Buffer | CallFailure | null, contentType: string): boolean {
    const { facts, translation } = this.#asked
    if (body === null) throw badAnswer(facts.id, `the answer has more than ${ANSWER_BYTES_MAX} bytes.`)
    if (!Buffer.isBuffer(body)) {
      this.#fail(failureOfCall(facts.id, body), body.kind === 'idle_timeout')
      return false
    }
    const answer = translation.readAnswer(body)
    if (answer.seen.error) throw this.#failed(answer.seen.error)
    this.#settle({ kind: 'whole', answer, contentType, elapsed: this.#gateway.clock.elapsed() })
    return false
  }

  #hearStream(): void {
    const { call, facts, translation } = this.#asked
    const sse = new SseSplitter()
    const stream: Heard = { sse, words: translation.openStream(), told: [] }
    this.#stream = stream
    this.#since = this.#gateway.clock.elapsed()
    call.take({
      // The events outlive this piece, so they may not lie in its memory.
      data: (bytes, isOwn) => this.#guard(() => this.#onEvents(stream, sse.push(ownBytes(bytes, isOwn)))),
      end: () => {
        this.#ended = true
        this.#guard(() => this.#onEvents(stream, sse.end()))
        this.#fail(badAnswer(facts.id, 'its stream ended before its first word.'))
      },
      failure: (failure) => {
        this.#fail(failureOfCall(facts.id, failure), failure.kind === 'idle_timeout')
      },
    })
  }

  /** True while there is more to hear. */
  #onEvents(stream: Heard, events: readonly SseEvent[]): boolean {
    const { words, told } = stream
    for (const [index, event] of events.entries()) {
      // What is kept outlives the splitter's next piece.
      told.push(Buffer.from(words.push(event)))
      const { error } = words.seen
      if (error) throw this.#failed(error)
      if (event.data === null) continue
      this.#begin(stream, events.slice(index + 1))
      return true
    }
    return true
  }

  #begin({ sse, words, told }: Heard, behind: readonly SseEvent[]): void {
    if (this.#over) return
    this.#asked.call.leave()
    this.#settle({ kind: 'stream', sse, words, told, behind, ended: this.#ended })
  }

  #guard(hear: () => boolean): boolean {
    try {
      return hear()
    } catch (thrown) {
      this.#break(thrown)
      return false
    }
  }

  /** What cannot be read is the provider's failure, never the process's. */
  #break(thrown: unknown): void {
    const { call, facts } = this.#asked
    if (!(thrown instanceof PaddockError)) this.#gateway.log.error('answer.unreadable', {}, thrown)
    this.#fail(thrown instanceof PaddockError ? thrown : badAnswer(facts.id, 'it cannot be read.'))
    call.cancel()
  }

  #giveUp(message: string): void {
    this.#fail(noProgress(message), true)
    this.#asked.call.cancel()
  }

  #fail(failure: PaddockError, timeout = false): void {
    this.#settle({ failure, status: this.#status, timeout, billed: !this.#hasFailed && this.#isAtWork() })
  }

  #failed(error: ProviderError): PaddockError {
    this.#hasFailed = true
    return failureOfBody(this.#asked.facts, error)
  }

  /** A stream's head is there at once, and a whole answer's comes with its end: until then, silence may be work. */
  #isAtWork(): boolean {
    return this.#status !== null || !this.#isStream()
  }

  /** The first outcome counts. */
  #settle(outcome: Begun | Failed): void {
    if (this.#over) return
    this.#over = true
    this.#resolve(outcome)
  }
}
