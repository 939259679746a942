import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Testbed } from '../testbed.ts'
import { openFourProviders, type ProviderName } from './four-providers.ts'
import { SPEAKERS } from './speak.ts'

/** One conversation, asked in each dialect: a provider is told the same, whoever asks. */

let testbed: Testbed

beforeAll(async () => {
  testbed = await openFourProviders()
})

afterAll(() => testbed[Symbol.asyncDispose]())

const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
const tool = { name: 'weather', description: 'Tells the weather.' }
const calls = [
  { id: 'call_a', name: 'weather', arguments: '{"city":"北京"}' },
  { id: 'call_b', name: 'weather', arguments: '{"city":"Paris"}' },
] as const
const [a, b] = calls

const BODIES = {
  chat: {
    messages: [
      { role: 'system', content: 'Be short.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is here?' },
          { type: 'image_url', image_url: { url: `data:image/png;base64,${PIXEL}` } },
        ],
      },
      {
        role: 'assistant',
        content: 'I look.',
        tool_calls: calls.map(({ id, ...call }) => ({ id, type: 'function', function: call })),
      },
      { role: 'tool', tool_call_id: 'call_a', content: 'sun' },
      { role: 'tool', tool_call_id: 'call_b', content: 'rain' },
      { role: 'user', content: 'And now?' },
    ],
    tools: [{ type: 'function', function: { ...tool, parameters } }],
    tool_choice: 'required',
    temperature: 0.25,
    top_p: 0.5,
    max_tokens: 77,
  },
  responses: {
    instructions: 'Be short.',
    input: [
      {
        role: 'user',
        content: [
          { type: 'input_text', text: 'What is here?' },
          { type: 'input_image', image_url: `data:image/png;base64,${PIXEL}` },
        ],
      },
      { role: 'assistant', content: 'I look.' },
      ...calls.map(({ id, ...call }) => ({ type: 'function_call', call_id: id, ...call })),
      { type: 'function_call_output', call_id: 'call_a', output: 'sun' },
      { type: 'function_call_output', call_id: 'call_b', output: 'rain' },
      { role: 'user', content: 'And now?' },
    ],
    tools: [{ type: 'function', ...tool, parameters }],
    tool_choice: 'required',
    temperature: 0.25,
    top_p: 0.5,
    max_output_tokens: 77,
  },
  messages: {
    system: 'Be short.',
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is here?' },
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PIXEL } },
        ],
      },
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'I look.' },
          ...calls.map(({ id, name, arguments: given }) => ({
            type: 'tool_use',
            id,
            name,
            input: JSON.parse(given) as unknown,
          })),
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'call_a', content: 'sun' },
          { type: 'tool_result', tool_use_id: 'call_b', content: 'rain' },
          { type: 'text', text: 'And now?' },
        ],
      },
    ],
    tools: [{ ...tool, input_schema: parameters }],
    tool_choice: { type: 'any' },
    temperature: 0.25,
    top_p: 0.5,
    max_tokens: 77,
  },
} as const satisfies Readonly<Record<keyof typeof SPEAKERS, object>>

async function told(provider: ProviderName, caller: keyof typeof SPEAKERS): Promise<Record<string, unknown>> {
  const { path } = SPEAKERS[caller]
  const response = await testbed.post({ model: `${provider}/small`, ...BODIES[caller] }, { path })
  expect(response.status, await response.text()).toBe(200)
  expect(response.headers.get('x-paddock-ignored')).toBeNull()
  return JSON.parse(testbed.lastBody()) as Record<string, unknown>
}

describe('[G6] who speaks as the provider does is passed on as it is', () => {
  it.each(['chat', 'responses', 'messages'] as const)('%s', async (name) => {
    const kept = name === 'responses' ? { store: false } : {}
    expect(await told(name, name)).toEqual({ model: 'small', ...BODIES[name], ...kept })
  })
})

