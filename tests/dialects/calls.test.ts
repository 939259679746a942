import { NO_USAGE } from '@paddock/contract/usage'
import { describe, expect, it } from 'vitest'
import type { DialectName } from '../../server/src/dialects/dialect-name.ts'
import { checkMessageStream } from '../stand-ins/anthropic-grammar.ts'
import { answerIn, between, bytes, CALLERS, chatStream, events, gist, relayed, sent, wholeIn } from './stage.ts'

/** Tool calls in every way they were seen, and parameters that some providers do not take. */

describe('tool calls (problem 12)', () => {
  const calling = (...calls: object[]): object => ({ tool_calls: calls })
  const gistOf = (stream: Buffer): { calls: unknown; stop: unknown } => gist(answerIn('openai-chat', stream)) as never
  const BOTH = [
    { name: 'f', arguments: { a: 1 } },
    { name: 'g', arguments: { b: 2 } },
  ]

  it.each<[what: string, deltas: object[]]>([
    [
      'numbered -1',
      [
        calling({ index: -1, id: 'x', function: { name: 'f', arguments: '{"a":1}' } }),
        calling({ index: -1, id: 'y', function: { name: 'g', arguments: '{"b":2}' } }),
      ],
    ],
    [
      'numbered -1 and without ids',
      [
        calling({ index: -1, function: { name: 'f', arguments: '{"a":1}' } }),
        calling({ index: -1, function: { name: 'g', arguments: '{"b":2}' } }),
      ],
    ],
    [
      'all numbered 0',
      [
        calling({ index: 0, id: 'x', function: { name: 'f', arguments: '{"a":1}' } }),
        calling({ index: 0, id: 'y', function: { name: 'g', arguments: '{"b":2}' } }),
      ],
    ],
    [
      'interleaved',
      [
        calling({ index: 0, id: 'x', function: { name: 'f', arguments: '{"a"' } }),
        calling({ index: 1, id: 'y', function: { name: 'g', arguments: '{"b"' } }),
        calling({ index: 0, function: { arguments: ':1}' } }, { index: 1, function: { arguments: ':2}' } }),
      ],
    ],
    [
      'without ids',
      [
        calling({ index: 0, function: { name: 'f', arguments: '{"a":1}' } }),
        calling({ index: 1, function: { name: 'g', arguments: '{"b":2}' } }),
      ],
    ],
    [
      'named late',
      [
        calling({ index: 0, id: 'x', function: { arguments: '{"a"' } }),
        calling(
          { index: 0, function: { name: 'f', arguments: ':1}' } },
          { index: 1, id: 'y', function: { name: 'g' } },
        ),
        calling({ index: 1, function: { arguments: '{"b":2}' } }),
      ],
    ],
    [
      'with arguments as JSON',
      [
        calling(
          { function: { name: 'f', arguments: { a: 1 } } },
          { id: 'y', function: { name: 'g', arguments: { b: 2 } } },
        ),
      ],
    ],
  ])('%s are told apart, and by all callers', (_what, deltas) => {
    const stream = chatStream(...deltas)
    expect(gistOf(stream)).toMatchObject({ calls: BOTH, stop: 'calls' })
    for (const caller of CALLERS) {
      const told = relayed(between(caller, 'openai-chat', { facts: { irregular: true } }).openStream(), [stream])
      expect(gist(answerIn(caller, told))).toMatchObject({ calls: BOTH, stop: 'calls' })
      const ids = answerIn(caller, told).parts.map((part) => (part.kind === 'call' ? part.id : ''))
      expect(new Set(ids).size).toBe(2)
      if (caller === 'anthropic-messages') expect(checkMessageStream(told).stop_reason).toBe('tool_use')
    }
  })

  it('as an object, and as the older function_call, are calls', () => {
    const message = (said: object): object => ({ choices: [{ message: said, finish_reason: 'stop' }] })
    for (const said of [
      { content: '', tool_calls: { id: 'x', type: 'function', function: { name: 'f', arguments: '{"a":1}' } } },
      { content: null, function_call: { name: 'f', arguments: '{"a":1}' } },
    ]) {
      expect(gist(wholeIn('openai-chat', bytes(message(said))))).toMatchObject({ calls: [BOTH[0]], stop: 'calls' })
    }
  })

  it.each(CALLERS)('that ran at the provider are none of the caller’s (%s)', (caller) => {
    const stream = events([
      { type: 'message_start', message: { id: 'm', model: 'm', usage: { input_tokens: 9, output_tokens: 1 } } },
      {
        type: 'content_block_start',
        index: 0,
        content_block: { type: 'server_tool_use', id: 's', name: 'web_search', input: {} },
      },
      { type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: '{"query":"x"}' } },
      { type: 'content_block_stop', index: 0 },
      {
        type: 'content_block_start',
        index: 1,
        content_block: { type: 'web_search_tool_result', tool_use_id: 's', content: [{ type: 'web_search_result' }] },
      },
      { type: 'content_block_stop', index: 1 },
      { type: 'content_block_start', index: 2, content_block: { type: 'text', text: 'Found.' } },
      { type: 'content_block_stop', index: 2 },
      {
        type: 'message_delta',
        delta: { stop_reason: 'end_turn' },
        usage: { input_tokens: 90, output_tokens: 7, server_tool_use: { web_search_requests: 1 } },
      },
      { type: 'message_stop' },
    ])
    const facts = { irregular: true }
    const told = relayed(between(caller, 'anthropic-messages', { facts }).openStream(), [stream])
    const usage = { ...NO_USAGE, input: 90, output: 7 }
    expect(gist(answerIn(caller, told))).toEqual({ text: 'Found.', reasoning: '', calls: [], stop: 'end', usage })
  })

  it.each(CALLERS)('without arguments have an empty object (%s)', (caller) => {
    const stream = chatStream(calling({ index: 0, id: 'x', function: { name: 'f', arguments: '' } }))
    const told = relayed(between(caller, 'openai-chat', { facts: { irregular: true } }).openStream(), [stream])
    const written = answerIn(caller, told).parts.find((part) => part.kind === 'call')
    expect(JSON.parse(written?.kind === 'call' ? written.arguments || '{}' : '')).toEqual({})
    if (caller !== 'anthropic-messages') expect(told).toMatch(/"arguments":"\{\}"/)
  })
})

