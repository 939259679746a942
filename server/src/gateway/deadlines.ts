import type { Clock } from '../base/clock.ts'
import { PaddockError } from '../base/errors.ts'

/** Something that must get on with it: `check` is called every second and acts when its time is up; `stop` ends it at once. */
export type Watched = {
  check(elapsed: number): void
  stop(): void
  /** Where it stands among all that is watched; set by `watch`. */
  place?: number
}

/** One timer for all running answers instead of several timers for each. */
export type Deadlines = {
  watch(watched: Watched): void
  forget(watched: Watched): void
  /** Ends everything that runs: the server is going away. */
  stopAll(): void
  close(): void
}

const CHECK_EVERY_MS = 1_000

export function openDeadlines(clock: Clock): Deadlines {
  const running = new Running()
  const timer = setInterval(() => {
    const elapsed = clock.elapsed()
    for (const watched of running.all()) watched.check(elapsed)
  }, CHECK_EVERY_MS)
  timer.unref()
  return {
    watch: (watched) => {
      running.add(watched)
    },
    forget: (watched) => {
      running.delete(watched)
    },
    stopAll: () => {
      for (const watched of running.all()) watched.stop()
    },
    close: () => {
      clearInterval(timer)
    },
  }
}

/**
 * A set that lets go of what is deleted. A Set of V8 does not: it moves to a new table every few dozen changes, and a table
 * that was left keeps all that was in it, which is whole requests, until the next collection of the old generation.
 */
class Running {
  readonly #places: (Watched | null)[] = []
  readonly #free: number[] = []

  add(watched: Watched): void {
    const place = this.#free.pop() ?? this.#places.length
    this.#places[place] = watched
    watched.place = place
  }

  delete(watched: Watched): void {
    const { place = -1 } = watched
    if (this.#places[place] !== watched) return
    this.#places[place] = null
    this.#free.push(place)
  }

  all(): Watched[] {
    return this.#places.filter((watched) => watched !== null)
  }
}

/** What a caller is told whose answer was ended because the server is going away. */
export function stopped(): PaddockError {
  return new PaddockError('server_shutdown', {
    message: 'This server is stopping, and the answer was not whole in time. Send the request again.',
  })
}
