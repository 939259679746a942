import { z } from 'zod'
import { alertsSetting, budgetSetting } from './budgets.ts'
import { racesSetting } from './races.ts'
import { chargeSettings } from './charges.ts'
import { currency, fxSettings } from './fx.ts'
import { name, routeSettings, text } from './routes.ts'
import { signInSetting } from './sign-in.ts'
import { TASK_NAMES } from './tasks.ts'
import { zone } from './zone.ts'

/** The shape of paddock.yaml. Every part is optional: without a file, providers are found in the environment. */

const httpUrl = z.url({
  protocol: /^https?$/,
  error: 'write a whole http or https URL, such as https://api.example.com/v1',
})

const taskPath = z.string().regex(/^\/[\w./-]+$/, 'write what comes behind base_url, such as /embeddings')

const providerSetting = z.strictObject({
  /** How the provider is spoken to. Not needed for a provider that is already known, such as deepseek. */
  dialect: z.enum(['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini']).optional(),
  base_url: httpUrl.optional(),
  api_key: z.string().optional(),
  /** Several keys of one provider: requests take turns, and one that was limited rests. */
  api_keys: z.array(text).min(1).optional(),
  /** The models to offer. Left out, a known provider offers what the price book lists and passes other names through. */
  models: z.array(text).optional(),
  /** The currency the provider bills in: it chooses between price rows where a model has several. */
  currency: currency.optional(),
  zone: text.optional(),
  abort_bills: z.enum(['produced', 'full', 'unknown']).optional(),
  /** The endpoints it has beside the one of its dialect. One that is left out is not called. */
  tasks: z.partialRecord(z.enum(TASK_NAMES), taskPath).optional(),
  /** What each model can take and give, where it is known. */
  model_facts: z
    .record(
      text,
      z.strictObject({
        images: z.boolean().optional(),
        max_output_tokens: z.int().positive().optional(),
        /** Tokens of prompt and answer together. */
        context_tokens: z.int().positive().optional(),
      }),
    )
    .optional(),
})

/** A limit: a whole number, or "none" to lift what a more general rule sets. Left out, the more general rule decides. */
const limit = z.union([z.int().positive(), z.literal('none')], {
  error: 'write a whole number from 1 upwards, or none to lift the limit of a more general rule',
})

/** What may be asked for in any sixty seconds, and at once. */
const limitSetting = z.strictObject({
  /** Requests a minute. */
  rpm: limit.optional(),
  /** Tokens a minute, of prompts and answers together. */
  tpm: limit.optional(),
  /** Requests that run at the same time. */
  concurrent: limit.optional(),
})

/** The limits of a key, its share of places when requests have to wait, and caps on what one request may ask for. */
export const keyLimitSetting = z.strictObject({
  ...limitSetting.shape,
  weight: z.int().min(1).max(100).optional(),
  output_tokens_max: limit.optional(),
  choices_max: limit.optional(),
  images_max: z
    .union([z.int().min(0), z.literal('none')], { error: 'write a whole number, 0 for no images, or none for no cap' })
    .optional(),
  prompt_bytes_max: limit.optional(),
})

/** The limits of a model: for all who call it together, and for each key that calls it. */
const modelLimitSetting = z.strictObject({ ...limitSetting.shape, per_key: limitSetting.optional() })

const limitsSetting = z.strictObject({
  body_bytes_max: z.int().min(1_024).optional(),
  choices_max: z.int().min(1).optional(),
  output_tokens_max: z.int().min(1).optional(),
  /** By name or id; the rule called "default" is for all that have none, and for what a named one leaves out. */
  keys: z.record(text, keyLimitSetting).optional(),
  teams: z.record(text, limitSetting).optional(),
  organisations: z.record(text, limitSetting).optional(),
  /** By provider/model. */
  models: z.record(text, modelLimitSetting).optional(),
  /** Requests of everybody that run in this process at the same time. */
  concurrent: limit.optional(),
  /** How many requests may wait for a place in all, and each for how long. */
  waiting: z
    .strictObject({ requests: z.int().min(0).optional(), seconds: z.int().min(1).max(600).optional() })
    .optional(),
})

/** Answers that are given again to who asks the same; without `seconds`, only on routes that say so themselves. */
const cacheSetting = z.strictObject({
  seconds: z.int().min(0).max(2_592_000).optional(),
  /** What all of them may take of this process's memory. */
  bytes_max: z.int().min(1_024).optional(),
})

/** Answers of /v1/responses that callers may go on from. */
const responsesSetting = z.strictObject({
  /** For how long; 0 keeps none. */
  keep_days: z.int().min(0).max(3_650).optional(),
  /** One conversation. */
  bytes_max: z.int().min(1_024).optional(),
  /** All of an organisation; the oldest go first. */
  organisation_bytes_max: z.int().min(1_024).optional(),
})

/** How long entries are kept. Their sums are kept for good. */
const booksSetting = z.strictObject({
  /** So many whole months before the present one, in server.zone. Left out: all. */
  keep_months: z.int().min(1).max(1_200).optional(),
  /** A folder to which a month's entries are written before they go. Left out: nowhere. */
  archive: text.optional(),
})

/** Answers that are kept for who sends a request again under the same Idempotency-Key. */
const idempotencySetting = z.strictObject({
  /** For how long; 0 keeps none, and the header has no meaning. */
  keep_hours: z.int().min(0).max(720).optional(),
  /** A longer answer is not kept. */
  answer_bytes_max: z.int().min(1_024).optional(),
  /** All of an organisation; the oldest go first. */
  organisation_bytes_max: z.int().min(1_024).optional(),
})

export const configFile = z.strictObject({
  server: z
    .strictObject({
      host: text.optional(),
      port: z.int().min(0).max(65_535).optional(),
      /** How long running answers may go on after a stop signal, in seconds. */
      drain_seconds: z.int().min(0).max(3_600).optional(),
      /** The time zone in which days of people are counted, such as Asia/Shanghai; else UTC. */
      zone: zone.optional(),
    })
    .optional(),
  providers: z.record(name, providerSetting).optional(),
  prices: z.array(z.record(z.string(), z.unknown())).optional(),
  fx: fxSettings.optional(),
  routes: routeSettings.optional(),
  charges: chargeSettings.optional(),
  limits: limitsSetting.optional(),
  budgets: z.array(budgetSetting).optional(),
  alerts: alertsSetting.optional(),
  races: racesSetting.optional(),
  books: booksSetting.optional(),
  cache: cacheSetting.optional(),
  responses: responsesSetting.optional(),
  idempotency: idempotencySetting.optional(),
  sign_in: signInSetting.optional(),
  practice: z
    .strictObject({
      /** Offer the built-in practice models. Left out: only while no other provider is set up. */
      enabled: z.boolean().optional(),
      /** 1 streams at the speed of the real model, 10 ten times faster, 0 without waiting. */
      speed: z.number().min(0).optional(),
    })
    .optional(),
})

export type ConfigFile = z.infer<typeof configFile>
export type ProviderSetting = z.infer<typeof providerSetting>
export type RouteSetting = NonNullable<ConfigFile['routes']>[number]
export type LimitSetting = z.infer<typeof limitSetting>
export type KeyLimitSetting = z.infer<typeof keyLimitSetting>
export type ModelLimitSetting = z.infer<typeof modelLimitSetting>
export type LimitsSetting = z.infer<typeof limitsSetting>
