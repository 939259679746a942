import type { Clock } from '../../base/clock.ts'
import type { CallFailure, ProviderSink, RunningCall } from '../call-provider.ts'

/** An answer and when each part of it is due, in milliseconds from the start. Due times never fall. */
export type Recording = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly parts: readonly { readonly dueMs: number; readonly text: string }[]
}

/** Plays a recording to a sink in its own time. What is due by then goes out together, as it would from a socket. */
export class Playback implements RunningCall {
  readonly #sink: ProviderSink
  readonly #clock: Clock
  readonly #startedAt: number
  #recording: Recording | null = null
  #next = 0
  #timer: NodeJS.Timeout | null = null
  #isPaused = false
  #isOver = false

  /** The time runs from here on, so that reading a recording takes none of its own. */
  constructor(sink: ProviderSink, clock: Clock) {
    this.#sink = sink
    this.#clock = clock
    this.#startedAt = clock.elapsed()
  }

  play(recording: Recording): void {
    this.#recording = recording
    this.#wait()
  }

  resume(): void {
    if (!this.#isPaused) return
    this.#isPaused = false
    // Not at once: whoever resumes must not be entered again while it does.
    queueMicrotask(() => {
      this.#wait()
    })
  }

  cancel(): void {
    this.fail({ kind: 'cancelled', message: 'The practice call was cancelled.' })
  }

  fail(failure: CallFailure): void {
    if (this.#isOver) return
    this.#isOver = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    queueMicrotask(() => {
      this.#sink.onFailure(failure)
    })
  }

  /** Goes on with the next part when it is due, and ends after the last one. */
  #wait(): void {
    if (this.#isOver || this.#isPaused || this.#recording === null) return
    const part = this.#recording.parts[this.#next]
    if (part === undefined) {
      this.#isOver = true
      this.#sink.onEnd()
      return
    }
    const early = this.#startedAt + part.dueMs - this.#clock.elapsed()
    if (early <= 0) this.#deliver(this.#recording)
    else this.#timer = setTimeout(() => this.#wait(), Math.ceil(early))
  }

  #deliver({ status, headers, parts }: Recording): void {
    if (this.#next === 0) this.#sink.onHead(status, headers)
    if (this.#isOver) return
    const elapsed = this.#clock.elapsed() - this.#startedAt
    const from = this.#next
    while ((parts[this.#next]?.dueMs ?? Infinity) <= elapsed) this.#next++
    const due = parts.slice(from, this.#next).map(({ text }) => text)
    this.#isPaused = !this.#sink.onData(Buffer.from(due.join('')))
    this.#wait()
  }
}
