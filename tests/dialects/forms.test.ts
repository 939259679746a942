import { describe, expect, it } from 'vitest'
import type { CallerDialectName, DialectName } from '../../server/src/dialects/dialect-name.ts'
import { GEMINI_SCHEMA, SCHEMA } from './conversations.ts'
import { checkMessageStream } from '../stand-ins/anthropic-grammar.ts'
import { answerIn, between, CALLERS, events, fixture, gist, relayed, sent, wholeIn } from './stage.ts'

/** Answers of a given form, which each dialect asks for in its own way and one as a call. */

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
    const whole = translation
      .readAnswer(Buffer.from(JSON.stringify({ content: [call], stop_reason: 'tool_use' })))
      .held()
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
    const answer = translation
      .readAnswer(Buffer.from(JSON.stringify({ content: [call], stop_reason: 'tool_use' })))
      .held()
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
