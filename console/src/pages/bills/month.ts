/** Months as invoices have them: "2024-05", in the zone of the invoice. */

/** The first and the last moment of it, as instants: [from, to). */
export function spanOfMonth(month: string, zone: string): { readonly from: string; readonly to: string } {
  const [year = 0, number = 1] = month.split('-').map(Number)
  return { from: startOf({ year, month: number, zone }), to: startOf({ year, month: number + 1, zone }) }
}

type Start = { readonly year: number; readonly month: number; readonly zone: string }

function startOf({ year, month, zone }: Start): string {
  const midnight = Date.UTC(year, month - 1, 1)
  // What the clocks there show at a guess says how far off it is; twice, because they may be put back or forward between.
  const guess = midnight - offsetAt(midnight, zone)
  return new Date(midnight - offsetAt(guess, zone)).toISOString()
}

/** How far the clocks of a zone are ahead of UTC, in milliseconds. */
function offsetAt(at: number, zone: string): number {
  const parts = new Intl.DateTimeFormat('en', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(at)
  const part = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.find((each) => each.type === type)?.value)
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second')) - at
}

/** "May 2024", as the language writes it. */
export function monthName(month: string, locale: string): string {
  const format = new Intl.DateTimeFormat(locale, { year: 'numeric', month: 'long', timeZone: 'UTC' })
  return format.format(new Date(`${month}-01T00:00:00Z`))
}
