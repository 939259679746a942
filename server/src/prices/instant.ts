/** Days and instants as people write them. */
import { DAY_MS, startOfDay } from './zone.ts'

const DAY = /^(\d{4})-(\d\d)-(\d\d)$/
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/

/** A calendar day as a count of days since 1970-01-01; null when there is no such day. */
export function readDay(text: string): number | null {
  const [, year, month, day] = DAY.exec(text) ?? []
  if (year === undefined) return null
  const midnight = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)))
  // The 31st of April would have become the first of May.
  const exists = midnight.getUTCDate() === Number(day) && midnight.getUTCMonth() === Number(month) - 1
  return exists ? midnight.getTime() / DAY_MS : null
}

/** Milliseconds since 1970: an ISO 8601 instant with its offset, or a day, which begins at midnight in the zone. */
export function readInstant(text: string, zone: string): number | null {
  const day = readDay(text)
  if (day !== null) return startOfDay(zone, day)
  if (!INSTANT.test(text) || readDay(text.slice(0, 10)) === null) return null
  const at = Date.parse(text)
  return Number.isNaN(at) ? null : at
}