describe('parameters (problem 13)', () => {
  const messages_ = [{ role: 'user', content: 'Hello' }]
  const request = `{"user":"u","model":"m","frequency_penalty":1,"messages":${JSON.stringify(messages_)},"temperature":1.50,"seed":12345678901234567890,"logit_bias":{"5":1}}`
  const facts = { unsupported: ['user', 'frequency_penalty'], ranges: { temperature: { min: 0.01, max: 1 } } }

  it('are dropped and clamped, and named, where bytes pass', () => {
    const translation = between('openai-chat', 'openai-chat', { facts, request })
    expect(translation.body.toString()).toBe(
      `{"model":"large","messages":${JSON.stringify(messages_)},"temperature":1,"seed":12345678901234567890,"logit_bias":{"5":1}}`,
    )
    expect(translation.ignored.toSorted()).toEqual(['frequency_penalty', 'temperature', 'user'])
  })

  it.each<[DialectName, ignored: string[], body: object]>([
    [
      'anthropic-messages',
      ['frequency_penalty', 'logit_bias', 'seed', 'temperature'],
      { temperature: 1, metadata: { user_id: 'u' }, max_tokens: 8_192 },
    ],
    ['openai-responses', ['frequency_penalty', 'logit_bias', 'seed'], { temperature: 1.5, user: 'u' }],
    ['gemini', ['logit_bias', 'user'], { generationConfig: { temperature: 1.5, frequencyPenalty: 1 } }],
  ])('are dropped and clamped, and named, for %s', (provider, ignored, body) => {
    const written = sent('openai-chat', provider, { request })
    expect(written.ignored.toSorted()).toEqual(ignored)
    expect(written.body).toMatchObject(body)
    const digits = between('openai-chat', provider, { request }).body.toString().includes('12345678901234567890')
    expect(digits).toBe(!ignored.includes('seed'))
  })

  it.each(['openai-chat', 'openai-responses'] as const)('are dropped and clamped, whoever asks (%s)', (caller) => {
    const asked = { model: 'm', user: 'u', temperature: 0, top_p: 0.5 }
    const conversation = caller === 'openai-chat' ? { messages: messages_ } : { input: 'Hello' }
    const { body, ignored } = sent(caller, 'openai-chat', {
      request: { ...asked, ...conversation },
      facts: { ...facts, unsupported: ['user', 'top_p'] },
    })
    expect(body).toMatchObject({ temperature: 0.01 })
    expect(Object.keys(body).filter((name) => ['user', 'top_p'].includes(name))).toEqual([])
    expect(ignored.toSorted()).toEqual(['temperature', 'top_p', 'user'])
  })

  it('stand in for empty content, where that is refused', () => {
    const conversation = {
      model: 'm',
      max_tokens: 9,
      messages: [
        { role: 'user', content: 'Hello' },
        { role: 'assistant', content: [{ type: 'tool_use', id: 'x', name: 'f', input: {} }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'x', content: 'y' }] },
      ],
    }
    const { body } = sent('anthropic-messages', 'openai-chat', { request: conversation, facts: { emptyContent: ' ' } })
    expect((body['messages'] as { content: unknown }[])[1]?.content).toBe(' ')
  })
})
