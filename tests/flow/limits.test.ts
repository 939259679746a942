import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestbed, type Testbed } from '../testbed.ts'

/** Limits as callers meet them: what is refused, what waits, what the headers say, and that nothing refused reaches a provider. */

let testbed: Testbed
let capped: string

beforeAll(async () => {
  testbed = await openTestbed((url) => [
    'providers:',
    `  chat: { base_url: "${url}", api_key: any }`,
    `  responses: { dialect: openai-responses, base_url: "${url}", api_key: any }`,
    `  messages: { dialect: anthropic-messages, base_url: "${url}", api_key: any }`,
    `  gemini: { dialect: gemini, base_url: "${url}", api_key: any }`,
    'limits:',
    '  keys:',
    '    slow: { rpm: 2, tpm: 100000 }',
    '    small: { tpm: 2000 }',
    '    capped: { output_tokens_max: 50, choices_max: 1, images_max: 0 }',
    '    narrow: { concurrent: 1 }',
    '  waiting: { requests: 1 }',
  ])
  capped = await keyNamed('capped')
})

afterAll(() => testbed[Symbol.asyncDispose]())

const messages = [{ role: 'user', content: 'a question' }]

async function keyNamed(name: string): Promise<string> {
  return (await testbed.workspace.makeKey('--name', name)).key
}

function ask(key: string, body: object, more: { path?: string; signal?: AbortSignal } = {}): Promise<Response> {
  const { path = '/v1/chat/completions', signal = null } = more
  return fetch(testbed.server.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'chat/small', messages, ...body }),
    signal,
  })
}

async function errorOf(response: Response): Promise<Record<string, unknown>> {
  const { error } = (await response.json()) as { error: Record<string, unknown> }
  return { status: response.status, ...error }
}

const calls = (): number => testbed.provider.requests().length
const lastBody = (): Record<string, unknown> =>
  JSON.parse(testbed.provider.requests().at(-1)?.body.toString() ?? '{}') as Record<string, unknown>

describe('a minute', () => {
  it('[L1] [L2] [L14] admits as many requests as the limit says, and tells when the next one fits', async () => {
    const key = await keyNamed('slow')
    const remaining = []
    for (let count = 0; count < 2; count += 1) {
      const response = await ask(key, {})
      expect(response.status).toBe(200)
      expect(response.headers.get('x-ratelimit-limit-requests')).toBe('2')
      expect(response.headers.get('x-ratelimit-limit-tokens')).toBe('100000')
      remaining.push(response.headers.get('x-ratelimit-remaining-requests'))
      await response.text()
    }
    expect(remaining).toEqual(['1', '0'])

    const before = calls()
    const refused = await ask(key, {})
    const waitMs = Number(refused.headers.get('retry-after-ms'))
    expect(waitMs).toBeGreaterThan(0)
    expect(waitMs).toBeLessThanOrEqual(60_100)
    expect(refused.headers.get('retry-after')).toBe(String(Math.ceil(waitMs / 1_000)))
    expect(refused.headers.get('x-ratelimit-remaining-requests')).toBe('0')
    expect(await errorOf(refused)).toMatchObject({ status: 429, code: 'rate_limited', type: 'rate_limit_error' })
    expect(calls()).toBe(before)
  })

  it.each([
    ['/v1/messages', { max_tokens: 10 }, { type: 'error', error: { type: 'rate_limit_error', code: 'rate_limited' } }],
    ['/v1/responses', { messages: undefined, input: 'x' }, { error: { code: 'rate_limited' } }],
  ])('is the same for callers of %s, in their own words', async (path, more, expected) => {
    const key = await keyNamed('slow')
    for (let count = 0; count < 2; count += 1) await (await ask(key, more, { path })).text()
    const refused = await ask(key, more, { path })
    expect([refused.status, refused.headers.has('retry-after')]).toEqual([429, true])
    expect(await refused.json()).toMatchObject(expected)
  })

  it('[L4] [L5] holds the tokens a request may need, gives back what it did not, and refuses what can never fit', async () => {
    const key = await keyNamed('small')
    const first = await ask(key, { max_tokens: 1_500 })
    expect(first.status).toBe(200)
    await first.text()
    // Had the 1,500 not been given back, this would not fit.
    const second = await ask(key, { max_tokens: 1_500 })
    expect(second.status).toBe(200)
    await second.text()
    expect(await errorOf(await ask(key, { max_tokens: 5_000 }))).toMatchObject({
      status: 400,
      code: 'cap_exceeded',
      param: '/max_tokens',
    })
  })
})

describe('[L13] caps on one request', () => {
  it.each([
    ['chat', '/v1/chat/completions', { messages }, ['max_tokens']],
    ['responses', '/v1/chat/completions', { messages }, ['max_output_tokens']],
    ['messages', '/v1/chat/completions', { messages }, ['max_tokens']],
    ['gemini', '/v1/chat/completions', { messages }, ['generationConfig', 'maxOutputTokens']],
    ['chat', '/v1/responses', { input: 'x' }, ['max_tokens']],
    ['responses', '/v1/responses', { input: 'x' }, ['max_output_tokens']],
    ['messages', '/v1/responses', { input: 'x' }, ['max_tokens']],
    ['gemini', '/v1/responses', { input: 'x' }, ['generationConfig', 'maxOutputTokens']],
  ])('%s is told the cap by a caller of %s that names none', async (provider, path, body, place) => {
    const response = await ask(capped, { model: `${provider}/small`, messages: undefined, ...body }, { path })
    expect(response.status, await response.text()).toBe(200)
    const told = place.reduce<unknown>((value, name) => (value as Record<string, unknown>)[name], lastBody())
    expect(told).toBe(50)
  })

  it.each([
    ['/v1/chat/completions', { max_tokens: 51 }],
    ['/v1/chat/completions', { max_completion_tokens: 51 }],
    ['/v1/responses', { messages: undefined, input: 'x', max_output_tokens: 51 }],
    ['/v1/messages', { max_tokens: 51 }],
    ['/v1/chat/completions', { n: 2 }],
    [
      '/v1/chat/completions',
      {
        messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://example.com/a.png' } }] }],
      },
    ],
  ])('%s refuses %j before anybody is called', async (path, body) => {
    const before = calls()
    expect(await errorOf(await ask(capped, body, { path }))).toMatchObject({ status: 400, code: 'cap_exceeded' })
    expect(calls()).toBe(before)
  })
})

describe('at once', () => {
  it('[L7] [L8] [L10] one runs, one waits, one is refused; the place is free when the first leaves', async () => {
    const key = await keyNamed('narrow')
    const before = calls()
    const leaving = new AbortController()
    const running = await ask(key, { model: 'chat/small+hang_stream', stream: true }, leaving)
    await running.body?.getReader().read()

    const others = [ask(key, {}), ask(key, {})]
    const refused = await Promise.race(others)
    expect(refused.headers.has('retry-after')).toBe(true)
    expect(await errorOf(refused)).toMatchObject({ status: 429, code: 'concurrency_limited' })
    expect(calls()).toBe(before + 1)

    leaving.abort()
    expect((await Promise.all(others)).map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([
      200, 429,
    ])
    expect(calls()).toBe(before + 2)
  })
})
