import { WINDOW_MS } from './counter-store.ts'

/** One in so many places is left free by keys that have their share already. */
const SPARE_PART = 8

/** What a key has of a room, and when it last got a place there. */
type Share = { running: number; lastAt: number }

/**
 * Places that several keys share. Taking turns is not enough to be fair: whoever comes first fills the room, and when
 * its requests end together, everybody else waits for that. So a key that runs its equal share already leaves the last
 * places to the other keys that came lately, and one that is alone has the room to itself.
 */
export class Room {
  #taken = 0
  /** Of the keys that are there or were lately. */
  readonly #shares = new Map<string, Share>()
  #tidiesAt = 0

  get taken(): number {
    return this.#taken
  }

  isOpenTo(key: string, limit: number): boolean {
    if (this.#taken >= limit) return false
    if (limit === Infinity || this.#taken < limit - Math.floor(limit / SPARE_PART)) return true
    return (this.#shares.get(key)?.running ?? 0) < limit / this.#shares.size
  }

  take(key: string, elapsed: number): void {
    if (elapsed >= this.#tidiesAt) this.#tidy(elapsed)
    let share = this.#shares.get(key)
    if (!share) this.#shares.set(key, (share = { running: 0, lastAt: elapsed }))
    share.running += 1
    share.lastAt = elapsed
    this.#taken += 1
  }

  free(key: string): void {
    const share = this.#shares.get(key)
    if (!share) return
    share.running -= 1
    this.#taken -= 1
  }

  /** Forgets keys that have not been there for a minute, once a minute. */
  #tidy(elapsed: number): void {
    this.#tidiesAt = elapsed + WINDOW_MS
    for (const [key, { running, lastAt }] of this.#shares) {
      if (running === 0 && lastAt <= elapsed - WINDOW_MS) this.#shares.delete(key)
    }
  }
}
