import OpenAI from 'openai'
import { beforeAll, describe, expect, it } from 'vitest'
import { CALLERS, type Pair } from '../conformance/pairs.ts'
import { PROVIDERS } from '../conformance/four-providers.ts'
import { SPEAKERS } from '../conformance/speak.ts'
import { sharedTestbed } from '../testbed.ts'

/** A stream that money runs out for: for its caller it ends as one that has reached its limit. */

const testbed = sharedTestbed((url) => [
  'providers:',
  `  chat: { base_url: "${url}", api_key: any, currency: CNY }`,
  `  responses: { dialect: openai-responses, base_url: "${url}", api_key: any, currency: CNY }`,
  `  messages: { dialect: anthropic-messages, base_url: "${url}", api_key: any, currency: CNY }`,
  `  gemini: { dialect: gemini, base_url: "${url}", api_key: any, currency: CNY }`,
  `  full: { base_url: "${url}", api_key: any, currency: CNY, abort_bills: full }`,
  'prices:',
  ...[...PROVIDERS, 'full'].map(
    (name) =>
      `  - { model: ${name}/small, match: prefix, currency: CNY, per: 1, input: "0.001", output: "0.01", valid_from: 2024-01-01 }`,
  ),
  'budgets:',
  '  - { scope: key, amount: 3 CNY, window: month }',
])

let key: string

async function freshKey(): Promise<string> {
  return (await testbed().workspace.makeKey()).key
}

/** Three hundred tokens of an answer are paid for; a thousand come. */
const LONG = 'small+chunks=1000+chunkDelayMs=1+promptTokens=20'

beforeAll(async () => {
  key = await freshKey()
})

async function entryOf(response: Pick<Response, 'headers'>, asker: string) {
  const id = response.headers.get('x-request-id') ?? ''
  const { server } = testbed()
  const found = await fetch(`${server.url}/v1/generation?id=${id}`, { headers: { authorization: `Bearer ${asker}` } })
  return ((await found.json()) as { data: Awaited<ReturnType<ReturnType<typeof testbed>['entry']>> }).data
}

const pairs: readonly Pair[] = CALLERS.flatMap((caller) =>
  PROVIDERS.map((provider) => ({ caller, provider, stream: true })),
)

describe.each(pairs)('a stream of $provider for a caller of $caller', ({ caller, provider }) => {
  it('[B36] ends as one that has reached its limit, is paid for by what came, and its provider is told to stop', async () => {
    const speaker = SPEAKERS[caller]
    const asker = await freshKey()
    const request = { ...speaker.request(`${provider}/${LONG}`, true), max_tokens: undefined, user: asker.slice(0, 19) }
    const unlimited = caller === 'messages' ? { ...request, max_tokens: 2_000 } : request
    const response = await testbed().post(unlimited, { path: speaker.path, key: asker })
    const heard = speaker.hearStream(await response.text())
    const entry = await entryOf(response, asker)
    expect(heard).toMatchObject({ stop: speaker.stops.length, error: null })
    expect(heard.text.startsWith('w0 w1 w2 ')).toBe(true)
    expect(heard.answer).toBe(entry.usage.output)
    expect(heard.prompt).toBe(entry.usage.input)
    expect(entry).toMatchObject({ state: 'stopped_budget', error: null, attempts: [{ outcome: 'cancelled' }] })
    expect(Number(entry.cost.amount)).toBeLessThanOrEqual(3)
    expect(Number(entry.cost.amount)).toBeGreaterThan(1)
    await testbed().provider.idle()
    expect(testbed().provider.bill().at(-1)?.outcome).toBe('aborted')
  })
})

describe('the official client', () => {
  const client = async (): Promise<OpenAI> =>
    new OpenAI({ baseURL: `${testbed().server.url}/v1`, apiKey: await freshKey(), maxRetries: 0 })

  it('[B36] reads a chat stream to its end', async () => {
    const stream = (await client()).chat.completions.stream({
      model: `chat/${LONG}`,
      messages: [{ role: 'user', content: 'a question' }],
      stream_options: { include_usage: true },
    })
    const reasons: unknown[] = []
    stream.on('chunk', ({ choices }) => reasons.push(...choices.map(({ finish_reason }) => finish_reason)))
    const usage = await stream.totalUsage()
    expect(reasons.filter((reason) => reason !== null)).toEqual(['length'])
    expect(usage.completion_tokens).toBeGreaterThan(100)
  })

  it.each(['responses', 'chat'])('[B36] reads a response of %s to its end', async (provider) => {
    const stream = (await client()).responses.stream({ model: `${provider}/${LONG}`, input: 'a question' })
    const { status, incomplete_details, output_text, usage } = await stream.finalResponse()
    expect({ status, incomplete_details }).toEqual({
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
    })
    expect(output_text.startsWith('w0 w1 w2 ')).toBe(true)
    expect(usage?.output_tokens).toBeGreaterThan(100)
  })
})

describe('a stream under a budget', () => {
  const body = (model: string, more: object = {}): object => ({
    model,
    stream: true,
    messages: [{ role: 'user', content: 'a question' }],
    ...more,
  })

  it('[B36] passes to its end untouched while there is money', async () => {
    const response = await testbed().post(body('chat/small+chunks=40'), { key })
    const text = await response.text()
    expect(text.endsWith('"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n')).toBe(true)
    expect(await entryOf(response, key)).toMatchObject({ state: 'ok', usage: { output: 40 }, usage_source: 'provider' })
  })

  it('[B36] goes on past what was held at first, and ends by itself at the limit it asked for', async () => {
    const response = await testbed().post(body('chat/small+chunks=200+stop=length', { max_tokens: 200 }), {
      key: await freshKey(),
    })
    expect(await response.text()).toContain('"finish_reason":"length"')
    expect(response.headers.get('x-paddock-max-tokens')).toBeNull()
  })

  it('[B36] is held as a whole where its provider bills all of it anyway, and told to be short instead of cut', async () => {
    const asker = await freshKey()
    const response = await testbed().post(body('full/small', { max_tokens: 5_000 }), { key: asker })
    await response.text()
    const told = Number(response.headers.get('x-paddock-max-tokens'))
    expect(told).toBeGreaterThan(200)
    expect(told).toBeLessThan(300)
    expect(JSON.parse(testbed().lastBody())).toMatchObject({ max_tokens: told })
    expect(await entryOf(response, asker)).toMatchObject({ state: 'ok' })
  })
})
