import { describe, expect, it } from 'vitest'
import { PaddockError } from '../../server/src/base/errors.ts'
import type { CallerDialectName, DialectName } from '../../server/src/dialects/dialect-name.ts'
import { checkMessageStream } from './message-checker.ts'
import { answerIn, between, CALLERS, events, fixture, gist, relayed, sent, wholeIn } from './stage.ts'

/** One conversation in the words of every caller, and what every provider is told of it. */

const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const PDF = 'JVBERi0xLjQK'
const SCHEMA = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
const GEMINI_SCHEMA = {
  type: 'OBJECT',
  properties: { city: { type: 'STRING' } },
  propertyOrdering: ['city'],
  required: ['city'],
}

const CONVERSATION: Readonly<Record<CallerDialectName, object>> = {
  'openai-chat': {
    model: 'm',
    messages: [
      { role: 'system', content: 'Be brief.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Compare these.' },
          { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } },
          { type: 'file', file: { filename: 'a.pdf', file_data: `data:application/pdf;base64,${PDF}` } },
        ],
      },
      {
        role: 'assistant',
        content: 'I look.',
        tool_calls: [
          { id: 'c1', type: 'function', function: { name: 'look', arguments: '{"city":"Kyoto","n":1.50}' } },
        ],
      },
      {
        role: 'tool',
        tool_call_id: 'c1',
        content: [
          { type: 'text', text: 'Seen.' },
          { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } },
        ],
      },
      { role: 'user', content: 'And?' },
    ],
    tools: [{ type: 'function', function: { name: 'look', description: 'Looks.', parameters: SCHEMA } }],
    tool_choice: { type: 'function', function: { name: 'look' } },
    parallel_tool_calls: false,
    temperature: 0.5,
    max_tokens: 300,
    stream: true,
    stream_options: { include_usage: true },
  },
  'openai-responses': {
    model: 'm',
    instructions: 'Be brief.',
    input: [
      {
        role: 'user',
        content: [
          { type: 'input_text', text: 'Compare these.' },
          { type: 'input_image', image_url: `data:image/png;base64,${PNG}` },
          { type: 'input_file', filename: 'a.pdf', file_data: `data:application/pdf;base64,${PDF}` },
        ],
      },
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'I look.', annotations: [] }] },
      { type: 'function_call', call_id: 'c1', name: 'look', arguments: '{"city":"Kyoto","n":1.50}' },
      {
        type: 'function_call_output',
        call_id: 'c1',
        output: [
          { type: 'input_text', text: 'Seen.' },
          { type: 'input_image', image_url: `data:image/png;base64,${PNG}` },
        ],
      },
      { role: 'user', content: 'And?' },
    ],
    tools: [{ type: 'function', name: 'look', description: 'Looks.', parameters: SCHEMA }],
    tool_choice: { type: 'function', name: 'look' },
    parallel_tool_calls: false,
    temperature: 0.5,
    max_output_tokens: 300,
    stream: true,
  },
  'anthropic-messages': {
    model: 'm',
    system: 'Be brief.',
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Compare these.' },
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } },
          { type: 'document', title: 'a.pdf', source: { type: 'base64', media_type: 'application/pdf', data: PDF } },
        ],
      },
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'I look.' },
          { type: 'tool_use', id: 'c1', name: 'look', input: { city: 'Kyoto', n: 1.5 } },
        ],
      },
      {
        role: 'user',
        content: [
          {
            type: 'tool_result',
            tool_use_id: 'c1',
            content: [
              { type: 'text', text: 'Seen.' },
              { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } },
            ],
          },
          { type: 'text', text: 'And?' },
        ],
      },
    ],
    tools: [{ name: 'look', description: 'Looks.', input_schema: SCHEMA }],
    tool_choice: { type: 'tool', name: 'look', disable_parallel_tool_use: true },
    temperature: 0.5,
    max_tokens: 300,
    stream: true,
  },
}

