import { z } from 'zod'
import { amount, decimal, endpoint, EVERY_ROLE, instant, listOf, pageOf, paging } from './endpoint.ts'
import {
  datasetJob,
  RACE_STATES,
  raceDetail,
  raceDuel,
  racePlan,
  raceProposal,
  raceSummary,
  raceVerdict,
} from './race-shapes.ts'

/** Races on routes and on the practice data: what they know, what they decided, and what people do about them. */

const look = { who: EVERY_ROLE, of: 'installation' } as const
const act = { who: ['owner', 'admin', 'developer'], of: 'installation' } as const

const share = z.number().gt(0).lt(1)
const model = z
  .string()
  .max(300)
  .regex(/^[^/\s]+\/\S+$/, 'write provider/model')

/** Where nothing is said, it is the usual race: people are split, and a person promotes. */
const wanted = z.strictObject({
  /** A price fell and a race was proposed: route, champion and challenger are those of the proposal. */
  proposal: z.string().optional(),
  route: z.string().max(200).optional(),
  /** What leads the route now, where neither a race nor the first candidate says so. */
  champion: model.optional(),
  challengers: z.array(model).min(1).max(5).optional(),
  mode: raceSummary.shape.mode.optional(),
  unit: racePlan.shape.unit.optional(),
  window_hours: z.number().min(0).max(168).optional(),
  margin: share.optional(),
  alpha: share.optional(),
  /** Null: quality alone decides. */
  saving: z.number().min(0).lt(1).nullable().optional(),
  ramp: z.array(z.number().gt(0).max(0.5)).min(1).max(10).optional(),
  ramp_hours: z.number().min(0).max(9_999).optional(),
  min_hours: z.number().min(0).max(9_999).optional(),
  auto: z.boolean().optional(),
  pacer: z.number().min(0).max(0.5).optional(),
  watch_days: z.int().min(1).max(365).optional(),
  /** Needed for the mode shadow; `budget` is in the champion's currency. */
  shadow: z
    .strictObject({
      budget: decimal,
      concurrency: z.int().min(1).max(999).default(4),
      tools: z.boolean().default(false),
      grader: z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.enum(['exact', 'json-schema']) }),
        z.strictObject({ kind: z.literal('judge'), model }),
      ]),
    })
    .optional(),
})

const byHand = z.strictObject({ reason: z.string().trim().min(1).max(500).optional() })

