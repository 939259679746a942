import { WINDOW_MS } from './counter-store.ts'

/** One in so many places is left free by keys that have their share already. */
const SPARE_PART = 8

/**
 * Places that several keys share. Taking turns is not enough to be fair: whoever comes first fills the room, and when
 * its requests end together, everybody else waits for that. So a key that runs its equal share already leaves the last
 * places to the other keys that came lately, and one that is alone has the room to itself.
 */
export class Room {
  #taken = 0
  readonly #takenBy = new Map<string, number>()
  /** Keys that got a place in this minute, and those that did only in the one before. */
  #young = new Set<string>()
  #old = new Set<string>()
  #agesAt = -Infinity

  get taken(): number {
    return this.#taken
  }

  isOpenTo(key: string, limit: number): boolean {
    if (this.#taken >= limit) return false
    if (this.#taken < limit - Math.floor(limit / SPARE_PART)) return true
    return this.#of(key) < limit / (this.#young.size + this.#old.size)
  }

  take(key: string, elapsed: number): void {
    this.#taken += 1
    this.#takenBy.set(key, this.#of(key) + 1)
    if (elapsed >= this.#agesAt) {
      this.#old = this.#young
      this.#young = new Set()
      this.#agesAt = elapsed + WINDOW_MS
    }
    this.#old.delete(key)
    this.#young.add(key)
  }

  free(key: string): void {
    this.#taken -= 1
    if (this.#of(key) > 1) this.#takenBy.set(key, this.#of(key) - 1)
    else this.#takenBy.delete(key)
  }

  #of(key: string): number {
    return this.#takenBy.get(key) ?? 0
  }
}
