import { describe, expect, it } from 'vitest'
import { PaddockError } from '../../server/src/base/errors.ts'
import type { CallerDialectName, DialectName } from '../../server/src/dialects/dialect-name.ts'
import { CONVERSATION, TOLD } from './conversations.ts'
import { ASKING, between, CALLERS, sent } from './stage.ts'

/** What providers are told of what callers say. */

describe('a conversation', () => {
  const pairs = CALLERS.flatMap((caller) =>
    (Object.keys(TOLD) as DialectName[]).map((provider) => ({ caller, provider })),
  )

  it.each(pairs)('of a caller of $caller is told to a provider of $provider', ({ caller, provider }) => {
    const { body } = sent(caller, provider, { request: CONVERSATION[caller], facts: { irregular: true } })
    expect(body).toEqual(TOLD[provider])
  })

  it.each(CALLERS)('passes to a provider of %s with nothing changed but the model and who keeps it', (caller) => {
    const { body, ignored } = sent(caller, caller, { request: CONVERSATION[caller] })
    const kept = caller === 'openai-responses' ? { store: false } : {}
    expect(body).toEqual({ ...CONVERSATION[caller], model: 'large', ...kept })
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
      'a reference to an item',
      'openai-responses',
      'gemini',
      { model: 'm', input: [{ type: 'item_reference', id: 'x' }] },
      'content_type_unknown',
      'refers to an item by an id that is not known here',
    ],
    [
      'an item of its own kind',
      'openai-responses',
      'gemini',
      { model: 'm', input: [{ type: 'web_search_call', id: 'x' }] },
      'content_type_unknown',
      '"web_search_call", which only a provider of this API',
    ],
    [
      'a part of its own kind',
      'openai-responses',
      'anthropic-messages',
      { model: 'm', input: [{ role: 'user', content: [{ type: 'computer_screenshot' }] }] },
      'content_type_unknown',
      'It can be sent: input_text',
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

  it.each<[CallerDialectName, asking: (schema: object) => object, param: string]>([
    [
      'openai-chat',
      (parameters) => ({ tools: [{ type: 'function', function: { name: 'f', parameters } }] }),
      '/tools/0/function/parameters',
    ],
    [
      'openai-chat',
      (schema) => ({ response_format: { type: 'json_schema', json_schema: { name: 'f', schema } } }),
      '/response_format/json_schema/schema',
    ],
    [
      'openai-responses',
      (parameters) => ({ tools: [{ type: 'function', name: 'f', parameters }] }),
      '/tools/0/parameters',
    ],
    [
      'openai-responses',
      (schema) => ({ text: { format: { type: 'json_schema', name: 'f', schema } } }),
      '/text/format/schema',
    ],
    ['anthropic-messages', (schema) => ({ tools: [{ name: 'f', input_schema: schema }] }), '/tools/0/input_schema'],
    [
      'anthropic-messages',
      (schema) => ({ output_config: { format: { type: 'json_schema', schema } } }),
      '/output_config/format/schema',
    ],
  ])('a schema of %s whose references multiply (%#)', (caller, asking, param) => {
    const pairs = Array.from({ length: 40 }, (_, index): [number, object] => {
      const next = { $ref: `#/$defs/${index + 1}` }
      return [index, { type: 'object', properties: { a: next, b: next } }]
    })
    const schema = { type: 'object', properties: { a: { $ref: '#/$defs/0' } }, $defs: Object.fromEntries(pairs) }
    const request = { ...ASKING[caller], ...asking(schema) }
    expect(() => between(caller, 'gemini', { request })).toThrow(
      expect.objectContaining({ code: 'schema_invalid', detail: expect.objectContaining({ param }) as object }),
    )
    expect(() => between(caller, 'openai-chat', { request })).not.toThrow()
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
