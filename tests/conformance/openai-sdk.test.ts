import OpenAI, { APIError } from 'openai'
import { zodResponseFormat, zodTextFormat } from 'openai/helpers/zod'
import type { ChatCompletionMessageParam } from 'openai/resources/chat/completions'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Testbed } from '../testbed.ts'
import { openFourProviders, PROVIDERS } from './four-providers.ts'

/** The official client in front of every dialect: it must not notice which of them answers. */

let testbed: Testbed
let client: OpenAI

beforeAll(async () => {
  testbed = await openFourProviders()
  client = new OpenAI({ baseURL: `${testbed.server.url}/v1`, apiKey: testbed.key, maxRetries: 0 })
})

afterAll(() => testbed[Symbol.asyncDispose]())

const messages: ChatCompletionMessageParam[] = [{ role: 'user', content: 'a question' }]
const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
const words = {
  type: 'object',
  properties: { words: { type: 'array', items: { type: 'string' } } },
  required: ['words'],
  additionalProperties: false,
}
const Words = z.object({ words: z.array(z.string()) })

describe.each(PROVIDERS)('chat completions of %s', (provider) => {
  const model = `${provider}/small`

  it('create: text, usage and the model', async () => {
    const { data, response } = await client.chat.completions
      .create({ model: `${model}+promptTokens=30+cachedTokens=10`, messages })
      .withResponse()
    expect(data).toMatchObject({
      object: 'chat.completion',
      model: 'small+promptTokens=30+cachedTokens=10',
      choices: [{ index: 0, message: { role: 'assistant', content: 'w0 w1 w2 w3 w4 ' }, finish_reason: 'stop' }],
      usage: {
        prompt_tokens: 30,
        completion_tokens: 5,
        total_tokens: 35,
        prompt_tokens_details: { cached_tokens: 10 },
      },
    })
    const entry = await testbed.entry(response)
    expect(entry.cost.amount).toBe(response.headers.get('x-paddock-cost'))
  })

  it('stream: the helper puts text, calls and usage together', async () => {
    const stream = client.chat.completions.stream({
      model: `${model}+chunks=2+tools=2`,
      messages,
      stream_options: { include_usage: true },
      tools: [{ type: 'function', function: { name: 'tool_0', parameters } }],
    })
    const deltas: string[] = []
    stream.on('content', (delta) => deltas.push(delta))
    const { choices, usage } = await stream.finalChatCompletion()
    expect(deltas).toEqual(['w0 ', 'w1 '])
    expect(choices[0]).toMatchObject({ message: { content: 'w0 w1 ' }, finish_reason: 'tool_calls' })
    expect(
      choices[0]?.message.tool_calls?.map((call) => [
        call.type === 'function' && call.function.name,
        call.type === 'function' && (JSON.parse(call.function.arguments) as unknown),
      ]),
    ).toEqual([
      ['tool_0', { city: '北京', k: 0 }],
      ['tool_1', { city: '北京', k: 1 }],
    ])
    expect(new Set(choices[0]?.message.tool_calls?.map(({ id }) => id)).size).toBe(2)
    expect(usage).toMatchObject({ prompt_tokens: 12, completion_tokens: 2 })
  })

  it('tools: the calls and their results go back in a second turn', async () => {
    const tools = [{ type: 'function' as const, function: { name: 'tool_0', parameters } }]
    const first = await client.chat.completions.create({ model: `${model}+chunks=1+tools=1`, messages, tools })
    const [choice] = first.choices
    const [call] = choice?.message.tool_calls ?? []
    if (choice === undefined || call === undefined) throw new Error('no call came')
    const result = { role: 'tool' as const, tool_call_id: call.id, content: '{"degrees":21}' }
    const second = await client.chat.completions.create({
      model,
      messages: [...messages, choice.message, result],
      tools,
    })
    expect(second.choices[0]?.message.content).toBe('w0 w1 w2 w3 w4 ')
    const sent = testbed.lastBody()
    for (const told of ['tool_0', 'degrees', '北京', 'a question']) expect(sent).toContain(told)
  })

  it('parse: an answer in the form of a JSON schema', async () => {
    const completion = await client.chat.completions.parse({
      model: `${model}+text=json+chunks=3`,
      messages,
      response_format: { type: 'json_schema', json_schema: { name: 'words', schema: words, strict: true } },
    })
    expect(completion.choices[0]).toMatchObject({
      message: { parsed: { words: ['w0', 'w1', 'w2'] } },
      finish_reason: 'stop',
    })
    expect(testbed.lastBody()).toContain('"words"')
  })

  it('parse: an answer in the form of a zod schema', async () => {
    const completion = await client.chat.completions.parse({
      model: `${model}+text=json+chunks=2`,
      messages,
      response_format: zodResponseFormat(Words, 'words'),
    })
    expect(completion.choices[0]?.message.parsed?.words).toEqual(['w0', 'w1'])
  })

  it('parallel calls: all results go back in one turn, streamed calls as well as whole ones', async () => {
    const tools = ['tool_0', 'tool_1'].map((name) => ({ type: 'function' as const, function: { name, parameters } }))
    const asked = { model: `${model}+chunks=1+tools=2+toolsOnce=true`, tools, parallel_tool_calls: true }
    const first = await client.chat.completions.stream({ ...asked, messages }).finalMessage()
    const results = (first.tool_calls ?? []).map(({ id }, at) => ({
      role: 'tool' as const,
      tool_call_id: id,
      content: `${20 + at} degrees`,
    }))
    const second = await client.chat.completions.create({ ...asked, messages: [...messages, first, ...results] })
    expect(second.choices[0]).toMatchObject({ message: { content: 'w0 ' }, finish_reason: 'stop' })
    for (const told of ['tool_0', 'tool_1', '20 degrees', '21 degrees']) expect(testbed.lastBody()).toContain(told)
  })

  it.each([true, false])('runTools: runs every tool and asks again until all is said (stream: %s)', async (stream) => {
    const ran: unknown[] = []
    const tools = ['tool_0', 'tool_1'].map((name) => ({
      type: 'function' as const,
      function: {
        name,
        description: 'Tells the weather.',
        parameters,
        parse: JSON.parse,
        function: (given: unknown) => {
          ran.push([name, given])
          return 'sun'
        },
      },
    }))
    const asked = { model: `${model}+chunks=1+tools=2+toolsOnce=true`, messages, tools }
    const runner = stream
      ? client.chat.completions.runTools({ ...asked, stream })
      : client.chat.completions.runTools({ ...asked, stream })
    expect(await runner.finalContent()).toBe('w0 ')
    expect(ran).toEqual([
      ['tool_0', { city: '北京', k: 0 }],
      ['tool_1', { city: '北京', k: 1 }],
    ])
  })

  it('abort: the provider is stopped', async () => {
    const name = `small+chunks=300+chunkDelayMs=2+promptTokens=${40 + PROVIDERS.indexOf(provider)}`
    const stream = client.chat.completions.stream({ model: `${provider}/${name}`, messages })
    stream.on('content', () => {
      stream.abort()
    })
    await expect(stream.finalMessage()).rejects.toBeInstanceOf(OpenAI.APIUserAbortError)
    await testbed.provider.idle()
    const [call] = testbed.provider.bill().filter((each) => each.model === name)
    expect(call?.outcome).toBe('aborted')
  })

  it('errors are of the classes it knows', async () => {
    const failure: unknown = await client.chat.completions
      .create({ model: `${model}+429+retryAfter=3`, messages })
      .catch((thrown: unknown) => thrown)
    expect(failure).toBeInstanceOf(OpenAI.RateLimitError)
    expect(failure).toMatchObject({ status: 429, code: 'provider_rate_limited' })
    const broken = client.chat.completions.stream({ model: `${model}+error_in_stream`, messages })
    await expect(broken.finalMessage()).rejects.toBeInstanceOf(APIError)
  })
})

