import Anthropic, { APIError } from '@anthropic-ai/sdk'
import { betaTool } from '@anthropic-ai/sdk/helpers/beta/json-schema'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Testbed } from '../testbed.ts'
import { openFourProviders, PROVIDERS } from './four-providers.ts'

/** The official client of anthropic-messages in front of every dialect: it must not notice which of them answers. */

let testbed: Testbed
let client: Anthropic

beforeAll(async () => {
  testbed = await openFourProviders()
  client = new Anthropic({ baseURL: testbed.server.url, apiKey: testbed.key, maxRetries: 0 })
})

afterAll(() => testbed[Symbol.asyncDispose]())

const messages: Anthropic.MessageParam[] = [{ role: 'user', content: 'a question' }]
const input_schema = { type: 'object' as const, properties: { city: { type: 'string' as const } }, required: ['city'] }
const tools = ['tool_0', 'tool_1'].map((name) => ({ name, description: 'Tells the weather.', input_schema }))
const max_tokens = 2_000

const callsIn = ({ content }: Anthropic.Message): Anthropic.ToolUseBlock[] =>
  content.flatMap((block) => (block.type === 'tool_use' ? [block] : []))

describe.each(PROVIDERS)('messages of %s', (provider) => {
  const model = `${provider}/small`

  it('create: text, usage with what the cache did, and the model', async () => {
    const name = 'small+promptTokens=30+cachedTokens=10'
    const {
      data,
      response,
      request_id: id,
    } = await client.messages.create({ model: `${provider}/${name}`, max_tokens, messages }).withResponse()
    expect(data).toMatchObject({
      type: 'message',
      role: 'assistant',
      model: name,
      content: [{ type: 'text', text: 'w0 w1 w2 w3 w4 ' }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 20, cache_read_input_tokens: 10, cache_creation_input_tokens: 0, output_tokens: 5 },
    })
    expect(id).toBe(response.headers.get('x-request-id'))
    expect((await testbed.entry(response)).cost.amount).toBe(response.headers.get('x-paddock-cost'))
  })

  it('stream: the helper puts thinking, text and parallel calls together', async () => {
    const stream = client.messages.stream({
      model: `${model}+chunks=2+reasoning=2+tools=2+promptTokens=30+cachedTokens=10`,
      max_tokens,
      messages,
      tools,
    })
    const heard = { text: '', thinking: '', json: '', blocks: [] as string[] }
    stream.on('text', (delta) => (heard.text += delta))
    stream.on('thinking', (delta) => (heard.thinking += delta))
    stream.on('inputJson', (delta) => (heard.json += delta))
    stream.on('contentBlock', ({ type }) => heard.blocks.push(type))
    const message = await stream.finalMessage()
    expect(heard).toEqual({
      text: 'w0 w1 ',
      thinking: 't0 t1 ',
      json: '{"city":"北京","k":0}{"city":"北京","k":1}',
      // What a provider signs a call with has nowhere to stand but in a block without words before it.
      blocks: ['thinking', 'text', ...(provider === 'gemini' ? ['thinking'] : []), 'tool_use', 'tool_use'],
    })
    expect(callsIn(message).map(({ name, input }) => [name, input])).toEqual([
      ['tool_0', { city: '北京', k: 0 }],
      ['tool_1', { city: '北京', k: 1 }],
    ])
    expect(new Set(callsIn(message).map(({ id }) => id)).size).toBe(2)
    expect(message).toMatchObject({
      stop_reason: 'tool_use',
      usage: { input_tokens: 20, cache_read_input_tokens: 10, output_tokens: 4 },
    })
  })

  it('tools: the calls of one turn and their results go back in the next', async () => {
    const asked = { model: `${model}+chunks=1+tools=2+toolsOnce=true`, max_tokens, tools }
    const first = await client.messages.create({ ...asked, messages })
    const results = callsIn(first).map(({ id }, at) => ({
      type: 'tool_result' as const,
      tool_use_id: id,
      content: `${20 + at} degrees`,
    }))
    const second = await client.messages.create({
      ...asked,
      messages: [...messages, { role: 'assistant', content: first.content }, { role: 'user', content: results }],
    })
    expect(second).toMatchObject({ content: [{ type: 'text', text: 'w0 ' }], stop_reason: 'end_turn' })
    const sent = testbed.lastBody()
    for (const told of ['tool_0', 'tool_1', '20 degrees', '21 degrees', '北京', 'a question']) {
      expect(sent).toContain(told)
    }
  })

  it('toolRunner: runs every tool and asks again until all is said', async () => {
    const ran: unknown[] = []
    const runnable = tools.map(({ name, ...rest }) =>
      betaTool({
        ...rest,
        name,
        inputSchema: input_schema,
        run: (given) => {
          ran.push([name, given])
          return 'sun'
        },
      }),
    )
    const message = await client.beta.messages.toolRunner({
      model: `${model}+chunks=1+tools=2+toolsOnce=true`,
      max_tokens,
      messages: [{ role: 'user', content: 'a question' }],
      tools: runnable,
    })
    expect(message.content).toMatchObject([{ type: 'text', text: 'w0 ' }])
    expect(ran).toEqual([
      ['tool_0', { city: '北京', k: 0 }],
      ['tool_1', { city: '北京', k: 1 }],
    ])
  })

  it('thinking: blocks come signed, and go back as they came', async () => {
    const asked = {
      model: `${model}+chunks=1+reasoning=2+tools=1+toolsOnce=true`,
      max_tokens,
      thinking: { type: 'enabled' as const, budget_tokens: 1_024 },
      tools,
    }
    const first = await client.messages.create({ ...asked, messages })
    const [thinking] = first.content
    expect(thinking).toMatchObject({ type: 'thinking', thinking: 't0 t1 ', signature: expect.any(String) })
    const [call] = callsIn(first)
    const result = { type: 'tool_result' as const, tool_use_id: call?.id ?? '', content: 'sun' }
    const second = await client.messages.create({
      ...asked,
      messages: [...messages, { role: 'assistant', content: first.content }, { role: 'user', content: [result] }],
    })
    expect(second.content).toMatchObject([{ type: 'thinking' }, { type: 'text', text: 'w0 ' }])
    if (provider === 'messages') expect(testbed.lastBody()).toContain(JSON.stringify(thinking))
  })

  it('abort: the provider is stopped', async () => {
    const name = `small+chunks=300+chunkDelayMs=2+promptTokens=${40 + PROVIDERS.indexOf(provider)}`
    const stream = client.messages.stream({ model: `${provider}/${name}`, max_tokens, messages })
    stream.on('text', () => {
      stream.abort()
    })
    await expect(stream.finalMessage()).rejects.toBeInstanceOf(Anthropic.APIUserAbortError)
    await testbed.provider.idle()
    const [call] = testbed.provider.bill().filter((each) => each.model === name)
    expect(call?.outcome).toBe('aborted')
  })

  it('a stream that breaks is an error, and no whole answer', async () => {
    const stream = client.messages.stream({ model: `${model}+error_in_stream`, max_tokens, messages })
    await expect(stream.finalMessage()).rejects.toBeInstanceOf(APIError)
  })
})

