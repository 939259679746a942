import type { EntryRecord } from '@paddock/contract/entry'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openFourProviders, PROVIDERS } from '../conformance/four-providers.ts'
import { checkMessageStream } from '../stand-ins/anthropic-grammar.ts'
import type { Testbed } from '../testbed.ts'

/** A stream's headers go out before its cost is known: its end tells it, to callers that ask for that. */

let testbed: Testbed
let client: OpenAI

beforeAll(async () => {
  testbed = await openFourProviders()
  client = new OpenAI({
    baseURL: `${testbed.server.url}/v1`,
    apiKey: testbed.key,
    maxRetries: 0,
    defaultHeaders: { 'x-paddock-stream-cost': 'true' },
  })
})

afterAll(() => testbed[Symbol.asyncDispose]())

const told = (object: unknown): unknown => (object as { x_paddock?: unknown }).x_paddock

const expected = (entry: EntryRecord): object => ({
  request_id: entry.id,
  provider: entry.provider,
  model: 'small',
  attempts: 1,
  cost: entry.cost.amount,
  currency: 'CNY',
})

describe.each(PROVIDERS)('the end of a stream of a provider of %s', (provider) => {
  const model = `${provider}/small`

  it.each([true, false])('[G33] tells the chat SDK what it cost (usage asked for: %s)', async (usage) => {
    const { data: stream, response } = await client.chat.completions
      .create({
        model,
        stream: true,
        stream_options: { include_usage: usage },
        messages: [{ role: 'user', content: 'a question' }],
      })
      .withResponse()
    const chunks: OpenAI.ChatCompletionChunk[] = []
    for await (const chunk of stream) chunks.push(chunk)
    const entry = await testbed.entry(response)
    expect(entry.cost.amount).toBe('0.000022000000')
    const noted = chunks.filter((chunk) => told(chunk) !== undefined)
    expect(noted).toEqual([chunks.at(-1)])
    expect(told(noted[0])).toEqual(expected(entry))
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1)
    expect(chunks.filter((chunk) => chunk.usage)).toHaveLength(usage ? 1 : 0)
    expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe('w0 w1 w2 w3 w4 ')
  })

  it('leaves the helper of the chat SDK its answer', async () => {
    const whole = await client.chat.completions
      .stream({ model, messages: [{ role: 'user', content: 'a question' }] })
      .finalChatCompletion()
    expect(whole.choices).toMatchObject([{ message: { content: 'w0 w1 w2 w3 w4 ' }, finish_reason: 'stop' }])
  })

  it('[G33] tells the responses SDK in its response', async () => {
    const stream = client.responses.stream({ model, input: 'a question' })
    const whole = await stream.finalResponse()
    expect(whole.output_text).toBe('w0 w1 w2 w3 w4 ')
    const { request_id: id } = told(whole) as { request_id: string }
    const entry = await testbed.entry(new Response(null, { headers: { 'x-request-id': id } }))
    expect(told(whole)).toEqual(expected(entry))
  })

  it('[G33] tells callers of messages in the last event', async () => {
    const response = await testbed.post(
      { model, stream: true, max_tokens: 100, messages: [{ role: 'user', content: 'a question' }] },
      { path: '/v1/messages', headers: { 'x-paddock-stream-cost': '1' } },
    )
    const text = await response.text()
    expect(checkMessageStream(text).content).toEqual([{ type: 'text', text: 'w0 w1 w2 w3 w4 ' }])
    const last = text.trimEnd().split('\n').at(-1)?.replace('data: ', '') ?? ''
    expect(told(JSON.parse(last))).toEqual(expected(await testbed.entry(response)))
  })
})

it.each(['/v1/chat/completions', '/v1/responses', '/v1/messages'])(
  '[G33] %s tells nobody who did not ask',
  async (path) => {
    const body = { model: 'chat/small', stream: true, max_tokens: 100, input: 'a question' }
    const asked = path === '/v1/responses' ? { ...body, max_tokens: undefined } : { ...body, input: undefined }
    const messages = path === '/v1/responses' ? undefined : [{ role: 'user', content: 'a question' }]
    const response = await testbed.post({ ...asked, messages }, { path })
    expect(response.status).toBe(200)
    expect(await response.text()).not.toContain('x_paddock')
  },
)
