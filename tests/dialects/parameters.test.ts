import { describe, expect, it } from 'vitest'
import { CALLER_DIALECTS } from '../../server/src/dialects/all.ts'
import type { CallerDialectName } from '../../server/src/dialects/dialect-name.ts'
import { readJson } from '../../server/src/dialects/json-text.ts'
import { ASKING, sent } from './stage.ts'

/** Each parameter is told in the provider's words, or named as ignored: none is lost without a word. */

const schema = { type: 'object', properties: { a: { type: 'string' } } }
const tools = [{ type: 'function', function: { name: 'f', parameters: schema, strict: true } }]
const NAMED = { type: 'function', function: { name: 'f' } }
const askChat = (fields: object): object => ({ ...ASKING['openai-chat'], ...fields })

describe('gemini', () => {
  const config = (fields: object): unknown =>
    sent('openai-chat', 'gemini', { request: askChat(fields) }).body['generationConfig']

  it.each<[asked: object, told: object]>([
    [{ temperature: 0.5 }, { temperature: 0.5 }],
    [{ top_p: 0.5 }, { topP: 0.5 }],
    [{ top_k: 40 }, { topK: 40 }],
    [{ seed: 7 }, { seed: 7 }],
    [{ presence_penalty: 1 }, { presencePenalty: 1 }],
    [{ frequency_penalty: -1 }, { frequencyPenalty: -1 }],
    [{ max_tokens: 9 }, { maxOutputTokens: 9 }],
    [{ max_completion_tokens: 9 }, { maxOutputTokens: 9 }],
    [{ stop: 'END' }, { stopSequences: ['END'] }],
    [{ stop: ['a', 'b'] }, { stopSequences: ['a', 'b'] }],
    [{ response_format: { type: 'json_object' } }, { responseMimeType: 'application/json' }],
    [
      { response_format: { type: 'json_schema', json_schema: { name: 'n', schema, strict: true } } },
      {
        responseMimeType: 'application/json',
        responseSchema: { type: 'OBJECT', properties: { a: { type: 'STRING' } }, propertyOrdering: ['a'] },
      },
    ],
    [{ reasoning_effort: 'high' }, { thinkingConfig: { thinkingBudget: 16_384, includeThoughts: true } }],
    [{ reasoning_effort: 'none' }, { thinkingConfig: { thinkingBudget: 0 } }],
    [{ enable_thinking: true }, { thinkingConfig: { includeThoughts: true } }],
  ])('%j is told as %j', (asked, told) => {
    expect(config(asked)).toEqual(told)
    expect(sent('openai-chat', 'gemini', { request: askChat(asked) }).ignored).toEqual([])
  })

  it.each<[asked: object, ignored: string[]]>([
    [{ logprobs: true, top_logprobs: 2 }, ['logprobs', 'top_logprobs']],
    [{ service_tier: 'flex' }, ['service_tier']],
    [{ user: 'u' }, ['user']],
    [{ logit_bias: { 5: 1 } }, ['logit_bias']],
    [{ metadata: { a: 'b' }, store: true }, ['metadata', 'store']],
    [{ modalities: ['text'], prediction: {} }, ['modalities', 'prediction']],
    [{ tools, parallel_tool_calls: false }, ['parallel_tool_calls', 'strict']],
    [{ verbosity: 'low', min_p: 0.1 }, ['min_p', 'verbosity']],
  ])('%j is named as ignored', (asked, ignored) => {
    const { body, ignored: named } = sent('openai-chat', 'gemini', { request: askChat(asked) })
    expect(named.toSorted()).toEqual(ignored)
    expect(body).not.toHaveProperty('generationConfig')
  })

  it('takes five stops, and what is left of more is said', () => {
    const stop_sequences = ['1', '2', '3', '4', '5', '6']
    const request = { ...ASKING['anthropic-messages'], stop_sequences }
    const { body, ignored } = sent('anthropic-messages', 'gemini', { request })
    expect(body['generationConfig']).toMatchObject({ stopSequences: ['1', '2', '3', '4', '5'] })
    expect(ignored).toEqual(['stop'])
  })
})

