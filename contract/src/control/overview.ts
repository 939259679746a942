import { z } from 'zod'
import { amount, decimal, endpoint, EVERY_ROLE, instant, span, usage } from './endpoint.ts'
import { measuredSaving, VERDICT_KINDS } from './race-shapes.ts'

/** What happened lately, from the rollups; entries of practice are left out unless asked for. */

const rule = { who: EVERY_ROLE, of: 'organisation', readKey: true } as const

const filters = z.strictObject({
  ...span.shape,
  team: z.string().optional(),
  key: z.string().optional(),
  practice: z.stringbool().optional(),
})

/** Sums of a span. Failed: how it ended was an error of the provider, a time-out or an orphan. */
export const sums = z.object({
  requests: z.int(),
  failed: z.int(),
  unpriced: z.int(),
  usage,
  /** What is owed to providers, one amount for each currency. */
  cost: z.array(amount),
  /** What callers are charged. */
  charge: z.array(amount),
})

/** Whole hours: entries lie in them and between them. `to` is not included. */
const extent = z.object({ from: instant, to: instant })

export const BREAKDOWNS = ['model', 'provider', 'key', 'team', 'route', 'state'] as const
const by = z.enum(BREAKDOWNS)

export const overviewApi = {
  overview: endpoint({
    method: 'GET',
    path: '/api/overview',
    summary: 'Sums of a span (the last seven days if none is named) and of the span before it, and health',
    rule,
    query: filters,
    answer: z.object({
      from: instant,
      to: instant,
      now: sums,
      before: sums,
      /** What promotions have saved in the span, beside the bill without them; null while none has moved traffic. */
      savings: z
        .object({
          routes: z.array(measuredSaving),
          paid: z.array(amount),
          counterfactual: z.array(amount),
          /** Each in its old champion's currency; what lacks a rate is in none. */
          saved: z.array(amount),
        })
        .nullable(),
      health: z.object({
        accepting: z.boolean(),
        /** The code that requests are refused with. */
        reason: z.string().nullable(),
        open_requests: z.int(),
        /** Entries that are in the journal and not yet in these numbers, and how old the oldest is. */
        undrained: z.int(),
        undrained_age_ms: z.int(),
        drain_failing: z.boolean(),
        orphans_recovered: z.int(),
        quarantined: z.int(),
      }),
      as_of: instant,
    }),
  }),
  extent: endpoint({
    method: 'GET',
    path: '/api/overview/extent',
    summary: 'From which hour to which there are entries: real ones, and those of practice',
    rule,
    answer: z.object({ real: extent.nullable(), practice: extent.nullable() }),
  }),
  series: endpoint({
    method: 'GET',
    path: '/api/overview/series',
    summary: 'Sums by hour or day, as a chart wants them: the largest groups, and the others added up',
    rule,
    query: z.strictObject({
      ...filters.shape,
      grain: z.enum(['hour', 'day']).optional(),
      by: by.optional(),
      top: z.coerce.number<number>().int().min(1).max(25).default(8),
    }),
    answer: z.object({
      grain: z.enum(['hour', 'day']),
      /** Where each bucket begins; every list below has one value for each. */
      starts: z.array(instant),
      /** Whether the last bucket is not over yet. */
      last_is_open: z.boolean(),
      groups: z.array(
        z.object({
          /** Null: all others together, or everything where nothing was asked to be told apart. */
          name: z.string().nullable(),
          label: z.string().nullable(),
          requests: z.array(z.int()),
          failed: z.array(z.int()),
          input_tokens: z.array(z.int()),
          output_tokens: z.array(z.int()),
          cost: z.array(z.object({ currency: z.string(), amounts: z.array(decimal) })),
        }),
      ),
      /** How many groups the others are. */
      others: z.int(),
      as_of: instant,
    }),
  }),
  breakdown: endpoint({
    method: 'GET',
    path: '/api/overview/breakdown',
    summary: 'Sums of a span by model, provider, key, team, route or state, most requests first',
    rule,
    query: z.strictObject({ ...filters.shape, by, limit: z.coerce.number<number>().int().min(1).max(200).default(25) }),
    answer: z.object({
      items: z.array(z.object({ name: z.string().nullable(), label: z.string().nullable(), ...sums.shape })),
      /** How many there are in all. */
      groups: z.int(),
      as_of: instant,
    }),
  }),
  timeline: endpoint({
    method: 'GET',
    path: '/api/overview/timeline',
    summary: 'Fallen prices, proposals, races and promotions, and the daily bill beside what it would have been',
    rule: { who: EVERY_ROLE, of: 'installation' },
    query: z.strictObject({
      ...span.shape,
      /** Only this route. */
      route: z.string().optional(),
      /** Both lines in this currency, too, by the operator's table. */
      currency: z.string().optional(),
    }),
    answer: z.object({
      /** Days (UTC); every list below has one value for each. */
      starts: z.array(instant),
      /** What was owed. */
      bill: z.array(z.object({ currency: z.string(), amounts: z.array(decimal) })),
      /**
       * What would have been owed without the promotions: the bill, with the usage that promoted models have answered priced
       * at the old champion of their race instead.
       */
      counterfactual: z.array(z.object({ currency: z.string(), amounts: z.array(decimal) })),
      /** Null unless a currency was asked for; null for a day without a rate. */
      reported: z
        .object({
          currency: z.string(),
          bill: z.array(decimal.nullable()),
          counterfactual: z.array(decimal.nullable()),
        })
        .nullable(),
      savings: z.array(measuredSaving),
      /** In the order in which they happened. */
      events: z.array(
        z.object({
          at: instant,
          kind: z.enum(['price_drop', 'proposal', ...VERDICT_KINDS]),
          route: z.string().nullable(),
          race: z.string().nullable(),
          model: z.string().nullable(),
          actor: z.string().nullable(),
          text: z.string(),
        }),
      ),
      as_of: instant,
    }),
  }),
}
