import { USAGE_COUNTERS } from '@paddock/contract/usage'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PaddockError } from '../../base/errors.ts'
import { SseSplitter, type SseEvent } from '../sse.ts'
import { writtenText } from '../collect-answer.ts'
import { completionText } from './completion.ts'
import { readError } from './errors.ts'
import { ChatReader, readWhole } from './reader.ts'
import { isDone, readChunk, withoutUsage, type ChatChunk } from './stream.ts'
import { readUsage } from './usage.ts'

const CONTEXT = {
  provider: 'lab',
  requestId: 'r',
  facts: { usage: { streamOption: true, reasoningInOutput: true } },
  answerTool: null,
}
const chunk = (value: unknown): ChatChunk => readChunk(Buffer.from(JSON.stringify(value)), 'lab')
/** How a chunk passes: an error, something that is counted, usage alone, or something else. */
function kindOf(value: unknown): [kind: string, text: string] {
  const [event] = new SseSplitter().push(Buffer.from(`data: ${JSON.stringify(value)}\n\n`))
  if (event === undefined) throw new Error('there is an event')
  const read = readChunk(event.data ?? Buffer.alloc(0), 'lab')
  if (read.isError) return ['error', '']
  const text = completionText(read.json.root)
  if (text !== '') return ['content', text]
  return [withoutUsage(event, read).length === 0 ? 'usage' : 'other', text]
}
const delta = (part: unknown, more: object = {}): object => ({
  id: 'c',
  object: 'chat.completion.chunk',
  choices: [{ index: 0, delta: part, finish_reason: null }],
  ...more,
})

describe('the end', () => {
  it.each(['[DONE]', ' [DONE] ', '[DONE]\n'])('is %j', (data) => {
    expect(isDone(Buffer.from(data))).toBe(true)
  })

  it.each(['', '{}', '[DONE]x', '["DONE"]', '[DONE]'.repeat(1_000), '"[DONE]"'])('is not %j', (data) => {
    expect(isDone(Buffer.from(data))).toBe(false)
  })
})