const TOLD: Readonly<Record<DialectName, object>> = {
  'openai-chat': {
    model: 'large',
    messages: [
      { role: 'system', content: 'Be brief.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Compare these.' },
          { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } },
          { type: 'file', file: { filename: 'a.pdf', file_data: `data:application/pdf;base64,${PDF}` } },
        ],
      },
      {
        role: 'assistant',
        content: 'I look.',
        tool_calls: [
          {
            id: 'c1',
            type: 'function',
            function: { name: 'look', arguments: expect.stringContaining('Kyoto') as string },
          },
        ],
      },
      { role: 'tool', tool_call_id: 'c1', content: 'Seen.' },
      {
        role: 'user',
        content: [
          { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } },
          { type: 'text', text: 'And?' },
        ],
      },
    ],
    stream: true,
    stream_options: { include_usage: true },
    max_tokens: 300,
    temperature: 0.5,
    tools: [{ type: 'function', function: { name: 'look', description: 'Looks.', parameters: SCHEMA } }],
    tool_choice: { type: 'function', function: { name: 'look' } },
    parallel_tool_calls: false,
  },
  'openai-responses': {
    model: 'large',
    input: [
      { type: 'message', role: 'system', content: [{ type: 'input_text', text: 'Be brief.' }] },
      {
        type: 'message',
        role: 'user',
        content: [
          { type: 'input_text', text: 'Compare these.' },
          { type: 'input_image', image_url: `data:image/png;base64,${PNG}`, detail: 'auto' },
          { type: 'input_file', filename: 'a.pdf', file_data: `data:application/pdf;base64,${PDF}` },
        ],
      },
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'I look.' }] },
      { type: 'function_call', call_id: 'c1', name: 'look', arguments: expect.stringContaining('Kyoto') as string },
      {
        type: 'function_call_output',
        call_id: 'c1',
        output: [
          { type: 'input_text', text: 'Seen.' },
          { type: 'input_image', image_url: `data:image/png;base64,${PNG}`, detail: 'auto' },
        ],
      },
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'And?' }] },
    ],
    stream: true,
    store: false,
    max_output_tokens: 300,
    temperature: 0.5,
    tools: [{ type: 'function', name: 'look', description: 'Looks.', parameters: SCHEMA, strict: false }],
    tool_choice: { type: 'function', name: 'look' },
    parallel_tool_calls: false,
  },
  'anthropic-messages': {
    model: 'large',
    max_tokens: 300,
    system: [{ type: 'text', text: 'Be brief.' }],
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Compare these.' },
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } },
          { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: PDF }, title: 'a.pdf' },
        ],
      },
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'I look.' },
          { type: 'tool_use', id: 'c1', name: 'look', input: { city: 'Kyoto', n: 1.5 } },
        ],
      },
      {
        role: 'user',
        content: [
          {
            type: 'tool_result',
            tool_use_id: 'c1',
            content: [
              { type: 'text', text: 'Seen.' },
              { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } },
            ],
          },
          { type: 'text', text: 'And?' },
        ],
      },
    ],
    stream: true,
    temperature: 0.5,
    tools: [{ name: 'look', description: 'Looks.', input_schema: SCHEMA }],
    tool_choice: { type: 'tool', name: 'look', disable_parallel_tool_use: true },
  },
  gemini: {
    systemInstruction: { parts: [{ text: 'Be brief.' }] },
    contents: [
      {
        role: 'user',
        parts: [
          { text: 'Compare these.' },
          { inlineData: { mimeType: 'image/png', data: PNG } },
          { inlineData: { mimeType: 'application/pdf', data: PDF } },
        ],
      },
      {
        role: 'model',
        parts: [{ text: 'I look.' }, { functionCall: { name: 'look', args: { city: 'Kyoto', n: 1.5 } } }],
      },
      {
        role: 'user',
        parts: [
          { functionResponse: { name: 'look', response: { result: 'Seen.' } } },
          { inlineData: { mimeType: 'image/png', data: PNG } },
          { text: 'And?' },
        ],
      },
    ],
    tools: [{ functionDeclarations: [{ name: 'look', description: 'Looks.', parameters: GEMINI_SCHEMA }] }],
    toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['look'] } },
    generationConfig: { temperature: 0.5, maxOutputTokens: 300 },
  },
}

