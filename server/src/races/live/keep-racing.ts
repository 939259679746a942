import type { Races } from './open-races.ts'

/** How soon a race that was started or stopped is taken up, and how soon a verdict falls. */
const EVERY_MS = 1_000

/** Looks at the races from time to time until it is closed. */
export function keepRacing(
  races: Pick<Races, 'tick'>,
  onFailure: (cause: unknown) => void,
): { close(): Promise<void> } {
  let running: Promise<void> | null = null
  const timer = setInterval(() => {
    running ??= races.tick().then(done, (cause: unknown) => {
      done()
      onFailure(cause)
    })
  }, EVERY_MS)
  const done = (): void => {
    running = null
  }
  timer.unref()
  return {
    close: async () => {
      clearInterval(timer)
      await running
    },
  }
}
