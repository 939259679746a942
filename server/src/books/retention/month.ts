import { isoInstant } from '../../base/clock.ts'
import { DAY_MS, floorTo, offsetMs, startOfDay } from '../../prices/zone.ts'

/** The month an instant lies in on the clock of a zone: "2024-05". */
export function monthOf(at: number, zone: string): string {
  return isoInstant(at + offsetMs(zone, at)).slice(0, 7)
}

export function addMonths(month: string, count: number): string {
  return isoInstant(firstDay(month, count) * DAY_MS).slice(0, 7)
}

/** When it begins in the zone, in milliseconds since 1970. */
export function startOfMonth(month: string, zone: string): number {
  return startOfDay(zone, firstDay(month))
}

/** The midnight UTC at or before its beginning: sums are kept by days of UTC, and none is split. */
export function markOf(month: string, zone: string): number {
  return floorTo(startOfMonth(month, zone), DAY_MS)
}

/** The month that is forgotten with an instant: the one whose mark comes before it, and the next one's after it. */
export function markedMonthOf(at: number, zone: string): string {
  return monthOf(floorTo(at, DAY_MS) + DAY_MS - 1, zone)
}

function firstDay(month: string, more = 0): number {
  const [year = 0, number = 0] = month.split('-').map(Number)
  return Date.UTC(year, number - 1 + more, 1) / DAY_MS
}
