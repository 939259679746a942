/** When a price holds on the clock of a zone: windows, weekdays, a span of days, holidays. */
import type { Span } from './compile.ts'
import { isCalendarDay, type Calendar, type Calendars, type MissingYear } from './calendar.ts'
import { readDay } from './instant.ts'
import { WEEKDAYS, type TimeCondition } from './row.ts'
import { DAY_MS, floorTo, offsetMs } from './zone.ts'

/** A window in milliseconds after local midnight. One whose end is not after its start crosses midnight. */
type Window = { readonly start: number; readonly end: number }

export type CompiledTime = {
  readonly zone: string
  readonly windows: readonly Window[]
  readonly weekdays: ReadonlySet<number>
  /** Day counts: `first` inclusive, `end` exclusive. */
  readonly first: number
  readonly end: number
  readonly calendar: { readonly days: Calendar; readonly only: boolean } | null
}

const WINDOW = /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)$/
const WHOLE_DAY: readonly Window[] = [{ start: 0, end: DAY_MS }]
const ALL_WEEKDAYS: ReadonlySet<number> = new Set(WEEKDAYS.keys())

/** "09:00-12:00" and "16:30-00:30"; null for anything else, and for a window of no length. */
export function readWindow(text: string): Window | null {
  const [, startHour, startMinute, endHour, endMinute] = WINDOW.exec(text) ?? []
  if (startHour === undefined) return null
  const start = timeMs(startHour, startMinute)
  const end = timeMs(endHour, endMinute)
  return start === end || end > DAY_MS ? null : { start, end }
}

export function compileTime(time: TimeCondition, calendars: Calendars): CompiledTime {
  const named = time.only_on ?? time.not_on
  const days = named === undefined ? undefined : calendars.get(named)
  return {
    zone: time.zone,
    windows: time.windows?.flatMap((text) => readWindow(text) ?? []) ?? WHOLE_DAY,
    weekdays: time.weekdays === undefined ? ALL_WEEKDAYS : new Set(time.weekdays.map((name) => WEEKDAYS.indexOf(name))),
    first: time.from === undefined ? -Infinity : (readDay(time.from) ?? -Infinity),
    end: time.to === undefined ? Infinity : (readDay(time.to) ?? Infinity),
    calendar: days === undefined ? null : { days, only: time.only_on !== undefined },
  }
}

/** Whether the instant lies in a window of a day that counts. */
export function timeHolds(time: CompiledTime, at: number, missing: MissingYear): boolean {
  const local = at + offsetMs(time.zone, at)
  const midnight = floorTo(local, DAY_MS)
  const clock = local - midnight
  const today = midnight / DAY_MS
  return time.windows.some(({ start, end }) => {
    if (start < end) return clock >= start && clock < end && dayCounts(time, today, missing)
    if (clock >= start) return dayCounts(time, today, missing)
    return clock < end && dayCounts(time, today - 1, missing)
  })
}

/** Whether it holds throughout the span or nowhere in it: no window begins or ends inside, and the clocks do not change. */
export function holdsEvenly({ zone, windows }: CompiledTime, { from, to }: Span): boolean {
  const offset = offsetMs(zone, from)
  if (offsetMs(zone, to - 1) !== offset) return false
  const [first, last] = [from + offset, to + offset]
  for (let midnight = floorTo(first, DAY_MS) - DAY_MS; midnight < last; midnight += DAY_MS) {
    const edges = windows.flatMap(({ start, end }) => [start, start < end ? end : end + DAY_MS])
    if (edges.some((edge) => midnight + edge > first && midnight + edge < last)) return false
  }
  return true
}

/** How many things a condition says about the time: the more, the more specific. */
export function timeSpecificity(time: TimeCondition): number {
  const said = [time.windows, time.weekdays, time.from ?? time.to, time.not_on ?? time.only_on]
  return said.filter((part) => part !== undefined).length
}

/** True only when the two can never hold at once. Two zones are taken to meet: nobody should have to work out their clocks. */
export function timesAreDisjoint(left: CompiledTime, right: CompiledTime): boolean {
  if (left.zone !== right.zone) return false
  if (!windowsMeet(left.windows, right.windows)) return true
  // A window that crosses midnight reaches into the next day, so days that differ do not keep two such windows apart.
  const reach = [...left.windows, ...right.windows].some(crossesMidnight) ? 1 : 0
  if (left.end + reach <= right.first || right.end + reach <= left.first) return true
  return reach === 0 && (!meet(left.weekdays, right.weekdays) || calendarsAreOpposite(left, right))
}

function dayCounts(time: CompiledTime, day: number, missing: MissingYear): boolean {
  if (day < time.first || day >= time.end || !time.weekdays.has((day + 4) % 7)) return false
  if (time.calendar === null) return true
  return isCalendarDay(time.calendar.days, day, missing) === time.calendar.only
}

function meet(left: ReadonlySet<number>, right: ReadonlySet<number>): boolean {
  return [...left].some((item) => right.has(item))
}

function calendarsAreOpposite(left: CompiledTime, right: CompiledTime): boolean {
  if (left.calendar === null || right.calendar === null) return false
  return left.calendar.days === right.calendar.days && left.calendar.only !== right.calendar.only
}

function windowsMeet(left: readonly Window[], right: readonly Window[]): boolean {
  const others = right.flatMap(withinDay)
  return left.flatMap(withinDay).some((one) => others.some((other) => one.start < other.end && other.start < one.end))
}

/** A window that crosses midnight as its two parts on the clock. */
function withinDay(window: Window): Window[] {
  if (!crossesMidnight(window)) return [window]
  return [
    { start: window.start, end: DAY_MS },
    { start: 0, end: window.end },
  ]
}

function crossesMidnight({ start, end }: Window): boolean {
  return start >= end
}

function timeMs(hour: string | undefined, minute: string | undefined): number {
  return (Number(hour) * 60 + Number(minute)) * 60_000
}