describe('a provider is told the same, whoever asks', () => {
  it.each(['responses', 'messages'] as const)('chat, by a caller of %s', async (caller) => {
    expect(await told('chat', caller)).toEqual({ model: 'small', ...BODIES.chat })
  })

  it.each(['chat', 'messages'] as const)('responses, by a caller of %s', async (caller) => {
    const said = (role: string, ...content: object[]): object => ({ type: 'message', role, content })
    const [, , ...rest] = BODIES.responses.input
    const { instructions: _, ...asked } = BODIES.responses
    expect(await told('responses', caller)).toEqual({
      ...asked,
      model: 'small',
      store: false,
      // Left out, it would mean true here, and false in the dialect of who asks.
      tools: [{ ...asked.tools[0], strict: false }],
      input: [
        said('system', { type: 'input_text', text: 'Be short.' }),
        said(
          'user',
          { type: 'input_text', text: 'What is here?' },
          { type: 'input_image', detail: 'auto', image_url: `data:image/png;base64,${PIXEL}` },
        ),
        said('assistant', { type: 'output_text', text: 'I look.' }),
        ...rest.slice(0, -1),
        said('user', { type: 'input_text', text: 'And now?' }),
      ],
    })
  })

  it.each(['chat', 'responses'] as const)('messages, by a caller of %s', async (caller) => {
    const text = (words: string): object => ({ type: 'text', text: words })
    const result = (id: string, output: string): object => ({
      type: 'tool_result',
      tool_use_id: id,
      content: [text(output)],
    })
    const [question, answer] = BODIES.messages.messages
    expect(await told('messages', caller)).toEqual({
      ...BODIES.messages,
      model: 'small',
      system: [text('Be short.')],
      messages: [
        question,
        answer,
        { role: 'user', content: [result('call_a', 'sun'), result('call_b', 'rain'), text('And now?')] },
      ],
    })
  })

  it.each(['chat', 'responses', 'messages'] as const)('gemini, by a caller of %s', async (caller) => {
    const call = (of: (typeof calls)[number]): object => ({
      functionCall: { name: of.name, args: JSON.parse(of.arguments) as unknown },
    })
    const result = (of: (typeof calls)[number], output: string): object => ({
      functionResponse: { name: of.name, response: { result: output } },
    })
    const schema = {
      type: 'OBJECT',
      properties: { city: { type: 'STRING' } },
      required: ['city'],
      propertyOrdering: ['city'],
    }
    expect(await told('gemini', caller)).toEqual({
      systemInstruction: { parts: [{ text: 'Be short.' }] },
      contents: [
        {
          role: 'user',
          parts: [{ text: 'What is here?' }, { inlineData: { mimeType: 'image/png', data: PIXEL } }],
        },
        { role: 'model', parts: [{ text: 'I look.' }, call(a), call(b)] },
        { role: 'user', parts: [result(a, 'sun'), result(b, 'rain'), { text: 'And now?' }] },
      ],
      tools: [{ functionDeclarations: [{ ...tool, parameters: schema }] }],
      toolConfig: { functionCallingConfig: { mode: 'ANY' } },
      generationConfig: { temperature: 0.25, topP: 0.5, maxOutputTokens: 77 },
    })
  })
})

describe('the header anthropic-beta', () => {
  const headers = { 'anthropic-beta': 'context-1m-2025-08-07, files-api-2025-04-14', 'anthropic-version': '2020-01-01' }
  const ask = (provider: ProviderName, sent: Record<string, string> = headers): Promise<Response> =>
    testbed.post({ model: `${provider}/small`, ...BODIES.messages }, { path: SPEAKERS.messages.path, headers: sent })

  it('reaches a provider of that API, and the version stays ours', async () => {
    const answer = await ask('messages')
    expect(answer.status, await answer.text()).toBe(200)
    expect(answer.headers.get('x-paddock-ignored')).toBeNull()
    expect(testbed.provider.requests().at(-1)?.headers).toMatchObject({
      'anthropic-beta': 'context-1m-2025-08-07,files-api-2025-04-14',
      'anthropic-version': '2023-06-01',
    })
  })

  it.each(['chat', 'responses', 'gemini'] as const)('reaches no provider of %s, which is said', async (provider) => {
    const answer = await ask(provider)
    expect(answer.status, await answer.text()).toBe(200)
    expect(answer.headers.get('x-paddock-ignored')).toBe('anthropic-beta')
    expect(testbed.provider.requests().at(-1)?.headers).not.toHaveProperty('anthropic-beta')
  })

  it('that is no list of names is refused, and reaches nobody', async () => {
    const before = testbed.provider.requests().length
    const answer = await ask('messages', { 'anthropic-beta': 'one two' })
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ error: { code: 'value_unknown' } })
    expect(testbed.provider.requests()).toHaveLength(before)
  })
})
