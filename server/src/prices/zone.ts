/** Local time without the cost of asking for it: what the clocks of a zone show at an instant. */

const MINUTE_MS = 60_000
const QUARTER_MS = 15 * MINUTE_MS
export const DAY_MS = 24 * 60 * MINUTE_MS

/**
 * Zones that have kept one offset since 1992. The shipped book needs no other, and the first use of Intl in a process
 * costs 20 ms. A test compares them with Intl.
 */
const FIXED_OFFSET_MS: ReadonlyMap<string, number> = new Map([
  ['UTC', 0],
  ['Asia/Shanghai', 8 * 60 * MINUTE_MS],
])

type ZoneClock = { readonly format: Intl.DateTimeFormat; quarter: number; offsetMs: number }
const clocks = new Map<string, ZoneClock>()

export function isZone(name: string): boolean {
  if (FIXED_OFFSET_MS.has(name)) return true
  try {
    clockOf(name)
    return true
  } catch {
    return false
  }
}

/** What to add to UTC for the local time of an IANA zone. No zone changes its offset within a quarter of an hour. */
export function offsetMs(zone: string, at: number): number {
  const fixed = FIXED_OFFSET_MS.get(zone)
  if (fixed !== undefined) return fixed
  const clock = clockOf(zone)
  const quarter = floorTo(at, QUARTER_MS)
  if (clock.quarter !== quarter) {
    clock.offsetMs = askOffset(clock.format, quarter)
    clock.quarter = quarter
  }
  return clock.offsetMs
}

/** The instant a local day begins: midnight, or the first moment after it where the clocks skip midnight. */
export function startOfDay(zone: string, dayNumber: number): number {
  const midnight = dayNumber * DAY_MS
  const guess = midnight - offsetMs(zone, midnight)
  const start = midnight - offsetMs(zone, guess)
  return start + offsetMs(zone, start) < midnight ? guess : start
}

/** The last multiple of a step that is not after the instant. */
export function floorTo(at: number, step: number): number {
  const rest = at % step
  return rest < 0 ? at - rest - step : at - rest
}

function clockOf(zone: string): ZoneClock {
  const known = clocks.get(zone)
  if (known !== undefined) return known
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  const clock: ZoneClock = { format, quarter: Number.NaN, offsetMs: 0 }
  clocks.set(zone, clock)
  return clock
}

function askOffset(format: Intl.DateTimeFormat, at: number): number {
  const shown = new Map(format.formatToParts(at).map((part) => [part.type, Number(part.value)]))
  const read = (type: Intl.DateTimeFormatPartTypes): number => shown.get(type) ?? 0
  return Date.UTC(read('year'), read('month') - 1, read('day'), read('hour'), read('minute'), read('second')) - at
}
