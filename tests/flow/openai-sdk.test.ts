import OpenAI, { APIError } from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestbed, type Testbed } from '../testbed.ts'

/** The official client, with nothing set but its base URL and key. */

let testbed: Testbed
let provider: Testbed['provider']
let server: Testbed['server']
let client: OpenAI

beforeAll(async () => {
  testbed = await openTestbed((url) => [
    'providers:',
    `  lab: { base_url: "${url}", api_key: the-provider-key, currency: CNY }`,
    `  poor: { base_url: "${url}", api_key: any, currency: CNY }`,
    'prices:',
    '  - { model: lab/small, currency: CNY, per: 1000000, input: "1", cached_input: "0.1", output: "2", valid_from: 2024-01-01 }',
    'routes:',
    '  - { name: chat, candidates: [{ model: lab/small }] }',
    '  - { name: sturdy, candidates: [{ model: "lab/broken+503" }, { model: lab/small }] }',
    'practice: { enabled: true, speed: 0 }',
  ])
  ;({ provider, server } = testbed)
  client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: testbed.key, maxRetries: 0 })
})

afterAll(() => testbed[Symbol.asyncDispose]())

const ask = { messages: [{ role: 'user' as const, content: 'a question' }] }
const lastRequest = (): Record<string, unknown> => JSON.parse(testbed.lastBody()) as Record<string, unknown>

