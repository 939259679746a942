import type { Clock } from '../base/clock.ts'
import type { CounterStore, Demand, Taken } from './counter-store.ts'
import { SlidingWindow, slotAt, WINDOW_SPAN_MS } from './sliding-window.ts'

/**
 * The counters of one process. Windows live in two generations: what is touched moves into the young one, and when a
 * window's span has passed, the old generation is dropped whole, because nothing in it counts any more. So idle counters
 * are forgotten without a timer and without looking for them.
 */
export class MemoryCounters implements CounterStore {
  readonly #clock: Clock
  #young = new Map<string, SlidingWindow>()
  #old = new Map<string, SlidingWindow>()
  #agesAt = -Infinity

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** How many counters are remembered. */
  get size(): number {
    return this.#young.size + this.#old.size
  }

  take(demands: readonly Demand[]): Taken {
    const now = this.#clock.elapsed()
    const slot = slotAt(now)
    const asked = demands.map((demand) => {
      const window = this.#window(demand.counter, now)
      return { demand, window, waitMs: window.waitMs(now, demand.limit - demand.amount) }
    })
    const admitted = asked.every(({ waitMs }) => waitMs === 0)
    if (admitted) for (const { demand, window } of asked) window.add(slot, demand.amount)
    const levels = asked.map(({ demand, window, waitMs }) => {
      return { demand, used: window.used, waitMs, resetMs: window.resetMs(now) }
    })
    return { admitted, slot, levels }
  }

  correct(counter: string, { slot, by }: { slot: number; by: number }): void {
    const now = this.#clock.elapsed()
    const window = this.#window(counter, now)
    if (by < 0) window.giveBack(slot, -by)
    else window.add(slotAt(now), by)
  }

  /** The window of a counter, with nothing in it that no longer counts. */
  #window(counter: string, now: number): SlidingWindow {
    this.#age(now)
    let window = this.#young.get(counter)
    if (!window) {
      window = this.#old.get(counter) ?? new SlidingWindow()
      this.#old.delete(counter)
      this.#young.set(counter, window)
    }
    window.moveTo(slotAt(now))
    return window
  }

  #age(now: number): void {
    if (now < this.#agesAt) return
    // After twice the span the young generation has nothing that counts either.
    this.#old = now < this.#agesAt + WINDOW_SPAN_MS ? this.#young : new Map()
    this.#young = new Map()
    this.#agesAt = now + WINDOW_SPAN_MS
  }
}