describe('a conversation', () => {
  const pairs = CALLERS.flatMap((caller) =>
    (Object.keys(TOLD) as DialectName[]).map((provider) => ({ caller, provider })),
  )

  it.each(pairs)('of a caller of $caller is told to a provider of $provider', ({ caller, provider }) => {
    const { body } = sent(caller, provider, { request: CONVERSATION[caller], facts: { irregular: true } })
    expect(body).toEqual(TOLD[provider])
  })

  it.each(CALLERS)('passes to a provider of %s with nothing changed but the model', (caller) => {
    const { body, ignored } = sent(caller, caller, { request: CONVERSATION[caller] })
    expect(body).toEqual({ ...CONVERSATION[caller], model: 'large' })
    expect(ignored).toEqual([])
  })

  it('keeps every digit of what a tool was given', () => {
    const { body } = between('openai-chat', 'anthropic-messages', { request: CONVERSATION['openai-chat'] })
    expect(body.toString()).toContain('"input":{"city":"Kyoto","n":1.50}')
  })

  it.each<[DialectName, path: string, header: object]>([
    ['openai-chat', '/chat/completions', { authorization: 'Bearer the-key' }],
    ['openai-responses', '/responses', { authorization: 'Bearer the-key' }],
    ['anthropic-messages', '/messages', { 'x-api-key': 'the-key', 'anthropic-version': '2023-06-01' }],
    ['gemini', '/models/large:streamGenerateContent?alt=sse', { 'x-goog-api-key': 'the-key' }],
  ])('goes to %s by its path and headers', (provider, path, headers) => {
    const request = CONVERSATION['openai-chat']
    expect(between('openai-chat', provider, { request })).toMatchObject({ path, headers })
    const facts = { keyHeader: 'authorization' as const }
    expect(between('openai-chat', provider, { request, facts }).headers['authorization']).toBe('Bearer the-key')
  })

  it('of nothing but a system’s words is put as the user’s, and one that the assistant opens is opened', () => {
    const only = { model: 'm', messages: [{ role: 'system', content: 'Say hello.' }] }
    const opened = {
      model: 'm',
      messages: [
        { role: 'assistant', content: 'Hi.' },
        { role: 'user', content: 'Hi.' },
      ],
    }
    expect(sent('openai-chat', 'anthropic-messages', { request: only }).body['messages']).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'Say hello.' }] },
    ])
    expect(sent('openai-chat', 'gemini', { request: only }).body['contents']).toEqual([
      { role: 'user', parts: [{ text: 'Say hello.' }] },
    ])
    for (const [provider, name] of [
      ['anthropic-messages', 'messages'],
      ['gemini', 'contents'],
    ] as const) {
      const roles = (sent('openai-chat', provider, { request: opened }).body[name] as { role: string }[]).map(
        ({ role }) => role,
      )
      expect(roles[0]).toBe('user')
      expect(new Set(roles.filter((_, index) => index % 2 === 0))).toEqual(new Set(['user']))
    }
  })

  it('has neighbours of one role put together where roles take turns', () => {
    const user = (content: string): object => ({ role: 'user', content })
    const request = { model: 'm', messages: [user('a'), user('b'), { role: 'assistant', content: '' }, user('c')] }
    expect(sent('openai-chat', 'gemini', { request }).body['contents']).toEqual([
      { role: 'user', parts: [{ text: 'a' }, { text: 'b' }, { text: 'c' }] },
    ])
  })

  it('keeps wishes for the prompt cache', () => {
    const request = {
      model: 'm',
      max_tokens: 9,
      system: [{ type: 'text', text: 'Long.', cache_control: { type: 'ephemeral', ttl: '1h' } }],
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi', cache_control: { type: 'ephemeral' } }] }],
    }
    const same = sent('anthropic-messages', 'anthropic-messages', { request, facts: { irregular: true } }).body
    expect(same).toMatchObject({ system: request.system, messages: request.messages })
    expect(sent('anthropic-messages', 'openai-chat', { request }).body['messages']).toEqual([
      { role: 'system', content: request.system },
      { role: 'user', content: request.messages[0]?.content },
    ])
  })
})

