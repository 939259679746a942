import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PaddockError } from '../../base/errors.ts'
import {
  call,
  called,
  faultOf,
  HELLO,
  image,
  read,
  result,
  tool,
  withFields,
  withMessages,
  withParts,
} from '../../../../tests/dialects/chat-faults.ts'
import { readJson } from '../json-text.ts'
import { readUrlRules } from '../url-rules.ts'
import { readChatRequest, readPromptText, type ChatRequest } from './request.ts'

describe('limits', () => {
  it('are what the operator sets', () => {
    expect(faultOf(withFields({ n: 3 }), { choicesMax: 2 }).code).toBe('n_too_large')
    expect(faultOf(withFields({ max_tokens: 101 }), { outputTokensMax: 100 }).message).toContain('from 1 to 100')
    expect(faultOf(withFields({ tools: [tool('a'), tool('b')] }), { toolsMax: 1 }).code).toBe('tools_invalid')
    expect(
      faultOf(withParts(image('https://a.example.com/1'), image('https://a.example.com/2')), { imagesMax: 1 }).message,
    ).toBe('messages may hold 1 images in all; these hold 2.')
    expect(read(withParts(image('http://10.0.0.1/')), { urls: readUrlRules(['10.0.0.0/8']) }).imageCount).toBe(1)
    expect(faultOf({ messages: [HELLO] }, { modelsOffered: ['a', 'b'] }).message).toContain('This key may call a, b.')
  })

  it('never show more than 64 characters of what was sent', () => {
    const long = 'secret'.repeat(1_000)
    for (const body of [
      withFields({ temperature: long }),
      withMessages({ role: long }),
      withParts({ type: long }),
      withFields({ tools: [tool(long)] }),
    ]) {
      expect(faultOf(body).message).not.toContain('secret'.repeat(11))
    }
  })
})

describe('a request', () => {
  it('of one message is described by defaults', () => {
    expect(read(withFields({}))).toEqual({
      model: 'm',
      stream: false,
      includeUsage: false,
      maxTokens: null,
      n: 1,
      messageCount: 1,
      promptBytes: 5,
      imageCount: 0,
      hasImages: false,
      hasAudio: false,
      hasFiles: false,
      hasTools: false,
      user: null,
      metadata: new Map(),
      previousResponseId: null,
      fields: { conversation: 'messages', maxTokens: 'max_tokens' },
      store: null,
      unknownFields: [],
    } satisfies ChatRequest)
  })

  it('with everything is described whole', () => {
    const body = {
      model: 'lab/large',
      messages: [
        { role: 'developer', content: 'Be brief.' },
        {
          role: 'user',
          name: 'ann',
          content: [
            { type: 'text', text: '价格' },
            image('https://example.com/a.png'),
            { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } },
            { type: 'file', file: { file_id: 'f' } },
          ],
        },
        called(call('c1')),
        result('c1'),
        { role: 'assistant', content: [{ type: 'refusal', refusal: 'No.' }], reasoning_content: 'Hm.' },
        { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{}' } },
        { role: 'function', name: 'f', content: null },
      ],
      stream: true,
      stream_options: { include_usage: true },
      max_tokens: 5,
      max_completion_tokens: 7,
      n: 2,
      temperature: 0,
      top_p: 1,
      stop: ['\n'],
      response_format: {
        type: 'json_schema',
        json_schema: {
          name: 'a',
          strict: true,
          schema: {
            type: ['object', 'null'],
            properties: { $ref: { $ref: '#/$defs/b' }, type: { enum: [{ $ref: 'x' }] } },
            $defs: { b: true },
            items: [{}],
            additionalProperties: false,
          },
        },
      },
      tools: [
        tool('a', { parameters: JSON.parse('{"properties":{"__proto__":{"$ref":"https://example.com"}}}') as object }),
        { type: 'web_search' },
      ],
      tool_choice: 'auto',
      user: 'u1',
      metadata: { ticket: '7' },
      logit_bias: { '50256': -100 },
      top_k: 5,
    }
    expect(read(body)).toMatchObject({
      model: 'lab/large',
      stream: true,
      includeUsage: true,
      maxTokens: 7,
      n: 2,
      messageCount: 7,
      imageCount: 1,
      hasImages: true,
      hasAudio: true,
      hasFiles: true,
      hasTools: true,
      user: 'u1',
      metadata: new Map([['ticket', '7']]),
      unknownFields: [],
    })
  })

  it('may leave fields out by null', () => {
    const names = [
      'stream',
      'stream_options',
      'max_tokens',
      'n',
      'stop',
      'seed',
      'user',
      'metadata',
      'response_format',
      'tools',
      'logit_bias',
      'tool_choice',
    ]
    expect(read(withFields(Object.fromEntries(names.map((name) => [name, null])))).n).toBe(1)
  })

  it('keeps a seed that no double can hold', () => {
    const json = readJson(
      Buffer.from('{"model":"m","messages":[{"role":"user","content":"x"}],"seed":9007199254740993}'),
    )
    readChatRequest(json)
    expect(json.root.member('seed')?.raw.toString()).toBe('9007199254740993')
  })

  it('passes unknown fields on and says which known ones may be meant', () => {
    const { unknownFields } = read(
      withFields({ temprature: 1, maxTokens: 5, 'top-p': 1, streem: true, stpo: 'x', zebra: 1, ['x'.repeat(100)]: 1 }),
    )
    expect(unknownFields).toEqual([
      { name: 'temprature', meant: 'temperature' },
      { name: 'maxTokens', meant: 'max_tokens' },
      { name: 'top-p', meant: 'top_p' },
      { name: 'streem', meant: 'stream' },
      { name: 'stpo', meant: 'stop' },
      { name: 'zebra', meant: null },
      { name: `${'x'.repeat(63)}…`, meant: null },
    ])
  })

  it('names only the first of many unknown fields', () => {
    expect(
      read(withFields(Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`f${index}`, 1])))).unknownFields,
    ).toHaveLength(16)
  })

  it('leaves the objects of this process as they are', () => {
    read(
      '{"model":"m","messages":[{"role":"user","content":"x","__proto__":{"polluted":1}}],"tools":[{"type":"function","function":{"name":"a","parameters":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}}}]}',
    )
    expect('polluted' in {}).toBe(false)
  })
})

