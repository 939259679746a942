import type { CallFailure, ProviderRequest, ProviderSink, RunningCall } from '../call-provider.ts'
import { openDecoder } from '../../base/http.ts'
import { bodyDecoder, type BodyDecoder } from './body-decoder.ts'
import type { Carried, Connection } from './connection.ts'
import { requestHead } from './request-head.ts'
import type { HttpTarget } from './target.ts'
import { ResponseParser, type ResponseEvents, type ResponseHead } from './response-parser.ts'

/** How long each phase of an exchange may be silent, in milliseconds. */
export type PhaseLimits = { readonly connectMsMax: number; readonly headersMsMax: number; readonly idleMsMax: number }

type Phase = 'connecting' | 'head' | 'body' | 'over'

const TIMEOUTS: Readonly<Record<Exclude<Phase, 'over'>, { kind: CallFailure['kind']; words: string }>> = {
  connecting: { kind: 'connect_timeout', words: 'did not accept a connection in time' },
  head: { kind: 'headers_timeout', words: 'did not begin an answer in time' },
  body: { kind: 'idle_timeout', words: 'began an answer and then fell silent' },
}

/** One request and its answer: what a connection carries on one side, the handle of a call on the other. */
export class Exchange implements Carried, RunningCall, ResponseEvents {
  /** Let go of once it is sent: an answer can take long, and a prompt is large. */
  #request: ProviderRequest | null
  readonly #target: HttpTarget
  readonly #limits: PhaseLimits
  readonly #sink: ProviderSink
  readonly #parser = new ResponseParser(this)
  #connection: Connection | null = null
  #decoder: BodyDecoder | null = null
  #goneBy: Error | null = null
  #phase: Phase = 'connecting'

  constructor(
    request: ProviderRequest,
    { target, limits, sink }: { target: HttpTarget; limits: PhaseLimits; sink: ProviderSink },
  ) {
    this.#request = request
    this.#target = target
    this.#limits = request.limits === undefined ? limits : { ...limits, ...request.limits }
    this.#sink = sink
  }

  /** Begins on a connection that carries nothing else. */
  start(connection: Connection): void {
    this.#connection = connection
    // One that stands already goes straight on to the next phase, which has a limit of its own.
    if (!connection.isReady) connection.limitSilence(this.#limits.connectMsMax)
    connection.carry(this)
  }

  resume(): void {
    // Not at once: whoever resumes must not be entered again while it does.
    queueMicrotask(() => {
      if (this.#decoder === null) this.#readOn()
      else this.#decoder.resume()
    })
  }

  cancel(): void {
    this.#fail('cancelled', `The call to ${this.#target.origin} was cancelled.`)
  }

  // What the connection says.

  onReady(): void {
    const request = this.#request
    if (request === null) return
    this.#request = null
    const head = requestHead(this.#target, request)
    if (head === null) {
      this.#fail(
        'unreachable',
        `A header of the request to ${this.#target.origin} holds a character that cannot be sent.`,
      )
      return
    }
    this.#phase = 'head'
    this.#connection?.limitSilence(this.#limits.headersMsMax)
    this.#connection?.write(head, request.body)
  }

  onBytes(bytes: Buffer): void {
    const before = this.#phase
    this.#parser.push(bytes)
    // An answer that came whole in one piece is over by now, and nothing has to be watched.
    const hasBegun = before === 'head' && this.#phase === 'body'
    if (hasBegun && !this.#parser.isPaused) this.#connection?.limitSilence(this.#limits.idleMsMax)
  }

  onGone(error: Error | null): void {
    this.#connection = null
    this.#goneBy = error
    this.#parser.close()
  }

  onSilence(): void {
    if (this.#phase === 'over') return
    const { kind, words } = TIMEOUTS[this.#phase]
    this.#fail(kind, `${this.#target.origin} ${words}.`)
  }

  // What the parser finds in it.

  onHead({ status, headers }: ResponseHead): void {
    this.#phase = 'body'
    const encoding = headers['content-encoding']?.toLowerCase() ?? 'identity'
    if (status >= 300 && status < 400) this.onBroken(redirectReason(status, headers))
    else if (encoding === 'identity') this.#sink.onHead(status, headers)
    else this.#startDecoding(encoding, { status, headers })
  }

  onBody(bytes: Buffer): boolean {
    const wantsMore = this.#decoder === null ? this.#sink.onData(bytes) : this.#decoder.write(bytes)
    if (!wantsMore) {
      this.#connection?.pause()
      // Whoever is told to wait is not silent.
      this.#connection?.limitSilence(0)
    }
    return wantsMore
  }

  /** The parser has the whole body, so the connection is free; a decoder may still be at work. */
  onWhole(): void {
    this.#release()
    if (this.#decoder === null) this.#end()
    else this.#decoder.end()
  }

  onCutOff(): void {
    const { origin } = this.#target
    const reason = reasonOf(this.#goneBy)
    if (this.#phase === 'connecting') this.#fail('unreachable', `${origin} cannot be reached${reason}.`)
    else this.#fail('reset', `${origin} closed the connection before the answer was whole${reason}.`)
  }

  onBroken(reason: string): void {
    this.#fail('bad_answer', `The answer of ${this.#target.origin} cannot be used: ${reason}.`)
  }

  #startDecoding(encoding: string, { status, headers }: ResponseHead): void {
    const stream = openDecoder(encoding)
    if (stream === null) {
      this.onBroken('it has a content-encoding that was not asked for and is not known')
      return
    }
    this.#decoder = bodyDecoder(stream, encoding, {
      onBytes: (bytes) => this.#sink.onData(bytes),
      onDrain: () => {
        this.#readOn()
      },
      onEnd: () => {
        this.#end()
      },
      onBroken: (reason) => {
        this.onBroken(reason)
      },
    })
    const { 'content-encoding': _, 'content-length': __, ...others } = headers
    this.#sink.onHead(status, others)
  }

  #readOn(): void {
    if (!this.#parser.isPaused) return
    this.#parser.resume()
    if (this.#parser.isPaused || this.#connection === null) return
    this.#connection.limitSilence(this.#limits.idleMsMax)
    this.#connection.resume()
  }

  #release(): void {
    const connection = this.#connection
    this.#connection = null
    if (connection === null) return
    if (this.#parser.leavesConnectionClean && connection.isDrained) connection.free()
    else connection.destroy()
  }

  #end(): void {
    if (this.#phase === 'over') return
    this.#phase = 'over'
    this.#sink.onEnd()
  }

  #fail(kind: CallFailure['kind'], message: string): void {
    if (this.#phase === 'over') return
    this.#phase = 'over'
    this.#parser.stop()
    this.#decoder?.destroy()
    this.#connection?.destroy()
    this.#connection = null
    // Not at once: a call can fail while it is being made or cancelled, and its sink must not be entered from there.
    queueMicrotask(() => {
      this.#sink.onFailure({ kind, message })
    })
  }
}

function redirectReason(status: number, headers: Readonly<Record<string, string>>): string {
  const target = headers['location'] ?? ''
  const where = URL.canParse(target) ? ` to ${new URL(target).origin}` : ''
  return `it is a redirect (${status})${where}. Redirects are not followed, so set the base URL to where the API is`
}

function reasonOf(error: Error | null): string {
  if (error === null) return ''
  return ` (${'code' in error && typeof error.code === 'string' ? error.code : error.message})`
}