describe('what cannot be said', () => {
  const userParts = (...content: object[]): object => ({ model: 'm', messages: [{ role: 'user', content }] })
  const imageAt = userParts({ type: 'image_url', image_url: { url: 'https://example.com/a.png' } })
  const rows: readonly [what: string, CallerDialectName, DialectName, request: object, code: string, says: string][] = [
    ['an address of an image', 'openai-chat', 'gemini', imageAt, 'modality_unsupported', 'data: URI'],
    [
      'several answers',
      'openai-chat',
      'anthropic-messages',
      { model: 'm', n: 2, messages: [{ role: 'user', content: 'x' }] },
      'n_too_large',
      'one answer',
    ],
    [
      'a recording',
      'openai-chat',
      'anthropic-messages',
      userParts({ type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } }),
      'modality_unsupported',
      'recordings',
    ],
    [
      'a file stored elsewhere',
      'openai-chat',
      'gemini',
      userParts({ type: 'file', file: { file_id: 'f' } }),
      'modality_unsupported',
      'base64',
    ],
    [
      'a tool that runs elsewhere',
      'openai-responses',
      'openai-chat',
      { model: 'm', input: 'x', tools: [{ type: 'web_search' }] },
      'tools_invalid',
      'functions',
    ],
    [
      'a tool that runs elsewhere',
      'anthropic-messages',
      'openai-chat',
      {
        model: 'm',
        max_tokens: 9,
        messages: [{ role: 'user', content: 'x' }],
        tools: [{ type: 'web_search_20250305', name: 'web_search' }],
      },
      'tools_invalid',
      'functions',
    ],
    [
      'an item of its own',
      'openai-responses',
      'gemini',
      { model: 'm', input: [{ type: 'item_reference', id: 'x' }] },
      'content_type_unknown',
      'only a provider of this API',
    ],
  ]
  it.each(rows)('%s of %s to %s is refused with its place', (_what, caller, provider, request, code, says) => {
    let thrown: unknown = null
    try {
      between(caller, provider, { request })
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBeInstanceOf(PaddockError)
    expect(thrown).toMatchObject({
      code,
      detail: { message: expect.stringContaining(says) as string, param: expect.stringMatching(/^\//) as string },
    })
  })

  it('an address is told where it is fetched', () => {
    expect(sent('openai-chat', 'anthropic-messages', { request: imageAt }).body['messages']).toEqual([
      { role: 'user', content: [{ type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } }] },
    ])
    expect(
      JSON.stringify(sent('openai-chat', 'gemini', { request: imageAt, facts: { fetchesUrls: true } }).body),
    ).toContain('fileUri')
    expect(() =>
      sent('anthropic-messages', 'openai-chat', {
        request: {
          model: 'm',
          max_tokens: 9,
          messages: [
            { role: 'user', content: [{ type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } }] },
          ],
        },
        facts: { fetchesUrls: false },
      }),
    ).toThrow('data: URI')
  })
})