it.each(PROVIDERS.filter((provider) => provider !== 'gemini'))(
  'what was written to the cache is told apart (%s)',
  async (provider) => {
    const system = [{ type: 'text' as const, text: 'Be short.', cache_control: { type: 'ephemeral' as const } }]
    const { usage } = await client.messages.create({
      model: `${provider}/small+promptTokens=100+cachedTokens=20+cacheWriteTokens=50`,
      max_tokens,
      system,
      messages,
    })
    expect(usage).toMatchObject({
      input_tokens: 30,
      cache_read_input_tokens: 20,
      cache_creation_input_tokens: 50,
      cache_creation: { ephemeral_5m_input_tokens: 50, ephemeral_1h_input_tokens: 0 },
    })
    if (provider === 'messages') expect(testbed.lastBody()).toContain('"cache_control":{"type":"ephemeral"}')
  },
)

it('beta: features are asked for by a header, and change nothing where they are not known', async () => {
  const { content } = await client.beta.messages.create({
    model: 'chat/small',
    max_tokens,
    messages: [{ role: 'user', content: 'a question' }],
    betas: ['interleaved-thinking-2025-05-14'],
  })
  expect(content).toMatchObject([{ type: 'text', text: 'w0 w1 w2 w3 w4 ' }])
})

it('count_tokens: by the client, for a model of any provider', async () => {
  const { input_tokens: short } = await client.messages.countTokens({ model: 'chat/small', messages })
  const { input_tokens: long } = await client.messages.countTokens({ model: 'gemini/small', messages, tools })
  expect(short).toBeGreaterThan(0)
  expect(long).toBeGreaterThan(short)
})
