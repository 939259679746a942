import type { Clock } from '../../server/src/base/clock.ts'

/** A clock that moves when it is told to. */
export class MovingClock implements Clock {
  #ms: number

  constructor(startsAt = 0) {
    this.#ms = startsAt
  }

  now(): number {
    return this.#ms
  }

  elapsed(): number {
    return this.#ms
  }

  advance(ms: number): void {
    this.#ms += ms
  }
}
