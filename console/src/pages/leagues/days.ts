import { useMemo } from 'react'
import { useAsk } from '../../query.ts'
import { useNow } from '../../use-now.ts'
import type { LeaguesSearch } from './search.ts'

/** The days a league is about. Leagues are counted by day, so their spans are days and not instants. */

const DAY_MS = 86_400_000
const DEFAULT_DAYS = 30

export type Days = {
  readonly from: string
  /** Included. */
  readonly last: string
  /** The day after the last one: what the control plane is asked with. */
  readonly to: string
  readonly count: number
}

/** Own days, or the last ones up to `today`. Days that are the wrong way round are one day. */
export function daysOf({ from, to }: Pick<LeaguesSearch, 'from' | 'to'>, today: string, length: number): Days {
  const last = to ?? today
  const wished = from ?? addDays(last, 1 - length)
  const first = wished > last ? last : wished
  const end = addDays(last, 1)
  return { from: first, last, to: end, count: (Date.parse(end) - Date.parse(first)) / DAY_MS }
}

export function addDays(day: string, days: number): string {
  return new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10)
}

/** The day an instant lies in, where the one who looks is. */
export function dayOf(ms: number): string {
  const at = new Date(ms)
  return new Date(Date.UTC(at.getFullYear(), at.getMonth(), at.getDate())).toISOString().slice(0, 10)
}

/** Midnight of a day, where the one who looks is. */
export function midnight(day: string): number {
  return new Date(`${day}T00:00:00`).getTime()
}

/**
 * The days a page asks for. `openFrom`: the day that is not over yet; after the last one where the books are still.
 * `ready`: it is known where the books end, so that the right days are asked for first.
 */
export function useDays({ from, to }: LeaguesSearch, length = DEFAULT_DAYS) {
  const { latest, isStill } = useNow()
  const extent = useAsk('overview.extent', {})
  const ready = extent.data !== undefined || extent.error !== null
  return useMemo(() => {
    const today = dayOf(latest - 1)
    const days = daysOf({ from, to }, today, length)
    return { days, openFrom: isStill || days.last < today ? days.to : today, ready }
  }, [from, to, latest, isStill, length, ready])
}
