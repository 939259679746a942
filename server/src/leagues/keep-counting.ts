import type { Leagues } from './leagues.ts'

/** How fresh the tables are. Counting is cheap, and nobody looks at a league table by the second. */
const EVERY_MS = 30_000

/** Counts what is new from time to time until it is closed, and once more then. */
export function keepCounting(
  leagues: Pick<Leagues, 'collect'>,
  onFailure: (cause: unknown) => void,
): { close(): Promise<void> } {
  let running = Promise.resolve()
  const count = (): Promise<void> => {
    running = running.then(() => leagues.collect()).then(() => undefined, onFailure)
    return running
  }
  const timer = setInterval(() => void count(), EVERY_MS)
  timer.unref()
  return {
    close: () => {
      clearInterval(timer)
      return count()
    },
  }
}
