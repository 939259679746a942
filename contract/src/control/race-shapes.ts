import { z } from 'zod'
import { amount, decimal, instant, usage } from './endpoint.ts'

/** What races look like. Shares and probabilities are from 0 to 1; amounts without a decimal are estimates of statistics. */

export const RACE_STATES = [
  'running',
  'promotable',
  'watching',
  'settled',
  'rejected',
  'inconclusive',
  'aborted',
  'stopped',
  'rolled_back',
] as const

export const raceProposal = z.object({
  id: z.string(),
  at: instant,
  route: z.string(),
  champion: z.string(),
  challenger: z.string(),
  /** What the traffic of so many days would have cost less, by price alone. */
  saving: z.object({ amount: decimal, currency: z.string(), days: z.int() }),
  percent: decimal,
  /** The race that came of it. */
  race: z.string().nullable(),
})

export const raceSummary = z.object({
  id: z.string(),
  route: z.string(),
  state: z.enum(RACE_STATES),
  /** Why it ended, or what it waits for. */
  reason: z.string().nullable(),
  mode: z.enum(['split', 'shadow']),
  champion: z.string(),
  challengers: z.array(z.string()),
  started_at: instant,
  ended_at: instant.nullable(),
  auto: z.boolean(),
  /** `before`: what led the route by a race before; null where its candidates did. */
  promotion: z.object({ at: instant, model: z.string(), before: z.string().nullable() }).nullable(),
})

/** Frozen at the start. The seed by which units are assigned stays inside: with it, people could be found again. */
export const racePlan = z.object({
  unit: z.enum(['user', 'conversation', 'request']),
  window_hours: z.number(),
  margin: z.number(),
  alpha: z.number(),
  saving: z.number().nullable(),
  currency: z.string(),
  ramp: z.array(z.number()),
  ramp_hours: z.number(),
  min_hours: z.number(),
  trials_max: z.int(),
  pacer: z.number(),
  watch_days: z.number(),
  /** The champion's 95th percentiles of the week before; null where too little was known. */
  bounds: z.object({ latency_ms: z.number().nullable(), first_token_ms: z.number().nullable() }),
  shadow: z
    .object({
      budget: decimal,
      concurrency: z.int(),
      tools: z.boolean(),
      grader: z.object({ kind: z.enum(['exact', 'json-schema', 'judge']), model: z.string().optional() }),
    })
    .nullable(),
  expected_saving: raceProposal.shape.saving.nullable(),
  /** SHA-256 of all of it, which stands in every verdict. */
  config_sha256: z.string(),
})

const proof = z.object({
  /** A natural logarithm, and what is asked of it. */
  log_evidence: z.number(),
  threshold: z.number(),
  /** Its share of what is asked; 1 is proof. */
  progress: z.number(),
})

/** `quality` and the guardrails: each must be passed at one moment. */
export const raceGate = z.object({
  gate: z.enum(['quality', 'errors', 'latency', 'firstToken']),
  state: z.enum(['passed', 'failed', 'open']),
  n: z.int(),
  /** Challenger less champion; null where nothing was seen. */
  difference: z.number().nullable(),
  margin: z.number(),
  good_enough: proof,
  too_bad: proof,
})

export const raceChallenger = z.object({
  model: z.string(),
  fate: z.enum(['promotable', 'running', 'inferior', 'futile', 'dropped']),
  units: z.object({ champion: z.int(), challenger: z.int() }),
  interval: z.object({ low: z.number(), high: z.number() }),
  gates: z.array(raceGate),
  /** Null where no saving is asked for. `mean`: saved per unit beyond what is asked, in the race's currency. */
  cost: z
    .object({
      state: z.enum(['passed', 'open']),
      n: z.int(),
      mean: z.number().nullable(),
      half_width: z.number().nullable(),
    })
    .nullable(),
  mean_cost: z.number().nullable(),
})

/** One look at the difference in quality; the intervals hold at all looks at once. */
export const racePoint = z.object({
  at: instant,
  challenger: z.string(),
  n: z.int(),
  difference: z.number().nullable(),
  low: z.number(),
  high: z.number(),
  good_enough: z.number(),
  too_bad: z.number(),
})