describe('a choice of tools beside thinking, which this dialect refuses', () => {
  const told = (fields: object): { choice: unknown; thinking: unknown; ignored: readonly string[] } => {
    const request = askChat({ tools: [{ ...NAMED, function: { name: 'f', parameters: schema } }], ...fields })
    const { body, ignored } = sent('openai-chat', 'anthropic-messages', { request })
    return { choice: body['tool_choice'], thinking: (body['thinking'] as { type: string } | undefined)?.type, ignored }
  }

  it.each<[tool_choice: unknown, choice: unknown, ignored: string[]]>([
    ['required', undefined, ['tool_choice']],
    [NAMED, undefined, ['tool_choice']],
    ['auto', { type: 'auto' }, []],
    ['none', { type: 'none' }, []],
  ])('%j is told as %j', (tool_choice, choice, ignored) => {
    expect(told({ tool_choice, reasoning_effort: 'low' })).toEqual({ choice, thinking: 'enabled', ignored })
  })

  it('of one call at a time keeps that', () => {
    const asked = { tool_choice: 'required', reasoning_effort: 'low', parallel_tool_calls: false }
    expect(told(asked).choice).toEqual({ type: 'auto', disable_parallel_tool_use: true })
  })

  it.each([{}, { reasoning_effort: 'none' }])('is told where nobody thinks: %j', (fields) => {
    expect(told({ tool_choice: 'required', ...fields })).toMatchObject({ choice: { type: 'any' }, ignored: [] })
    expect(told({ tool_choice: NAMED, ...fields })).toMatchObject({ choice: { type: 'tool', name: 'f' } })
  })

  it('of none has only the tool that is the answer called', () => {
    const response_format = { type: 'json_schema', json_schema: { name: 'answer', schema } }
    expect(told({ tool_choice: 'none', response_format }).choice).toEqual({ type: 'tool', name: 'answer' })
  })
})

describe('stops', () => {
  const read = (caller: CallerDialectName, fields: object): unknown =>
    CALLER_DIALECTS[caller].readRequest(readJson(Buffer.from(JSON.stringify({ ...ASKING[caller], ...fields }))))
  const refused = (code: string, param: string, says: string): object =>
    expect.objectContaining({
      code,
      message: expect.stringContaining(says) as string,
      detail: expect.objectContaining({ param }) as object,
    }) as object

  it('of chat are a text or a list of sixteen', () => {
    const list = (count: number): string[] => Array.from({ length: count }, (_, index) => String(index))
    expect(read('openai-chat', { stop: 'END' })).toBeDefined()
    expect(read('openai-chat', { stop: list(16) })).toBeDefined()
    expect(() => read('openai-chat', { stop: list(17) })).toThrow(
      refused('too_many', '/stop', 'may have 16 entries; this one has 17'),
    )
  })

  it('of messages are a list, even of one', () => {
    expect(read('anthropic-messages', { stop_sequences: ['END'] })).toBeDefined()
    expect(() => read('anthropic-messages', { stop_sequences: 'END' })).toThrow(
      refused('type', '/stop_sequences', 'must be a list of texts, such as ["END"]; got the string "END"'),
    )
  })

  it('of one text are told as a list where that is wanted, and those of spaces are left out and named', () => {
    const { body, ignored } = sent('openai-chat', 'anthropic-messages', { request: askChat({ stop: 'END' }) })
    expect([body['stop_sequences'], ignored]).toEqual([['END'], []])
    const spaces = sent('openai-chat', 'anthropic-messages', { request: askChat({ stop: ['\n', 'END'] }) })
    expect([spaces.body['stop_sequences'], spaces.ignored]).toEqual([['END'], ['stop']])
  })

  it('have no word in responses: those are passed to its own kind, and named by all others', () => {
    const request = { ...ASKING['openai-responses'], stop: 'END' }
    expect(sent('openai-responses', 'openai-responses', { request }).body['stop']).toBe('END')
    for (const provider of ['openai-chat', 'anthropic-messages', 'gemini'] as const)
      expect(sent('openai-responses', provider, { request }).ignored).toEqual(['stop'])
    for (const [caller, stop] of [
      ['openai-chat', { stop: 'END' }],
      ['anthropic-messages', { stop_sequences: ['END'] }],
    ] as const)
      expect(sent(caller, 'openai-responses', { request: { ...ASKING[caller], ...stop } }).ignored).toEqual(['stop'])
  })
})