export const racesApi = {
  list: endpoint({
    method: 'GET',
    path: '/api/races',
    summary: 'Races on routes, newest first',
    rule: look,
    query: z.strictObject({ ...paging.shape, state: z.enum(RACE_STATES).optional(), route: z.string().optional() }),
    answer: pageOf(raceSummary),
  }),
  find: endpoint({
    method: 'GET',
    path: '/api/races/{id}',
    summary: 'One race: plan, arms, evidence by gate, its course, guardrails, cost, shares, spend and measured saving',
    rule: look,
    answer: raceDetail,
  }),
  proposals: endpoint({
    method: 'GET',
    path: '/api/races/proposals',
    summary: 'Races that fallen prices suggested, newest first',
    rule: look,
    query: z.strictObject({ open: z.stringbool().optional() }),
    answer: listOf(raceProposal),
  }),
  verdicts: endpoint({
    method: 'GET',
    path: '/api/races/verdicts',
    summary: 'What was decided, by whom and on what evidence, newest first',
    rule: look,
    query: z.strictObject({ ...paging.shape, race: z.string().optional() }),
    answer: pageOf(raceVerdict),
  }),
  verify: endpoint({
    method: 'GET',
    path: '/api/races/verdicts/verify',
    summary: 'Work out the hash of every verdict again: finds one that was changed or taken out',
    rule: look,
    answer: z.object({
      ok: z.boolean(),
      verdicts: z.int(),
      /** The hash of the last one: keep it elsewhere, and a cut-off end shows, too. */
      head: z.string().nullable(),
      /** The first that is not what was written. */
      broken: z.string().nullable(),
    }),
  }),
  duels: endpoint({
    method: 'GET',
    path: '/api/races/{id}/duels',
    summary: 'The single trials of a race, newest first; in the shadow both answers side by side',
    rule: look,
    query: z.strictObject({ ...paging.shape, arm: z.string().optional(), rated: z.stringbool().optional() }),
    answer: z.object({
      ...pageOf(raceDuel).shape,
      /** Why there are no questions and answers to read. */
      text: z.literal('not kept'),
      text_note: z.string(),
    }),
  }),
  plan: endpoint({
    method: 'POST',
    path: '/api/races/plan',
    looks: true,
    summary: 'What a race would be frozen as, how many trials and days it is planned to take; starts nothing',
    rule: look,
    body: wanted,
    answer: z.object({
      route: z.string(),
      champion: z.string(),
      challengers: z.array(z.string()),
      mode: raceSummary.shape.mode,
      auto: z.boolean(),
      plan: racePlan.omit({ config_sha256: true }),
      /** For the gate that needs the most. */
      trials_planned: z.int(),
      requests_a_day: z.number(),
      /** At the traffic of the week before, with each request a trial; null without any. */
      days_planned: z.number().nullable(),
    }),
  }),
  start: endpoint({
    method: 'POST',
    path: '/api/races',
    status: 201,
    summary: 'Start a race, from a proposal or as planned; the server takes it up within seconds',
    rule: act,
    body: wanted,
    answer: raceSummary,
  }),
  stop: endpoint({
    method: 'POST',
    path: '/api/races/{id}/stop',
    summary: 'End a race; who leads the route stays as it is',
    rule: act,
    body: byHand,
    answer: raceSummary,
  }),
  promote: endpoint({
    method: 'POST',
    path: '/api/races/{id}/promote',
    summary: 'Let the proposed challenger lead the route, or another one against the evidence',
    rule: act,
    body: byHand.extend({ challenger: model.optional() }),
    answer: raceSummary,
  }),
  rollBack: endpoint({
    method: 'POST',
    path: '/api/races/{id}/rollback',
    summary: 'Let what led the route before a promotion lead it again',
    rule: act,
    body: byHand,
    answer: raceSummary,
  }),
  export: endpoint({
    method: 'GET',
    path: '/api/races/{id}/export',
    summary: 'All that a race was decided on, a thousand rows at a time: the race, its trials, signals and verdicts',
    rule: look,
    query: z.strictObject({ after: z.string().max(50).optional() }),
    answer: pageOf(z.record(z.string(), z.unknown())),
  }),
  datasets: endpoint({
    method: 'GET',
    path: '/api/races/datasets',
    summary: 'Races on the practice data, newest first',
    rule: look,
    answer: listOf(datasetJob),
  }),
  startDataset: endpoint({
    method: 'POST',
    path: '/api/races/datasets',
    status: 201,
    summary: 'Race recorded models on the practice data, in the background; one that was stopped goes on',
    rule: act,
    body: z.strictObject({
      champion: model,
      challengers: z.array(model).min(1).max(5),
      margin: share.default(0.02),
      alpha: share.default(0.05),
      saving: z.number().min(0).lt(1).nullable().default(0.1),
      budget: amount.strict().optional(),
      concurrency: z.int().min(1).max(64).default(4),
      seed: z.string().max(100).default('1'),
    }),
    answer: datasetJob,
  }),
  dataset: endpoint({
    method: 'GET',
    path: '/api/races/datasets/{id}',
    summary: 'How far a race on the practice data is, and its report when it has one',
    rule: look,
    answer: z.object({
      job: datasetJob,
      /** As `paddock race run --json` prints it; null while there is none. */
      report: z.record(z.string(), z.unknown()).nullable(),
      as_of: instant,
    }),
  }),
  stopDataset: endpoint({
    method: 'POST',
    path: '/api/races/datasets/{id}/stop',
    summary: 'Stop a race on the practice data when its running calls have ended; starting the same goes on',
    rule: act,
    answer: datasetJob,
  }),
}