/**
 * What a promotion was worth: the requests of the route that the new model has answered, from the promotion until it was
 * rolled back or another one followed, beside the same usage at the old champion's prices of each request's instant.
 */
export const measuredSaving = z.object({
  race: z.string(),
  route: z.string(),
  champion: z.string(),
  model: z.string(),
  from: instant,
  to: instant,
  requests: z.int(),
  paid: z.array(amount),
  counterfactual: z.array(amount),
  /** Requests without a price at one of the two. */
  unpriced: z.int(),
  /** All of it in the old champion's currency, by the operator's rates; null where one is missing. */
  reported: z.object({ currency: z.string(), paid: decimal, counterfactual: decimal, saved: decimal }).nullable(),
})

export const raceDetail = z.object({
  race: raceSummary,
  plan: racePlan,
  phases: z.array(
    z.object({
      since: instant,
      kind: z.enum(['race', 'watch']),
      arms: z.array(z.object({ model: z.string(), share: z.number(), units: z.int() })),
      /** Evidence that units do not arrive in the planned shares: a natural logarithm, an alarm from ln 1000 on. */
      log_share_mismatch: z.number().nullable(),
    }),
  ),
  challengers: z.array(raceChallenger),
  /** What still forbids a promotion. */
  holds: z.array(z.string()),
  shares_are_off: z.boolean(),
  /** Requests that were repeated in the shadow, and those that were not, by reason. */
  mirrored: z.object({ repeated: z.int(), busy: z.int(), budget: z.int(), tools: z.int() }),
  /** What repeated requests and their judge have cost. */
  race_cost: z.number(),
  /** How the interval became narrower, until the promotion or the end. */
  course: z.array(racePoint),
  saving: measuredSaving.nullable(),
})

export const VERDICT_KINDS = [
  'start',
  'propose',
  'promote',
  'drop',
  'reject',
  'inconclusive',
  'abort',
  'stop',
  'rollback',
  'settle',
] as const

export const raceVerdict = z.object({
  id: z.string(),
  race: z.string(),
  at: instant,
  kind: z.enum(VERDICT_KINDS),
  challenger: z.string().nullable(),
  /** `referee`, or who gave the command. */
  actor: z.string(),
  reason: z.string(),
  /** What was known then. */
  evidence: z.unknown(),
  config_sha256: z.string(),
  previous_hash: z.string(),
  hash: z.string(),
})

export const raceDuel = z.object({
  /** The request that says something of its arm; of a pair, the challenger's. */
  id: z.string(),
  at: instant,
  arm: z.string(),
  phase: z.int(),
  /** A keyed hash: nobody's name. */
  unit: z.string(),
  /** Of a pair the champion's first. */
  answers: z.array(
    z.object({
      request_id: z.string(),
      arm: z.string(),
      /** Who answered, or was asked last. */
      model: z.string(),
      state: z.string(),
      usage,
      cost: amount.nullable(),
      duration_ms: z.int(),
      first_byte_ms: z.int().nullable(),
    }),
  ),
  signals: z.array(
    z.object({
      source: z.enum(['user', 'check', 'judge']),
      reviewer: z.string(),
      /** 0 to 1, or −1 to 1 where two answers were compared. */
      value: z.number(),
      comment: z.string().nullable(),
      at: instant,
    }),
  ),
})

export const datasetJob = z.object({
  id: z.string(),
  /** `stopped`: it can go on where it was, and pays for nothing twice. */
  state: z.enum(['running', 'finished', 'stopped', 'failed']),
  started_at: instant,
  dataset: z.string(),
  champion: z.string(),
  challengers: z.array(z.string()),
  budget: amount.nullable(),
  /** Items that are counted, and how many it may take. */
  done: z.int(),
  max: z.int(),
  /** In the race's currency. */
  spent: amount.nullable(),
  bars: z.array(
    z.object({
      model: z.string(),
      fate: z.string(),
      n: z.int(),
      difference: z.number().nullable(),
      good_enough: z.number(),
      too_bad: z.number(),
    }),
  ),
  /** Of one that is finished. */
  verdict: z.object({ kind: z.string(), challenger: z.string().nullable(), reason: z.string().nullable() }).nullable(),
  /** Why it failed. */
  problem: z.string().nullable(),
})
