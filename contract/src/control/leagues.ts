import { z } from 'zod'
import { day, decimal, endpoint, EVERY_ROLE, listOf } from './endpoint.ts'

/** Who uses what, how much, and how fast it grows; over all organisations. Days are those of the server's zone. */

const rule = { who: EVERY_ROLE, of: 'installation' } as const
const days = z.strictObject({ from: day.optional(), to: day.optional() })

export const LEAGUES = ['all', 'app', 'model', 'provider', 'team'] as const
const by = z.enum(LEAGUES)

export const leaguesApi = {
  standings: endpoint({
    method: 'GET',
    path: '/api/leagues/standings',
    summary: 'Calls, tokens and active members of each, with growth over the span before',
    rule,
    query: z.strictObject({
      ...days.shape,
      by: by.default('model'),
      limit: z.coerce.number<number>().int().min(1).max(200).default(20),
    }),
    answer: listOf(
      z.object({
        value: z.string(),
        calls: z.int(),
        tokens: z.int(),
        active: z.int(),
        /** Of all calls of the span, in percent. */
        calls_share: z.number().nullable(),
        /** How many times as much as in the span before, which is as long; null where there was nothing. */
        calls_growth: z.number().nullable(),
        tokens_growth: z.number().nullable(),
        active_growth: z.number().nullable(),
        /** What it was in the span before. */
        calls_before: z.int(),
        tokens_before: z.int(),
        active_before: z.int(),
      }),
    ),
  }),
  activity: endpoint({
    method: 'GET',
    path: '/api/leagues/activity',
    summary: 'Daily, weekly and monthly active members of each day',
    rule,
    query: z.strictObject({ ...days.shape, by: by.default('all'), of: z.string().default('') }),
    answer: listOf(z.object({ day, daily: z.int(), weekly: z.int(), monthly: z.int() })),
  }),
  retention: endpoint({
    method: 'GET',
    path: '/api/leagues/retention',
    summary: 'How many of those who came first in a period came again in each later one',
    rule,
    query: z.strictObject({ ...days.shape, period_days: z.coerce.number<number>().int().min(1).max(31).default(7) }),
    answer: listOf(z.object({ from: day, members: z.int(), active: z.array(z.int()) })),
  }),
  channels: endpoint({
    method: 'GET',
    path: '/api/leagues/channels',
    summary: 'Where new members came from, and what each of them cost',
    rule,
    query: days,
    answer: listOf(
      z.object({
        channel: z.string(),
        currency: z.string().nullable(),
        spent: decimal.nullable(),
        ads: z.int(),
        /** Of all advertisements of the span, in percent. */
        ads_share: z.number().nullable(),
        new_members: z.int(),
        /** Of all new members whose channel is known, in percent. */
        new_members_share: z.number().nullable(),
        cost_per_new_member: decimal.nullable(),
      }),
    ),
  }),
}
