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

let lastSecond = NaN
let lastSecondText = ''

/** An instant as the books write it: ISO 8601 in UTC with milliseconds. Written for every request, mostly of the same second. */
export function isoInstant(epochMs: number): string {
  const second = Math.floor(epochMs / 1_000)
  if (second !== lastSecond) {
    lastSecondText = new Date(second * 1_000).toISOString().slice(0, -'000Z'.length)
    lastSecond = second
  }
  return `${lastSecondText}${String(Math.floor(epochMs) - second * 1_000).padStart(3, '0')}Z`
}
