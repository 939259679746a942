import type { Clock } from '../base/clock.ts'
import { PaddockError } from '../base/errors.ts'

/** Something that must get on with it: `check` is called every second and acts when its time is up; `stop` ends it at once. */
export type Watched = { check(elapsed: number): void; stop(): void }

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
  const running = new Set<Watched>()
  const timer = setInterval(() => {
    const elapsed = clock.elapsed()
    for (const watched of running) watched.check(elapsed)
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
      for (const watched of running) watched.stop()
    },
    close: () => {
      clearInterval(timer)
    },
  }
}

/** What a caller is told whose answer was ended because the server is going away. */
export function stopped(): PaddockError {
  return new PaddockError('server_shutdown', {
    message: 'This server is stopping, and the answer was not whole in time. Send the request again.',
  })
}
