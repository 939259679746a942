import { z } from 'zod'
import { routeSettings } from './routes.ts'

/** The shape of paddock.yaml. Every part is optional: without a file, providers are found in the environment. */

const name = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._-]{0,63}$/,
    'use small letters, digits, ".", "_" and "-", at most 64, starting with a letter or digit',
  )
const text = z.string().min(1)

const httpUrl = z.url({
  protocol: /^https?$/,
  error: 'write a whole http or https URL, such as https://api.example.com/v1',
})

export const providerSetting = z.strictObject({
  /** How the provider is spoken to. Not needed for a provider that is already known, such as deepseek. */
  dialect: z.enum(['openai-chat']).optional(),
  base_url: httpUrl.optional(),
  api_key: z.string().optional(),
  /** Several keys of one provider: requests take turns, and one that was limited rests. */
  api_keys: z.array(text).min(1).optional(),
  /** The models to offer. Left out, a known provider offers what the price book lists and passes other names through. */
  models: z.array(text).optional(),
  /** The currency the provider bills in: it chooses between price rows where a model has several. */
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, 'write a currency as three capital letters, such as CNY')
    .optional(),
  zone: text.optional(),
  abort_bills: z.enum(['produced', 'full', 'unknown']).optional(),
  /** What each model can take and give, where it is known. */
  model_facts: z
    .record(text, z.strictObject({ images: z.boolean().optional(), max_output_tokens: z.int().positive().optional() }))
    .optional(),
})

export const configFile = z.strictObject({
  server: z
    .strictObject({
      host: text.optional(),
      port: z.int().min(0).max(65_535).optional(),
      /** How long running answers may go on after a stop signal, in seconds. */
      drain_seconds: z.int().min(0).max(3_600).optional(),
    })
    .optional(),
  providers: z.record(name, providerSetting).optional(),
  prices: z.array(z.record(z.string(), z.unknown())).optional(),
  routes: routeSettings.optional(),
  limits: z
    .strictObject({
      body_bytes_max: z.int().min(1_024).optional(),
      choices_max: z.int().min(1).optional(),
      output_tokens_max: z.int().min(1).optional(),
    })
    .optional(),
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
