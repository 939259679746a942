/** The only reader of the time. Everything that needs it is handed a Clock, so tests can stop, jump and bend it. */
export type Clock = {
  /** Milliseconds since 1970, UTC: for what is written down. */
  now(): number
  /** Milliseconds that never jump or run backwards: for durations and deadlines. */
  elapsed(): number
}

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
}

/** An instant as the books write it: ISO 8601 in UTC with milliseconds. */
export function isoInstant(epochMs: number): string {
  return new Date(epochMs).toISOString()
}