describe.each(PROVIDERS)('responses of %s', (provider) => {
  const model = `${provider}/small`
  const input = 'a question'

  it('create: text, reasoning and usage', async () => {
    const response = await client.responses.create({ model: `${model}+chunks=2+reasoning=2`, input })
    expect(response).toMatchObject({ object: 'response', status: 'completed', output_text: 'w0 w1 ', error: null })
    expect(response.output.map(({ type }) => type)).toEqual(['reasoning', 'message'])
    expect(response.output[0]).toMatchObject({ summary: [{ type: 'summary_text', text: 't0 t1 ' }] })
    expect(response.usage).toMatchObject({
      input_tokens: 12,
      output_tokens: 4,
      total_tokens: 16,
      output_tokens_details: { reasoning_tokens: 2 },
    })
  })

  it('stream: the helper puts text and calls together', async () => {
    const stream = client.responses.stream({
      model: `${model}+chunks=2+reasoning=1+tools=2`,
      input,
      tools: [{ type: 'function', name: 'tool_0', parameters, strict: false }],
    })
    const deltas: string[] = []
    stream.on('response.output_text.delta', ({ delta }) => deltas.push(delta))
    const final = await stream.finalResponse()
    expect(deltas).toEqual(['w0 ', 'w1 '])
    expect(final).toMatchObject({ status: 'completed', output_text: 'w0 w1 ' })
    const calls = final.output.flatMap((item) => (item.type === 'function_call' ? [item] : []))
    expect(calls.map(({ name, arguments: given }) => [name, JSON.parse(given) as unknown])).toEqual([
      ['tool_0', { city: '北京', k: 0 }],
      ['tool_1', { city: '北京', k: 1 }],
    ])
  })

  it('parse: an answer in the form of a JSON schema', async () => {
    const response = await client.responses.parse({
      model: `${model}+text=json+chunks=3`,
      input,
      text: { format: { type: 'json_schema', name: 'words', schema: words, strict: true } },
    })
    expect(response.output_parsed).toEqual({ words: ['w0', 'w1', 'w2'] })
  })

  it('parse: an answer in the form of a zod schema, streamed too', async () => {
    const asked = {
      model: `${model}+text=json+chunks=2`,
      input,
      text: { format: zodTextFormat(Words, 'words') },
    }
    const whole = await client.responses.parse(asked)
    const streamed = await client.responses.stream(asked).finalResponse()
    expect([whole, streamed].map((each) => each.output_parsed?.words)).toEqual([
      ['w0', 'w1'],
      ['w0', 'w1'],
    ])
  })

  it('tools: reasoning, calls and their results go back in the next turn', async () => {
    const tools = ['tool_0', 'tool_1'].map((name) => ({ type: 'function' as const, name, parameters, strict: false }))
    const asked = { model: `${model}+chunks=1+reasoning=1+tools=2+toolsOnce=true`, tools, store: false }
    const first = await client.responses.create({
      ...asked,
      input: [{ role: 'user', content: input }],
      include: ['reasoning.encrypted_content'],
    })
    const results = first.output.flatMap((item) =>
      item.type === 'function_call'
        ? [{ type: 'function_call_output' as const, call_id: item.call_id, output: `${item.name} degrees` }]
        : [],
    )
    expect(results).toHaveLength(2)
    const said = first.output as OpenAI.Responses.ResponseInputItem[]
    const second = await client.responses.create({
      ...asked,
      input: [{ role: 'user', content: input }, ...said, ...results],
    })
    expect(second).toMatchObject({ status: 'completed', output_text: 'w0 ' })
    for (const told of ['tool_0 degrees', 'tool_1 degrees', '北京']) expect(testbed.lastBody()).toContain(told)
  })

  it('abort: the provider is stopped', async () => {
    const name = `small+chunks=300+chunkDelayMs=2+promptTokens=${50 + PROVIDERS.indexOf(provider)}`
    const stream = client.responses.stream({ model: `${provider}/${name}`, input })
    stream.on('response.output_text.delta', () => {
      stream.abort()
    })
    await expect(stream.finalResponse()).rejects.toBeInstanceOf(OpenAI.APIUserAbortError)
    await testbed.provider.idle()
    const [call] = testbed.provider.bill().filter((each) => each.model === name)
    expect(call?.outcome).toBe('aborted')
  })

  it('a stream that breaks has failed, and is no whole answer', async () => {
    const stream = client.responses.stream({ model: `${model}+reset_stream+chunkDelayMs=5`, input })
    // Where bytes passed it is an event of its own; where the stream was written anew, the state of the response.
    const state = await stream.finalResponse().then(
      ({ status }) => status,
      () => 'failed',
    )
    expect(state).toBe('failed')
  })
})
