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

const INSTANT_LENGTH = '2026-11-28T10:00:00.000Z'.length
const ZERO = '0'.charCodeAt(0)

/** Milliseconds since 1970 of an instant in ISO 8601, NaN where it is none: read for every request, mostly as just written. */
export function epochOf(iso: string): number {
  if (iso.length === INSTANT_LENGTH && iso.startsWith(lastSecondText) && iso.endsWith('Z')) {
    // Not a number before anything was written, and where there is no digit.
    const epochMs = lastSecond * 1_000 + digit(iso, 20) * 100 + digit(iso, 21) * 10 + digit(iso, 22)
    if (!Number.isNaN(epochMs)) return epochMs
  }
  return Date.parse(iso)
}

function digit(text: string, index: number): number {
  const value = text.charCodeAt(index) - ZERO
  return value >= 0 && value <= 9 ? value : NaN
}
