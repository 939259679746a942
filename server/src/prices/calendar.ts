/** Calendars of days on which other prices hold, such as statutory holidays, year by year. */
import { readDay } from './instant.ts'
import { complain, fieldsOf, itemsOf, textOf, type Spot } from './spot.ts'
import { DAY_MS } from './zone.ts'

export type Calendar = {
  readonly name: string
  readonly years: ReadonlySet<number>
  /** As counts of days since 1970-01-01. */
  readonly days: ReadonlySet<number>
}

const CALENDAR_KEYS = new Set(['calendar', 'note', 'years'])
const YEAR_KEYS = new Set(['year', 'document', 'source', 'holidays'])
const HOLIDAY_KEYS = new Set(['name', 'first', 'last'])

export type Calendars = ReadonlyMap<string, Calendar>

/** Told when a price depends on a year that a calendar does not have. */
export type MissingYear = (calendar: string, year: number) => void

/** Whether the calendar names the day. A year it does not have names no day, and `missing` is told. */
export function isCalendarDay(calendar: Calendar, day: number, missing: MissingYear): boolean {
  if (calendar.days.has(day)) return true
  const year = new Date(day * DAY_MS).getUTCFullYear()
  if (!calendar.years.has(year)) missing(calendar.name, year)
  return false
}

export function readCalendar(spot: Spot): Calendar | null {
  const field = fieldsOf(spot, CALENDAR_KEYS)
  const name = field && textOf(field('calendar'))
  if (field === null || name === null) return null
  const years = new Set<number>()
  const days = new Set<number>()
  for (const yearSpot of itemsOf(field('years'))) readYear(yearSpot, years, days)
  return { name, years, days }
}

function readYear(spot: Spot, years: Set<number>, days: Set<number>): void {
  const field = fieldsOf(spot, YEAR_KEYS)
  const year = field && yearOf(field('year'))
  if (field === null || year === null) return
  textOf(field('source'))
  years.add(Number(year))
  for (const holiday of itemsOf(field('holidays'))) readHoliday(holiday, year, days)
}

function yearOf(spot: Spot): string | null {
  const year = textOf(spot)
  return year === null || /^\d{4}$/.test(year) ? year : complain(spot, 'must be a year in quotes, such as "2026"')
}

function readHoliday(spot: Spot, year: string, days: Set<number>): void {
  const field = fieldsOf(spot, HOLIDAY_KEYS)
  if (field === null) return
  textOf(field('name'))
  const first = dayOf(field('first'), year)
  const last = dayOf(field('last'), year)
  if (first === null || last === null) return
  if (last < first) complain(spot, 'must not end before it begins')
  for (let day = first; day <= last; day += 1) days.add(day)
}

function dayOf(spot: Spot, year: string): number | null {
  const text = textOf(spot)
  const day = text?.startsWith(`${year}-`) === true ? readDay(text) : null
  return text === null || day !== null ? day : complain(spot, `must be a day of ${year}, such as ${year}-10-01`)
}
