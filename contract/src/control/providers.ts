import { z } from 'zod'
import { endpoint, EVERY_ROLE, instant, listOf } from './endpoint.ts'

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
})

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
      error: z.object({ code: z.string(), message: z.string() }).nullable(),
    }),
  }),
  enterKey: endpoint({
    method: 'PUT',
    path: '/api/providers/{id}/key',
    summary: 'Give a key for a known provider. It is encrypted, bound to the address, and used at once',
    rule: change,
    body: z.strictObject({
      key: z.string().regex(/^[\x21-\x7e]{8,500}$/, 'a key has 8 to 500 visible ASCII characters'),
      /** Left out: the provider's usual address. */
      base_url: z.url({ protocol: /^https?$/, error: 'write a whole http or https URL' }).optional(),
    }),
    answer: provider,
  }),
  removeKey: endpoint({
    method: 'DELETE',
    path: '/api/providers/{id}/key',
    summary: 'Forget the key that was given here',
    rule: change,
    answer: provider,
  }),
}
