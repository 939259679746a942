import type { Clock } from '../base/clock.ts'

/** An answer that may be given again. */
export type KeptAnswer = {
  /** The request it was made for. */
  readonly requestId: string
  /** As what model its maker answered. */
  readonly answeredModel: string | null
  /** What went out before the books were safe, and what was held back until then. */
  readonly body: Buffer
  readonly end: Buffer
  /** When it was made and when it is too old, in milliseconds that never jump. */
  readonly madeElapsed: number
  readonly freshUntil: number
}

/** Answers by the whole of what was asked, and by whom: see `keyOf`. */
export type AnswerCache = {
  find(key: string): KeptAnswer | null
  keep(key: string, answer: KeptAnswer): void
}

/** What an answer takes in memory beside its bytes, roughly. */
const OVERHEAD_BYTES = 512

/** Keeps answers in this process's memory; the one that was asked for longest ago goes first. */
export class MemoryAnswers implements AnswerCache {
  readonly #clock: Clock
  readonly #bytesMax: () => number
  /** In the order in which they were last asked for. */
  readonly #kept = new Map<string, KeptAnswer>()
  #bytes = 0

  constructor(clock: Clock, bytesMax: () => number) {
    this.#clock = clock
    this.#bytesMax = bytesMax
  }

  /** How many bytes it holds now. */
  get bytes(): number {
    return this.#bytes
  }

  find(key: string): KeptAnswer | null {
    const found = this.#kept.get(key)
    if (found === undefined) return null
    this.#forget(key)
    if (found.freshUntil <= this.#clock.elapsed()) return null
    this.#put(key, found)
    return found
  }

  keep(key: string, answer: KeptAnswer): void {
    this.#forget(key)
    this.#put(key, answer)
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes <= this.#bytesMax()) break
      this.#forget(oldest)
    }
  }

  #put(key: string, answer: KeptAnswer): void {
    this.#kept.set(key, answer)
    this.#bytes += sizeOf(answer)
  }

  #forget(key: string): void {
    const found = this.#kept.get(key)
    if (found === undefined) return
    this.#kept.delete(key)
    this.#bytes -= sizeOf(found)
  }
}

function sizeOf({ body, end }: KeptAnswer): number {
  return body.length + end.length + OVERHEAD_BYTES
}