describe('the official OpenAI client', () => {
  it('gets a whole answer, and its exact cost in the headers', async () => {
    const { data, response } = await client.chat.completions.create({ model: 'lab/small', ...ask }).withResponse()
    expect(data.choices[0]?.message.content).toBe('w0 w1 w2 w3 w4 ')
    expect(data.usage).toMatchObject({ prompt_tokens: 12, completion_tokens: 5 })
    expect(response.headers.get('x-paddock-provider')).toBe('lab')
    expect(response.headers.get('x-paddock-cost')).toBe('0.000022000000')
    expect(response.headers.get('x-paddock-currency')).toBe('CNY')
  })

  it('[G7] streams, without usage it did not ask for, and its entry has the usage all the same', async () => {
    const { data: stream, response } = await client.chat.completions
      .create({ model: 'chat', stream: true, ...ask })
      .withResponse()
    let text = ''
    for await (const chunk of stream) {
      expect(chunk.usage ?? null).toBeNull()
      expect(chunk.choices).toHaveLength(1)
      text += chunk.choices[0]?.delta.content ?? ''
    }
    expect(text).toBe('w0 w1 w2 w3 w4 ')
    expect(lastRequest()['stream_options']).toEqual({ include_usage: true })
    expect(await testbed.entry(response)).toMatchObject({
      state: 'ok',
      route: 'chat',
      provider: 'lab',
      model: 'small',
      usage: { input: 12, cached_input: 0, output: 5, reasoning: 0 },
      usage_source: 'provider',
      cost: { amount: '0.000022000000', currency: 'CNY' },
    })
  })

  it('[G7] streams with usage when it asks for it', async () => {
    const stream = await client.chat.completions.create({
      model: 'lab/small',
      stream: true,
      stream_options: { include_usage: true },
      ...ask,
    })
    const usages = []
    for await (const chunk of stream) if (chunk.usage) usages.push(chunk.usage.total_tokens)
    expect(usages).toEqual([17])
  })

  it('gets tool calls, whole and streamed', async () => {
    const tools = [
      {
        type: 'function' as const,
        function: { name: 'look_up', parameters: { type: 'object', properties: { q: { type: 'string' } } } },
      },
    ]
    const whole = await client.chat.completions.create({ model: 'lab/small+tools=2+chunks=0', tools, ...ask })
    expect(whole.choices[0]?.message.tool_calls).toHaveLength(2)
    const runner = client.chat.completions.stream({ model: 'lab/small+tools=2+chunks=0', tools, ...ask })
    const message = await runner.finalMessage()
    expect(
      message.tool_calls?.map((call) => call.type === 'function' && (JSON.parse(call.function.arguments) as unknown)),
    ).toEqual([
      { city: '北京', k: 0 },
      { city: '北京', k: 1 },
    ])
  })

  it('passes JSON schemas, images and unknown fields on', async () => {
    const asked = {
      messages: [
        {
          role: 'user' as const,
          content: [
            { type: 'text' as const, text: 'What is this?' },
            { type: 'image_url' as const, image_url: { url: 'https://upload.wikimedia.org/cat.png' } },
          ],
        },
      ],
      response_format: {
        type: 'json_schema' as const,
        json_schema: { name: 'answer', schema: { type: 'object', properties: { a: { type: 'number' } } } },
      },
      enable_thinking: true,
    }
    await client.chat.completions.create({ model: 'lab/small', ...asked })
    expect(lastRequest()).toEqual({ model: 'small', ...asked })
  })

  it('sees reasoning as the provider spells it, counted apart', async () => {
    const { data, response } = await client.chat.completions
      .create({ model: 'lab/small+reasoning=3', ...ask })
      .withResponse()
    expect(data.choices[0]?.message).toHaveProperty('reasoning_content')
    expect(await testbed.entry(response)).toMatchObject({
      usage: { output: 5, reasoning: 3 },
    })
  })

  it('[G12] is answered by the next candidate when the first is down', async () => {
    const { data, response } = await client.chat.completions.create({ model: 'sturdy', ...ask }).withResponse()
    expect(data.choices[0]?.message.content).toBe('w0 w1 w2 w3 w4 ')
    expect(response.headers.get('x-paddock-attempts')).toBe('2')
    const entry = await testbed.entry(response)
    expect(entry.attempts).toMatchObject([
      { provider: 'lab', model: 'broken+503', outcome: 'error', status: 503, error: 'provider_overloaded' },
      { provider: 'lab', model: 'small', outcome: 'ok', status: 200, error: null },
    ])
  })

  it('gets errors as the classes it knows', async () => {
    const failure = async (model: string): Promise<APIError> => {
      const error: unknown = await client.chat.completions.create({ model, ...ask }).catch((thrown: unknown) => thrown)
      if (error instanceof APIError) return error
      throw new Error(`${model} did not fail as expected`)
    }
    expect(await failure('nobody/nothing')).toMatchObject({ status: 404, code: 'model_unknown' })
    expect(await failure('lab/small+429')).toMatchObject({ status: 429, code: 'provider_rate_limited' })
    expect(await failure('poor/small+402')).toMatchObject({ status: 402, code: 'provider_out_of_money' })
    expect(await failure('lab/small+500')).toMatchObject({ status: 502, code: 'provider_error' })
    expect(await failure('lab/small+401')).toMatchObject({ status: 502, code: 'provider_auth' })
    expect(await failure('lab/small+422')).toMatchObject({ status: 422, code: 'provider_refused' })
    const wrongKey = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'sk-something-else-entirely', maxRetries: 0 })
    await expect(wrongKey.models.list()).rejects.toMatchObject({ status: 401, code: 'key_foreign' })
  })

  it('lists the models', async () => {
    const names = (await client.models.list()).data.map(({ id }) => id)
    expect(names).toContain('chat')
    expect(names).toContain('practice/deepseek-v2-chat-0628')
    expect(await client.models.retrieve('chat')).toMatchObject({ id: 'chat', object: 'model' })
  })

  it('streams the recorded answer of a real model to a real problem, priced at its time', async () => {
    const { data: stream, response } = await client.chat.completions
      .create({
        model: 'practice/deepseek-v2-chat-0628',
        stream: true,
        messages: [
          {
            role: 'user',
            content:
              'A robe takes 2 bolts of blue fiber and half that much white fiber.  How many bolts in total does it take?',
          },
        ],
      })
      .withResponse()
    let text = ''
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
    expect(text).toContain('"answer": "3"')
    expect(text).toContain('The robe requires 2 bolts of blue fiber.')
    const entry = await testbed.entry(response)
    expect(entry).toMatchObject({ practice: true, state: 'ok', cost: { currency: 'CNY' } })
    const { input, output } = entry.usage
    // DeepSeek-V2 in July 2024: 1 CNY for a million tokens in, 2 out.
    expect(entry.cost.amount).toBe(`0.${String(input + 2 * output).padStart(6, '0')}000000`)
    expect(entry.price_rows[0]).toContain('deepseek')
  })

  it('stops the provider when it aborts', async () => {
    const stream = await client.chat.completions.create({
      model: 'lab/small+chunks=200+chunkDelayMs=5',
      stream: true,
      user: 'aborted',
      ...ask,
    })
    for await (const chunk of stream) {
      if (chunk.choices[0]?.delta.content) break
    }
    stream.controller.abort()
    await provider.idle()
    expect(provider.bill().find(({ tag }) => tag === 'aborted')).toMatchObject({ outcome: 'aborted' })
  })
})
