import { DAY_MS, floorTo, offsetMs, startOfDay } from '../../prices/zone.ts'

/** The stretch of time a budget is for: a calendar window on the clock of a zone, or the last hours or days. */
export type Window = { readonly text: string; readonly zone: string } & (
  | { readonly kind: 'calendar'; readonly unit: 'day' | 'week' | 'month' }
  | { readonly kind: 'rolling'; readonly lengthMs: number }
)

/** From the first instant to the one behind the last, in milliseconds since 1970. */
export type Span = { readonly from: number; readonly to: number }

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
/** What was spent leaves a rolling window in so many steps. */
const STEPS = 120
/** 1970-01-01 was a Thursday, and weeks begin on Monday. */
const DAYS_SINCE_MONDAY = 3

/** "day", "week", "month", "5h", "30d". */
export function readWindow(text: string, zone: string): Window {
  if (text === 'day' || text === 'week' || text === 'month') return { kind: 'calendar', unit: text, text, zone }
  const unitMs = text.endsWith('h') ? HOUR_MS : DAY_MS
  return { kind: 'rolling', lengthMs: Number(text.slice(0, -1)) * unitMs, text, zone: 'UTC' }
}

/** The day, week (from Monday on) or month an instant lies in, on the clock of the zone. */
export function calendarSpan(unit: 'day' | 'week' | 'month', zone: string, at: number): Span {
  const day = floorTo(at + offsetMs(zone, at), DAY_MS) / DAY_MS
  const [first, end] = daysOf(unit, day)
  return { from: startOfDay(zone, first), to: startOfDay(zone, end) }
}

function daysOf(unit: 'day' | 'week' | 'month', day: number): readonly [first: number, end: number] {
  if (unit === 'day') return [day, day + 1]
  if (unit === 'week') {
    const monday = day - ((day + DAYS_SINCE_MONDAY) % 7)
    return [monday, monday + 7]
  }
  const date = new Date(day * DAY_MS)
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()]
  return [Date.UTC(year, month, 1) / DAY_MS, Date.UTC(year, month + 1, 1) / DAY_MS]
}

/**
 * A rolling window is counted in steps, so that a budget is a few numbers and not every request: what was spent counts
 * for at least the window's length, and at most a 120th longer. Long windows have steps of whole hours.
 */
export function stepOf(lengthMs: number): number {
  const step = lengthMs / STEPS
  const unit = step >= HOUR_MS ? HOUR_MS : MINUTE_MS
  return Math.max(MINUTE_MS, step - (step % unit))
}

/** Where the step begins in which something may have been spent that still counts. */
export function rollingFrom(lengthMs: number, at: number): number {
  return floorTo(at - lengthMs, stepOf(lengthMs))
}
