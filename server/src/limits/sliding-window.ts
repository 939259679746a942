import { SLOT_MS, WINDOW_MS } from './counter-store.ts'

/** A slot may hold what was taken at its end, so it is kept for one slot more than the window is long. */
const SLOTS_KEPT = WINDOW_MS / SLOT_MS + 1

/** After this time without a change a window is empty. */
export const WINDOW_SPAN_MS = SLOTS_KEPT * SLOT_MS

export function slotAt(elapsed: number): number {
  return Math.floor(elapsed / SLOT_MS)
}

/** One counter over a sliding minute: only slots in which something was taken take up room. */
export class SlidingWindow {
  /** In the order of time, because time only goes forward. */
  readonly #slots = new Map<number, number>()
  #newest = 0
  #used = 0

  get used(): number {
    return this.#used
  }

  /** Lets go of what no longer counts. */
  moveTo(slot: number): void {
    for (const [old, amount] of this.#slots) {
      if (old + SLOTS_KEPT > slot) return
      this.#slots.delete(old)
      this.#used -= amount
    }
  }

  add(slot: number, amount: number): void {
    this.#slots.set(slot, (this.#slots.get(slot) ?? 0) + amount)
    this.#newest = slot
    this.#used += amount
  }

  /** Does nothing once the slot no longer counts. */
  giveBack(slot: number, amount: number): void {
    const taken = this.#slots.get(slot)
    if (taken === undefined) return
    this.#slots.set(slot, taken - amount)
    this.#used -= amount
  }

  /** Whole milliseconds from `now` until at most `allowed` counts; 0 if that is so already. */
  waitMs(now: number, allowed: number): number {
    let counting = this.#used
    if (counting <= allowed) return 0
    for (const [slot, amount] of this.#slots) {
      counting -= amount
      if (counting <= allowed) return endOf(slot) - Math.floor(now)
    }
    throw new Error('broken invariant: an empty window allows everything')
  }

  resetMs(now: number): number {
    return this.#used === 0 ? 0 : endOf(this.#newest) - Math.floor(now)
  }
}

/** When a slot stops to count. */
function endOf(slot: number): number {
  return (slot + SLOTS_KEPT) * SLOT_MS
}