describe('chunks', () => {
  it.each<[what: string, value: object, kind: string, text: string]>([
    ['a role', delta({ role: 'assistant', content: '' }), 'other', ''],
    ['text', delta({ content: '你好' }), 'content', '你好'],
    [
      'text in parts',
      delta({
        content: [
          { type: 'text', text: 'a' },
          { type: 'text', text: 'b' },
        ],
      }),
      'content',
      'ab',
    ],
    ['reasoning', delta({ content: null, reasoning_content: 'Hm' }), 'content', 'Hm'],
    ['reasoning by its other name', delta({ content: '', reasoning: 'Hm' }), 'content', 'Hm'],
    ['reasoning by both names', delta({ content: '', reasoning: 'Hm', reasoning_content: 'Hm' }), 'content', 'Hm'],
    ['both empty', delta({ content: '', reasoning_content: '' }), 'other', ''],
    ['a refusal', delta({ refusal: 'No' }), 'content', 'No'],
    [
      'a tool call',
      delta({ tool_calls: [{ index: 0, id: 'x', function: { name: 'f', arguments: '{"a"' } }] }),
      'content',
      'f{"a"',
    ],
    ['an old function call', delta({ function_call: { arguments: ':1}' } }), 'content', ':1}'],
    ['no tool call in an object', delta({ tool_calls: {} }), 'other', ''],
    ['one tool call without a list', delta({ tool_calls: { function: { name: 'f' } } }), 'content', 'f'],
    ['arguments that are JSON', delta({ tool_calls: [{ function: { arguments: { a: 1 } } }] }), 'content', '{"a":1}'],
    [
      'reasoning in details only',
      delta({ reasoning_details: [{ type: 'reasoning.text', text: 'Hm' }] }),
      'content',
      'Hm',
    ],
    ['two choices', { choices: [{ delta: { content: 'a' } }, { delta: { content: 'b' } }] }, 'content', 'ab'],
    ['a finish', { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }, 'other', ''],
    ['a filter note', { choices: [], prompt_filter_results: [] }, 'other', ''],
    ['usage', { choices: [], usage: { prompt_tokens: 1 } }, 'usage', ''],
    ['usage without choices', { usage: { prompt_tokens: 1 } }, 'usage', ''],
    ['usage beside text', delta({ content: 'a' }, { usage: { prompt_tokens: 1 } }), 'content', 'a'],
    [
      'usage beside a finish',
      { choices: [{ delta: {}, finish_reason: 'stop' }], usage: { prompt_tokens: 1 } },
      'other',
      '',
    ],
    ['an error', { error: { message: 'overloaded', code: 503 } }, 'error', ''],
    ['an error as text', { error: 'overloaded' }, 'error', ''],
    ['an error beside choices', delta({ content: 'a' }, { error: { message: 'x' } }), 'error', ''],
    ['no error', delta({ content: 'a' }, { error: null }), 'content', 'a'],
    ['a flat error', { code: 'Throttling', message: 'slow down', request_id: 'r' }, 'error', ''],
    [
      'an error in base_resp',
      { choices: null, base_resp: { status_code: 1008, status_msg: 'no balance' } },
      'error',
      '',
    ],
    ['a good base_resp', delta({ content: 'a' }, { base_resp: { status_code: 0, status_msg: '' } }), 'content', 'a'],
    ['a lone half of an emoji', delta({ content: '\ud83d' }), 'content', '\ud83d'],
  ])('%s', (_, value, kind, text) => {
    expect(kindOf(value)).toEqual([kind, text])
  })

  it.each<[what: string, delta: object]>([
    ['text in parts', { content: [{ type: 'text', text: 'a' }, { text: 'b' }] }],
    ['reasoning by both names', { reasoning: 'Hm', reasoning_content: 'Hm' }],
    ['reasoning in details', { reasoning_details: [{ type: 'reasoning.summary', summary: 'Hm' }] }],
    ['a call without a list', { tool_calls: { id: 'x', function: { name: 'f', arguments: '{}' } } }],
    ['a call without an object around it', { tool_calls: [{ id: 'x', name: 'f', arguments: '{}' }] }],
    ['arguments that are JSON', { tool_calls: [{ id: 'x', function: { name: 'f', arguments: { a: 1 } } }] }],
    ['an old call beside a list', { function_call: { name: 'f', arguments: '{}' }, tool_calls: [] }],
    ['everything', { reasoning: 'Hm', content: 'a', refusal: 'No', tool_calls: [{ function: { name: 'f' } }] }],
  ])('%s is counted where it passes as what is read where it is translated', (_what, said) => {
    const read = new ChatReader(CONTEXT).readChunk(chunk(delta(said)))
    expect(completionText(chunk(delta(said)).json.root)).toBe(read.map(writtenText).join(''))
    expect(read.some((event) => writtenText(event) !== '')).toBe(true)
  })

  it.each<[value: object, usage: string | undefined]>([
    [{ choices: [], usage: { prompt_tokens: 1 } }, '{"prompt_tokens":1}'],
    [{ choices: [{ delta: {}, usage: { prompt_tokens: 2 } }], usage: null }, '{"prompt_tokens":2}'],
    [delta({ content: '"usage":{"prompt_tokens":3}' }), undefined],
    [delta({ content: 'a' }, { usage: null }), undefined],
    [{ choices: [], usage: 5 }, '5'],
  ])('have usage: %j', (value, usage) => {
    expect(chunk(value).usage?.raw.toString()).toBe(usage)
  })

  it.each(['', 'hello', '{"choices":[{"delta":{"content":"a"}', '[1]', 'null', '<html>', '{"a":1}{"b":2}'])(
    'that are %j are no answer',
    (data) => {
      expect(() => readChunk(Buffer.from(data), 'lab')).toThrow(
        expect.objectContaining({
          code: 'provider_bad_answer',
          message: expect.stringMatching(/^lab sent/) as string,
        }),
      )
    },
  )

  it('cut inside a character are no answer', () => {
    const whole = Buffer.from('{"choices":[{"delta":{"content":"中"}}]}')
    expect(() => readChunk(Buffer.concat([whole.subarray(0, 33), whole.subarray(34)]), 'lab')).toThrow(
      expect.objectContaining({ code: 'provider_bad_answer' }),
    )
  })
})

