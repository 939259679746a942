import type { leaguesApi } from '@paddock/contract/control/leagues'
import type { Clock } from '../../base/clock.ts'
import { PaddockError } from '../../base/errors.ts'
import { dayName, dayNumber } from '../../leagues/day.ts'
import type { Leagues } from '../../leagues/leagues.ts'
import type { Handlers } from '../handlers.ts'

export type LeaguesParts = { readonly leagues: Leagues; readonly clock: Clock }

const DEFAULT_DAYS = 30
/** A day of a chart is four sums over blocks of members: a year is more than a screen shows. */
const DAYS_MAX = 400

export function leaguesHandlers({ leagues, clock }: LeaguesParts): Handlers<typeof leaguesApi> {
  const spanOf = (named: { from?: string | undefined; to?: string | undefined }): { from: number; to: number } => {
    const to = named.to === undefined ? leagues.dayOf(clock.now()) + 1 : dayNumber(named.to)
    const from = named.from === undefined ? to - DEFAULT_DAYS : dayNumber(named.from)
    if (from < to && to - from <= DAYS_MAX) return { from, to }
    throw new PaddockError('field_invalid', {
      message: `/from: it must lie before "to", by at most ${DAYS_MAX} days.`,
      param: '/from',
    })
  }
  return {
    standings: async ({ query: { by, limit, ...named } }) => ({
      items: await leagues.standings({ dimension: by, limit, ...spanOf(named) }),
    }),
    activity: async ({ query: { by, of, ...named } }) => {
      const active = await leagues.activity({ dimension: by, value: of, ...spanOf(named) })
      return { items: active.map(({ day, ...counts }) => ({ day: dayName(day), ...counts })) }
    },
    retention: async ({ query: { period_days, ...named } }) => {
      const cohorts = await leagues.retention({ periodDays: period_days, ...spanOf(named) })
      return { items: cohorts.map(({ from, ...cohort }) => ({ from: dayName(from), ...cohort })) }
    },
    channels: async ({ query }) => ({ items: await leagues.channels(spanOf(query)) }),
  }
}
