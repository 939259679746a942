import { oneOf, searchOf, text } from '../../search.ts'

export const TABS = ['standings', 'activity', 'retention', 'channels'] as const
export type Tab = (typeof TABS)[number]

/** What a league is about; `all`: everybody together. */
export const LEAGUES = ['all', 'app', 'model', 'provider', 'team'] as const
export type League = (typeof LEAGUES)[number]

export const PERIODS = [1, 7, 30] as const
export type Period = (typeof PERIODS)[number]

const DAY = /^\d{4}-\d\d-\d\d$/

/** `of`: one of a league. `from` and `to` are days, both included. */
export const leaguesSearch = searchOf({
  tab: oneOf(TABS),
  by: oneOf(LEAGUES),
  of: text,
  period: (value) => PERIODS.find((one) => one === Number(value)),
  from: day,
  to: day,
})
export type LeaguesSearch = ReturnType<typeof leaguesSearch>

function day(value: unknown): string | undefined {
  return typeof value === 'string' && DAY.test(value) ? value : undefined
}
