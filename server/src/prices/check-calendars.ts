/** Warns in time: a calendar that ends would silently make every holiday a working day. */
import type { Calendar } from './calendar.ts'
import type { LoadedBook } from './load.ts'
import type { Problem } from './problem.ts'

/** Calendars that some price depends on and that lack this year or the next. */
export function findCalendarGaps({ rows, calendars }: LoadedBook, now: number): Problem[] {
  const used = new Set(
    rows.flatMap(({ when, variants }) =>
      [when, ...variants.map((variant) => variant.when)].flatMap((each) => each?.time?.calendar?.days ?? []),
    ),
  )
  const thisYear = new Date(now).getUTCFullYear()
  return [...calendars.values()]
    .filter((calendar) => used.has(calendar))
    .flatMap((calendar) => [thisYear, thisYear + 1].flatMap((year) => gapOf(calendar, year)))
}

function gapOf(calendar: Calendar, year: number): Problem[] {
  if (calendar.years.has(year)) return []
  const message = `the calendar ${calendar.name} has no days of ${year}: prices of that year will be those of a year without holidays`
  return [{ severity: 'warning', place: `calendars/${calendar.name}.json`, path: 'years', message }]
}