describe('any request', () => {
  /** Names and values the checks look for, put together without sense. */
  const word = fc.constantFrom(
    'text',
    'image_url',
    'function',
    'tool',
    'user',
    'assistant',
    'json_schema',
    '#/a',
    'http://10.0.0.1',
    'data:image/png;base64,AAAA',
  )
  const name = fc.constantFrom(
    ...'model messages role content type text image_url url tools function name parameters tool_calls id tool_call_id'.split(
      ' ',
    ),
    ...'response_format json_schema schema properties $ref stop n seed user metadata stream stream_options file file_data'.split(
      ' ',
    ),
  )
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 6, withCrossShrink: true },
      fc.jsonValue({ maxDepth: 0 }),
      word,
      tie('list'),
      tie('object'),
    ),
    list: fc.array(tie('value'), { maxLength: 3 }),
    object: fc.dictionary(name, tie('value'), { maxKeys: 5 }),
  }))

  it('is described or refused, and nothing else happens', () => {
    fc.assert(
      fc.property(
        fc.dictionary(name, value),
        fc.array(fc.oneof(value, fc.constant(HELLO)), { maxLength: 3 }),
        (fields, messages) => {
          const json = readJson(Buffer.from(JSON.stringify({ model: 'm', messages, ...fields })))
          try {
            const { promptBytes, messageCount } = readChatRequest(json)
            expect(promptBytes).toBeGreaterThanOrEqual(0)
            expect(messageCount).toBeGreaterThan(0)
            expect(typeof readPromptText(json)).toBe('string')
          } catch (thrown) {
            if (!(thrown instanceof PaddockError)) throw thrown
            expect(thrown.spec.status).toBeGreaterThanOrEqual(400)
            expect(thrown.spec.status).toBeLessThan(500)
            expect(thrown.detail.param).toMatch(/^\//)
          }
        },
      ),
      { numRuns: 2_000 },
    )
  })
})

describe('the prompt', () => {
  const tools = [tool('look_up', { description: '查' })]
  const json = readJson(
    Buffer.from(
      JSON.stringify({
        model: 'm',
        messages: [
          { role: 'system', content: 'Line 1\nLine 2' },
          { role: 'user', content: [{ type: 'text', text: '价格?' }, image('https://example.com/secret.png')] },
          called(call('c1')),
          result('c1'),
        ],
        tools,
      }),
    ),
  )

  it('is all the words, without images', () => {
    const { promptBytes } = readChatRequest(json)
    const pieces = ['Line 1\nLine 2', '价格?', JSON.stringify([call('c1')]), 'x', JSON.stringify(tools)]
    expect(readPromptText(json)).toBe(pieces.join('\n'))
    expect(promptBytes).toBe(pieces.reduce((bytes, piece) => bytes + Buffer.byteLength(piece), 0))
  })

  it('counts what escapes stand for', () => {
    expect(
      read('{"model":"m","messages":[{"role":"user","content":"\\u4ef7\\u683c\\n\\ud83d\\ude00"}]}').promptBytes,
    ).toBe(11)
  })
})