describe('for a caller who did not ask for usage', () => {
  function eventOf(stream: string): SseEvent {
    const [event] = new SseSplitter().push(Buffer.from(stream))
    if (event === undefined) throw new Error('there is an event')
    return event
  }

  it.each<[sent: string, passed: string]>([
    ['data: {"id":"c","usage":null}\n\n', 'data: {"id":"c"}\n\n'],
    ['data: {"usage" : null , "id":"c"}\r\n\r\n', 'data: {"id":"c"}\r\n\r\n'],
    [': x\nevent: y\ndata:{"a":1, "usage":null,"b":"中"}\n\n', ': x\nevent: y\ndata:{"a":1,"b":"中"}\n\n'],
    ['\uFEFFdata: {"usage":null}\n\n', '\uFEFFdata: {}\n\n'],
    ['data: \uFEFF{"a":1,"usage":null}\n\n', 'data: \uFEFF{"a":1}\n\n'],
    [
      'data: {"choices":[{"usage":null}],"x":"\\"usage\\":null"}\n\n',
      'data: {"choices":[{"usage":null}],"x":"\\"usage\\":null"}\n\n',
    ],
    ['data: {"a":1,"usage":{"prompt_tokens":1}}\n\n', ''],
    [
      'data: {"choices":[{}],"usage":{"prompt_tokens":1}}\n\n',
      'data: {"choices":[{}],"usage":{"prompt_tokens":1}}\n\n',
    ],
    ['data: {"a":1,\ndata: "usage":null}\n\n', 'data: {"a":1,\ndata: "usage":null}\n\n'],
  ])('%j is %j', (sent, passed) => {
    const event = eventOf(sent)
    const read = readChunk(event.data ?? Buffer.alloc(0), 'lab')
    expect(withoutUsage(event, read).toString()).toBe(passed)
  })

  it('a payload that is a copy is left as it is', () => {
    const data = Buffer.from('{"a":1,"usage":null}')
    const raw = Buffer.from('data: {"a":1,\ndata: "usage":null}\n\n')
    for (const copy of [data, Buffer.from(data)])
      expect(withoutUsage({ raw, data: copy }, readChunk(copy, 'lab'))).toBe(raw)
  })

  it('nothing is copied where nothing is taken out', () => {
    const event = eventOf('data: {"a":1}\n\n')
    expect(withoutUsage(event, readChunk(event.data ?? Buffer.alloc(0), 'lab'))).toBe(event.raw)
  })
})

describe('whatever a provider sends', () => {
  const name = fc.constantFrom(
    ...'id model choices delta message content text tool_calls function arguments reasoning refusal finish_reason'.split(
      ' ',
    ),
    ...'usage prompt_tokens completion_tokens prompt_tokens_details cached_tokens error base_resp status_code code'.split(
      ' ',
    ),
  )
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 5 },
      fc.jsonValue({ maxDepth: 0 }),
      fc.array(tie('value'), { maxLength: 3 }),
      tie('object'),
    ),
    object: fc.dictionary(name, tie('value'), { maxKeys: 5 }),
  }))

  it('is read or refused as no answer, and nothing else happens', () => {
    fc.assert(
      fc.property(fc.dictionary(name, value), fc.boolean(), (sent, reasoningInOutput) => {
        const bytes = Buffer.from(JSON.stringify(sent))
        const { isError, json, usage } = readChunk(bytes, 'lab')
        expect(isError ? '' : completionText(json.root)).toBeTypeOf('string')
        if (usage) {
          const reading = readUsage(usage, { reasoningInOutput })
          const counters = reading.kind === 'usage' ? USAGE_COUNTERS.map((name) => reading.usage[name]) : [0]
          expect(counters.every((count) => Number.isSafeInteger(count) && count >= 0)).toBe(true)
        }
        expect(readError(500, bytes).message).not.toBe('')
        try {
          expect(readWhole(bytes, CONTEXT).parts).toBeInstanceOf(Array)
        } catch (thrown) {
          expect(thrown instanceof PaddockError && thrown.code).toBe('provider_bad_answer')
        }
      }),
      { numRuns: 2_000 },
    )
  })
})
