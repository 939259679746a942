import type { Store } from '../store/store.ts'
import { activity, activeInMonth, countActive, retention, type Activity, type Cohort, type Span } from './active.ts'
import { channelTable, importSpend, noteArrival, type Arrival, type ChannelLine, type Spend } from './channels.ts'
import { collect, forget } from './collect.ts'
import { daysIn } from './day.ts'
import { standings, type Standing, type StandingsOptions } from './standings.ts'
import type { Dimension, LeaguesTables } from './tables.ts'

/** Who uses what, how much, and how fast it grows: exact, from the entries, and made anew from them at any time. */
export type Leagues = {
  /** The day of an instant (milliseconds since 1970), where the days are those that are counted. */
  dayOf(epochMs: number): number
  /** Counts what is new in the ledger; returns how many entries were looked at. */
  collect(): Promise<number>
  /** Forgets all counts that entries are left of and makes them again; the result is the same to the byte. */
  rebuild(): Promise<number>
  standings(options: StandingsOptions): Promise<Standing[]>
  activity(span: Span): Promise<Activity[]>
  active(span: Span): Promise<number>
  activeInMonth(of: { readonly dimension: Dimension; readonly value: string; readonly day: number }): Promise<number>
  retention(span: { readonly from: number; readonly to: number; readonly periodDays: number }): Promise<Cohort[]>
  noteArrival(arrival: Arrival): void
  importSpend(spends: readonly Spend[]): void
  channels(days: { readonly from: number; readonly to: number }): Promise<ChannelLine[]>
}

/** Days are those of `zone`, such as Asia/Shanghai. The store has had the migrations of tables.ts. */
export function openLeagues({ store, zone }: { readonly store: Store; readonly zone: string }): Leagues {
  const tables = store.tables<LeaguesTables>()
  const days = daysIn(zone)
  return {
    dayOf: (epochMs) => days.dayOf(epochMs),
    collect: () => collect(store, zone),
    rebuild: async () => {
      await forget(store, zone)
      return collect(store, zone)
    },
    standings: (options) => standings(tables, options),
    activity: (span) => activity(tables, span),
    active: (span) => countActive(tables, span),
    activeInMonth: (of) => activeInMonth(tables, of),
    retention: (span) => retention(tables, span),
    noteArrival: (arrival) => {
      noteArrival(store, arrival)
    },
    importSpend: (spends) => {
      importSpend(store, spends)
    },
    channels: (days) => channelTable(tables, days),
  }
}
