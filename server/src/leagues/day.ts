/** Days are counted from 1970-01-01 in one time zone: what is "today" for the people whose days are counted. */
export type Days = {
  /** The day an instant (milliseconds since 1970) lies in. */
  dayOf(epochMs: number): number
}

const DAY_MS = 86_400_000
/** Zones change their clocks at whole quarters of an hour, so all instants of one lie in the same day. */
export const QUARTER_MS = 900_000
const REMEMBERED_MAX = 4_096

/** Throws a RangeError for a zone that is none. */
export function daysIn(zone: string): Days {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' })
  const remembered = new Map<number, number>()
  return {
    dayOf: (epochMs) => {
      const quarter = Math.floor(epochMs / QUARTER_MS)
      const known = remembered.get(quarter)
      if (known !== undefined) return known
      const day = dayNumber(format.format(quarter * QUARTER_MS))
      if (remembered.size >= REMEMBERED_MAX) remembered.clear()
      remembered.set(quarter, day)
      return day
    },
  }
}

/** The number of a calendar day "2024-05-21". */
export function dayNumber(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) / DAY_MS
}

/** The calendar day of a number: "2024-05-21". */
export function dayName(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10)
}

/** The first day of the calendar month a day lies in, and the first of the next. */
export function monthOf(day: number): { readonly from: number; readonly to: number } {
  const date = new Date(day * DAY_MS)
  const first = (months: number): number => Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1) / DAY_MS
  return { from: first(0), to: first(1) }
}
