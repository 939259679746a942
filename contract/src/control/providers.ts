import { z } from 'zod'
import { currency } from '../fx.ts'
import { amount, done, endpoint, EVERY_ROLE, instant, listOf } from './endpoint.ts'
import { sums } from './overview.ts'

/** Who serves models, and the operator's keys for them. A key goes in and never comes out. */

const look = {
  who: EVERY_ROLE,
  of: 'installation',
} as const
const change = { who: ['owner', 'admin'], of: 'installation' } as const

export const provider = z.object({
  id: z.string(),
  name: z.object({ en: z.string(), zh: z.string(), ja: z.string() }),
  dialect: z.string(),
  base_url: z.string(),
  currency: z.string(),
  /** Whether requests can go there. */
  active: z.boolean(),
  practice: z.boolean(),
  /** Whether it was made here: then it can be changed and removed here. */
  made_here: z.boolean(),
  /** Where it was found: an environment variable, paddock.yaml, "built in", "the console"; null where it is not set up. */
  found_in: z.string().nullable(),
  needs_key: z.boolean(),
  /** How many keys it is called with. */
  keys: z.int(),
  /** The key entered here, if one was: its last four characters, and when. */
  entered_key: z.object({ last_four: z.string(), entered_at: instant, base_url: z.string() }).nullable(),
  models: z.array(z.string()),
  /** Whether names beyond these are passed on, too. */
  open: z.boolean(),
  /** What speaks against its models now; empty when nothing does. */
  hindrances: z.array(z.object({ model: z.string(), health: z.string() })),
  /** What it did in the last day, of all organisations. */
  last_day: sums,
  /** Measured on the requests of the last hours: how long until the first byte, by model; empty where none was seen. */
  speeds: z.array(z.object({ model: z.string(), first_byte_ms: z.int(), tokens_per_second: z.number().nullable() })),
  /** Whether it can be asked what is left of the money paid in. */
  tells_balance: z.boolean(),
})

/** What went wrong, and what to do about it; `next` is null where the message says it all. */
const failure = z.object({ code: z.string(), message: z.string(), next: z.string().nullable() })

const providerKey = z.string().regex(/^[\x21-\x7e]{8,500}$/, 'a key has 8 to 500 visible ASCII characters')

export const providersApi = {
  list: endpoint({
    method: 'GET',
    path: '/api/providers',
    summary: 'Every provider that is known, those that are set up first',
    rule: look,
    answer: listOf(provider),
  }),
  find: endpoint({
    method: 'GET',
    path: '/api/providers/{id}',
    summary: 'One provider',
    rule: look,
    answer: provider,
  }),
  test: endpoint({
    method: 'POST',
    path: '/api/providers/{id}/test',
    summary:
      'Ask one of its models for a word, for real: whether it can be reached and takes the key. It is booked like every request',
    rule: change,
    body: z.strictObject({
      /** Its first one if left out. */
      model: z.string().min(1).max(300).optional(),
    }),
    answer: z.object({
      ok: z.boolean(),
      model: z.string(),
      request_id: z.string().nullable(),
      duration_ms: z.int(),
      /** When the first byte of the answer was there; null where none came. */
      first_byte_ms: z.int().nullable(),
      error: failure.nullable(),
    }),
  }),
  models: endpoint({
    method: 'GET',
    path: '/api/providers/{id}/models',
    summary: 'The models the provider itself lists, asked now with the key it is called with',
    rule: change,
    answer: z.object({
      items: z.array(
        z.object({
          name: z.string(),
          /** Whether callers are offered it. */
          offered: z.boolean(),
          /** Whether the price book has a price of it now. */
          priced: z.boolean(),
        }),
      ),
      error: failure.nullable(),
      duration_ms: z.int(),
    }),
  }),
  balance: endpoint({
    method: 'GET',
    path: '/api/providers/{id}/balance',
    summary: 'What is left of the money that was paid in, as the provider tells it now',
    rule: { who: ['owner', 'admin', 'billing'], of: 'installation' },
    answer: z.object({
      /** False where the provider is not known to tell it. */
      told: z.boolean(),
      balances: z.array(amount),
      error: failure.nullable(),
      as_of: instant,
    }),
  }),
  enterKey: endpoint({
    method: 'PUT',
    path: '/api/providers/{id}/key',
    summary: 'Give a key for a known provider. It is encrypted, bound to the address, and used at once',
    rule: change,
    body: z.strictObject({
      key: providerKey,
      /** Left out: the provider's usual address. */
      base_url: z.url({ protocol: /^https?$/, error: 'write a whole http or https URL' }).optional(),
    }),
    answer: provider,
  }),
  make: endpoint({
    method: 'PUT',
    path: '/api/providers/{id}',
    summary: 'Make a provider nobody knows facts of, or change one that was made here. paddock.yaml wins over it',
    rule: change,
    body: z.strictObject({
      dialect: z.enum(['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini']).default('openai-chat'),
      /** A public https address: everything before /chat/completions. Others are set in paddock.yaml. */
      base_url: z.url({ protocol: /^https?$/, error: 'write a whole http or https URL' }),
      /** Left out: the one that was entered for the same address, or none. */
      key: providerKey.optional(),
      models: z
        .array(z.string().regex(/^\S{1,200}$/, 'a name has no spaces'))
        .min(1)
        .max(500),
      /** In which it bills. */
      currency: currency.default('USD'),
    }),
    answer: provider,
  }),
  remove: endpoint({
    method: 'DELETE',
    path: '/api/providers/{id}',
    summary: 'Remove a provider that was made here, and its key',
    rule: change,
    answer: done,
  }),
  removeKey: endpoint({
    method: 'DELETE',
    path: '/api/providers/{id}/key',
    summary: 'Forget the key that was given here',
    rule: change,
    answer: provider,
  }),
}
