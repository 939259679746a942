import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { describe, expect, it } from 'vitest'
import { sharedTestbed } from '../testbed.ts'

/** What the official clients throw, which is what the programs of our callers catch; and what they send again by themselves. */

const DIALECTS = ['openai-chat', 'anthropic-messages'] as const
const CLIENT_NAMES = ['openai-chat', 'openai-responses', 'anthropic'] as const
type ClientName = (typeof CLIENT_NAMES)[number]

/** One provider for each failure of each client: a failing one is remembered, and must not be met by another test. */
const FAILING = DIALECTS.flatMap((dialect) =>
  CLIENT_NAMES.flatMap((client) =>
    [401, 402, 429, 500].map((status) => ({ dialect, name: failing(dialect, client, status) })),
  ),
)

function failing(dialect: string, client: ClientName, status: number): string {
  return `${dialect}-${status}-of-${client}`
}

const testbed = sharedTestbed((url) => [
  'providers:',
  `  lab: { base_url: "${url}", api_key: any, models: [small, large] }`,
  ...FAILING.map(({ dialect, name }) => `  ${name}: { dialect: ${dialect}, base_url: "${url}", api_key: any }`),
  'limits: { keys: { slow: { rpm: 1 } } }',
])

type Asking = { readonly key: string; readonly retries?: number }
type Client = {
  /** The class of the error with this status. */
  readonly errors: Readonly<Record<number, abstract new (...args: never[]) => Error>>
  readonly ask: (model: string, asking: Asking) => Promise<unknown>
  readonly askWrongly: (model: string, asking: Asking) => Promise<unknown>
  readonly models: (asking: Asking) => Promise<string[]>
}

const classesOf = (of: typeof OpenAI | typeof Anthropic): Client['errors'] => ({
  400: of.BadRequestError,
  401: of.AuthenticationError,
  403: of.PermissionDeniedError,
  404: of.NotFoundError,
  429: of.RateLimitError,
  502: of.InternalServerError,
})

/** How many requests the clients have sent. */
let sent = 0
const counted: typeof fetch = (...asked) => {
  sent += 1
  return fetch(...asked)
}

const openai = ({ key, retries = 0 }: Asking): OpenAI =>
  new OpenAI({ baseURL: `${testbed().server.url}/v1`, apiKey: key, maxRetries: retries, fetch: counted })
const anthropic = ({ key, retries = 0 }: Asking): Anthropic =>
  new Anthropic({ baseURL: testbed().server.url, apiKey: key, maxRetries: retries, fetch: counted })

const messages = [{ role: 'user' as const, content: 'a question' }]

const CLIENTS: Readonly<Record<ClientName, Client>> = {
  'openai-chat': {
    errors: classesOf(OpenAI),
    ask: (model, asking) => openai(asking).chat.completions.create({ model, messages }),
    askWrongly: (model, asking) => openai(asking).chat.completions.create({ model, messages, temperature: 9 }),
    models: (asking) => idsOf(openai(asking).models.list()),
  },
  'openai-responses': {
    errors: classesOf(OpenAI),
    ask: (model, asking) => openai(asking).responses.create({ model, input: 'a question' }),
    askWrongly: (model, asking) => openai(asking).responses.create({ model, input: 'a question', temperature: 9 }),
    models: (asking) => idsOf(openai(asking).models.list()),
  },
  anthropic: {
    errors: classesOf(Anthropic),
    ask: (model, asking) => anthropic(asking).messages.create({ model, max_tokens: 100, messages }),
    askWrongly: (model, asking) =>
      anthropic(asking).messages.create({ model, max_tokens: 100, messages, temperature: 9 }),
    models: (asking) => idsOf(anthropic(asking).models.list()),
  },
}

/** As a client reads them that goes on to the next page for as long as there is one. */
async function idsOf(pages: AsyncIterable<{ readonly id: string }>): Promise<string[]> {
  const ids = []
  for await (const { id } of pages) ids.push(id)
  return ids
}

const thrown = (asked: Promise<unknown>): Promise<unknown> =>
  asked.then(
    () => null,
    (error: unknown) => error,
  )

const makeKey = async (...args: string[]): Promise<string> => (await testbed().workspace.makeKey(...args)).key
const calls = (): number => testbed().provider.requests().length

describe.each(CLIENT_NAMES)('the client of %s', (name) => {
  const { errors, ask, askWrongly, models } = CLIENTS[name]

  const expectThrown = async (asked: Promise<unknown>, status: number, code: string): Promise<void> => {
    const error = await thrown(asked)
    expect(error).toBeInstanceOf(errors[status])
    expect(error).toMatchObject({ status, message: expect.stringMatching(/[.]/) })
    expect(JSON.stringify(error)).toContain(`"${code}"`)
  }

  it('400, 401, 403, 404: what Paddock itself refuses', async () => {
    const { key } = testbed()
    const narrow = await makeKey('--models', 'lab/large')
    const before = [calls(), sent]
    await expectThrown(askWrongly('lab/small', { key, retries: 2 }), 400, 'out_of_range')
    await expectThrown(ask('lab/small', { key: 'sk-pdk-wrong', retries: 2 }), 401, 'key_malformed')
    await expectThrown(ask('lab/small', { key: narrow, retries: 2 }), 403, 'model_not_allowed')
    await expectThrown(ask('lab/smal', { key, retries: 2 }), 404, 'model_unknown')
    expect([calls(), sent - 4]).toEqual(before)
  })

  it('429: a limit of the key', async () => {
    const key = await makeKey('--name', 'slow')
    await ask('lab/small', { key })
    await expectThrown(ask('lab/small', { key }), 429, 'rate_limited')
  })

  describe.each(DIALECTS)('in front of a provider of %s', (dialect) => {
    const fails = (status: number, ...knobs: string[]): string =>
      [`${failing(dialect, name, status)}/small+${status}`, ...knobs].join('+')

    it('500: is told as a failure of the provider', async () => {
      await expectThrown(ask(fails(500), { key: testbed().key }), 502, 'provider_error')
    })

    it('429: the client sends it again, and is answered when the provider is well', async () => {
      const before = [calls(), sent]
      const unlike = DIALECTS.length * CLIENT_NAMES.indexOf(name) + DIALECTS.indexOf(dialect)
      const model = fails(429, 'retryAfter=0', 'failures=1', `promptTokens=${20 + unlike}`)
      await ask(model, { key: testbed().key, retries: 1 })
      expect([calls(), sent]).toEqual(before.map((count) => count + 2))
    })

    it.each([
      [401, 502, 'provider_auth'],
      [402, 402, 'provider_out_of_money'],
    ])("%i: the operator's to mend, and no client sends it again", async (status, told, code) => {
      const before = sent
      const error = await thrown(ask(fails(status), { key: testbed().key, retries: 2 }))
      expect(error).toMatchObject({ status: told })
      expect(JSON.stringify(error)).toContain(code)
      expect(sent).toBe(before + 1)
    })
  })

  it('models.list: what its key may call', async () => {
    const narrow = await makeKey('--models', 'lab/large')
    expect(await models({ key: narrow })).toEqual(['lab/large'])
    expect(await models({ key: testbed().key })).toEqual(['lab/small', 'lab/large'])
  })
})

it('what the client of anthropic reads of a model', async () => {
  const { data } = await anthropic({ key: testbed().key }).models.list()
  expect(data[0]).toMatchObject({ id: 'lab/small', type: 'model', display_name: 'lab/small' })
  expect(Date.parse(data[0]?.created_at ?? '')).toBe(0)
})