describe('an answer of a given form', () => {
  const FORM: Readonly<Record<CallerDialectName, object>> = {
    'openai-chat': {
      model: 'm',
      messages: [{ role: 'user', content: 'x' }],
      response_format: { type: 'json_schema', json_schema: { name: 'answer', schema: SCHEMA, strict: true } },
    },
    'openai-responses': {
      model: 'm',
      input: 'x',
      text: { format: { type: 'json_schema', name: 'answer', schema: SCHEMA, strict: true } },
    },
    'anthropic-messages': {
      model: 'm',
      max_tokens: 99,
      messages: [{ role: 'user', content: 'x' }],
      output_config: { format: { type: 'json_schema', schema: SCHEMA } },
    },
  }
  const ASKED: Readonly<Record<DialectName, object>> = {
    'openai-chat': {
      response_format: { type: 'json_schema', json_schema: { name: 'answer', schema: SCHEMA, strict: true } },
    },
    'openai-responses': { text: { format: { type: 'json_schema', name: 'answer', schema: SCHEMA, strict: true } } },
    'anthropic-messages': {
      tools: [{ name: 'answer', description: 'Give the answer.', input_schema: SCHEMA }],
      tool_choice: { type: 'tool', name: 'answer' },
    },
    gemini: { generationConfig: { responseMimeType: 'application/json', responseSchema: GEMINI_SCHEMA } },
  }
  const pairs = CALLERS.flatMap((caller) =>
    (Object.keys(ASKED) as DialectName[]).map((provider) => ({ caller, provider })),
  )

  it.each(pairs)('is asked by $caller of $provider', ({ caller, provider }) => {
    const { body } = sent(caller, provider, { request: FORM[caller], facts: { irregular: true } })
    expect(body).toMatchObject(ASKED[provider])
  })

  it.each<[formats: 'json' | 'text', field: object | undefined]>([
    ['json', { type: 'json_object' }],
    ['text', undefined],
  ])('is asked in words where a provider takes %s only', (formats, field) => {
    const { body } = sent('anthropic-messages', 'openai-chat', {
      request: FORM['anthropic-messages'],
      facts: { formats },
    })
    expect(body['response_format']).toEqual(field)
    expect((body['messages'] as { content: string }[])[0]?.content).toContain(JSON.stringify(SCHEMA))
  })

  const call = { type: 'tool_use', id: 't', name: 'answer', input: { city: 'Kyoto' } }
  const stream = events([
    { type: 'message_start', message: { usage: { input_tokens: 1 } } },
    { type: 'content_block_start', index: 0, content_block: { ...call, input: {} } },
    { type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: '{"city":' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: '"Kyoto"}' } },
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: 'tool_use' } },
    { type: 'message_stop' },
  ])

  it.each(CALLERS)('is text again, not a call, for %s, whole and streamed', (caller) => {
    const translation = between(caller, 'anthropic-messages', { request: FORM[caller], facts: { irregular: true } })
    const told = answerIn(caller, relayed(translation.openStream(), [stream]))
    const whole = translation.readAnswer(
      Buffer.from(JSON.stringify({ content: [call], stop_reason: 'tool_use' })),
    ).bytes
    for (const answer of [told, wholeIn(caller, whole)])
      expect(gist(answer)).toMatchObject({ text: '{"city":"Kyoto"}', calls: [], stop: 'end' })
  })

  it('leaves the caller’s own tools calls, and gives them the numbers they had', () => {
    const request = {
      ...FORM['openai-chat'],
      tools: [{ type: 'function', function: { name: 'answer', parameters: SCHEMA } }],
    }
    const translation = between('openai-chat', 'anthropic-messages', { request })
    const body = JSON.parse(translation.body.toString()) as { tools: { name: string }[]; tool_choice: object }
    expect(body.tools.map(({ name }) => name)).toEqual(['answer', 'answer_answer'])
    expect(body.tool_choice).toEqual({ type: 'any' })
    const answer = translation.readAnswer(
      Buffer.from(JSON.stringify({ content: [call], stop_reason: 'tool_use' })),
    ).bytes
    expect(gist(wholeIn('openai-chat', answer))).toMatchObject({ calls: [{ name: 'answer' }], stop: 'calls' })
  })
})

describe('a caller of anthropic-messages', () => {
  it('gets the blocks of its own provider as they were, also when they are written anew', () => {
    const anew = between('anthropic-messages', 'anthropic-messages', { facts: { irregular: true } }).openStream()
    const told = checkMessageStream(relayed(anew, [fixture('anthropic-messages.calls.sse')]))
    expect(told.content).toEqual(checkMessageStream(fixture('anthropic-messages.calls.sse').toString()).content)
  })
})
