import { describe, expect, it } from 'vitest'
import { PaddockError } from '../base/errors.ts'
import { CALLER_DIALECTS } from './all.ts'
import type { ReadRequest } from './dialect.ts'
import type { CallerDialectName } from './dialect-name.ts'
import { readJson } from './json-text.ts'

/** Addresses, images and data in all the places of a request that can hold them. */

const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const INSIDE = 'http://169.254.169.254/latest/meta-data/'
const PUBLIC = 'https://example.com/a'

/** A part of a message of the user, or of the result of a tool, and the pointer of its first part. */
type Place = { readonly body: (part: object) => object; readonly at: string }

const chat = { model: 'm' }
const called = { role: 'assistant', tool_calls: [{ id: 'c', type: 'function', function: { name: 'f' } }] }
const used = { role: 'assistant', content: [{ type: 'tool_use', id: 'c', name: 'f', input: { url: INSIDE } }] }
const result = (content: unknown): object => ({ type: 'tool_result', tool_use_id: 'c', content })
const messages = (...list: object[]): object => ({ model: 'm', max_tokens: 9, messages: list })
const called2 = { type: 'function_call', call_id: 'c', name: 'f', arguments: `{"url":"${INSIDE}"}` }

const PLACES: Readonly<Record<CallerDialectName, Readonly<Record<'said' | 'result' | 'document' | 'unknown', Place>>>> =
  {
    'openai-chat': {
      said: {
        body: (part) => ({ ...chat, messages: [{ role: 'user', content: [part] }] }),
        at: '/messages/0/content/0',
      },
      result: {
        body: (part) => ({ ...chat, messages: [called, { role: 'tool', tool_call_id: 'c', content: [part] }] }),
        at: '/messages/1/content/0',
      },
      document: {
        body: (part) => ({ ...chat, messages: [{ role: 'system', content: [part] }] }),
        at: '/messages/0/content/0',
      },
      unknown: {
        body: (part) => ({ ...chat, messages: [{ role: 'user', type: 'tool_use', content: 'x', more: [part] }] }),
        at: '/messages/0/more/0',
      },
    },
    'openai-responses': {
      said: { body: (part) => ({ model: 'm', input: [{ role: 'user', content: [part] }] }), at: '/input/0/content/0' },
      result: {
        body: (part) => ({
          model: 'm',
          input: [called2, { type: 'function_call_output', call_id: 'c', output: [part] }],
        }),
        at: '/input/1/output/0',
      },
      document: {
        body: (part) => ({ model: 'm', input: [{ type: 'computer_call_output', call_id: 'c', output: part }] }),
        at: '/input/0/output',
      },
      unknown: {
        body: (part) => ({ model: 'm', type: 'function_call', input: [{ type: 'hologram', beams: { first: part } }] }),
        at: '/input/0/beams/first',
      },
    },
    'anthropic-messages': {
      said: { body: (part) => messages({ role: 'user', content: [part] }), at: '/messages/0/content/0' },
      result: {
        body: (part) => messages(used, { role: 'user', content: [result([part])] }),
        at: '/messages/1/content/0/content/0',
      },
      document: {
        body: (part) =>
          messages({ role: 'user', content: [{ type: 'document', source: { type: 'content', content: [part] } }] }),
        at: '/messages/0/content/0/source/content/0',
      },
      unknown: {
        body: (part) => messages({ role: 'user', content: [{ type: 'hologram', beams: [part] }] }),
        at: '/messages/0/content/0/beams/0',
      },
    },
  }

const url = (address: string): object => ({ type: 'url', url: address })
const base64 = (media_type: string, data: string): object => ({ type: 'base64', media_type, data })

type Sort = readonly [what: string, part: (value: string) => object, under: string, bad: string[][], good: string[]]

/** What an address may not be, and what data may not be. */
const ADDRESSES = [
  [INSIDE, 'url_forbidden'],
  ['http://[::1]/', 'url_forbidden'],
  ['file:///etc/passwd', 'url_scheme'],
  ['https://me:secret@example.com/', 'url_credentials'],
]
const DATA = [
  [INSIDE, 'url_forbidden'],
  [' FILE:///etc/passwd', 'url_scheme'],
  ['SGVsbG8', 'base64_invalid'],
  ['SGVs bG8=', 'base64_invalid'],
  ['data:application/pdf,hello', 'base64_invalid'],
  ['data:application/pdf;base64,SGVsbG8', 'base64_invalid'],
  ['data:image/svg+xml;base64,SGVsbG8=', 'image_type'],
]
const GOOD_DATA = ['SGVsbG8=', 'data:application/pdf;base64,SGVsbG8=', `data:image/png;base64,${PIXEL}`, PUBLIC]

const SORTS: Readonly<Record<CallerDialectName, readonly Sort[]>> = {
  'openai-chat': [
    ['an image', (value) => ({ type: 'image_url', image_url: { url: value } }), '/image_url/url', ADDRESSES, [PUBLIC]],
    ['a bare image', (value) => ({ type: 'image_url', image_url: value }), '/image_url', ADDRESSES, [PUBLIC]],
    ['a file', (value) => ({ type: 'file', file: { file_data: value } }), '/file/file_data', DATA, GOOD_DATA],
    [
      'a recording',
      (value) => ({ type: 'input_audio', input_audio: { data: value, format: 'wav' } }),
      '/input_audio/data',
      DATA,
      GOOD_DATA,
    ],
  ],
  'openai-responses': [
    ['an image', (value) => ({ type: 'input_image', image_url: value }), '/image_url', ADDRESSES, [PUBLIC]],
    ['a file', (value) => ({ type: 'input_file', file_url: value }), '/file_url', ADDRESSES, [PUBLIC]],
    ['the data of a file', (value) => ({ type: 'input_file', file_data: value }), '/file_data', DATA, GOOD_DATA],
    [
      'a recording',
      (value) => ({ type: 'input_audio', input_audio: { data: value, format: 'wav' } }),
      '/input_audio/data',
      DATA,
      GOOD_DATA,
    ],
  ],
  'anthropic-messages': [
    ['an image', (value) => ({ type: 'image', source: url(value) }), '/source/url', ADDRESSES, [PUBLIC]],
    ['a document', (value) => ({ type: 'document', source: url(value) }), '/source/url', ADDRESSES, [PUBLIC]],
    [
      'the data of an image',
      (value) => ({ type: 'image', source: base64('image/png', value) }),
      '/source/data',
      [
        ['SGVsbG8', 'base64_invalid'],
        ['SGVsbG8=', 'image_type'],
      ],
      [PIXEL],
    ],
    [
      'the data of a document',
      (value) => ({ type: 'document', source: base64('application/pdf', value) }),
      '/source/data',
      [
        ['SGVs\nbG8=', 'base64_invalid'],
        [INSIDE, 'base64_invalid'],
      ],
      ['SGVsbG8='],
    ],
  ],
}

const read = (dialect: CallerDialectName, body: object): ReadRequest =>
  CALLER_DIALECTS[dialect].readRequest(readJson(Buffer.from(JSON.stringify(body))))

function faultOf(dialect: CallerDialectName, body: object): object {
  try {
    read(dialect, body)
  } catch (thrown) {
    if (thrown instanceof PaddockError) return { code: thrown.code, param: thrown.detail.param }
    throw thrown
  }
  return { code: 'taken' }
}

const DIALECTS = Object.keys(PLACES) as CallerDialectName[]

describe.each(DIALECTS)('in a request of %s', (dialect) => {
  const rows = Object.entries(PLACES[dialect]).flatMap(([where, place]) =>
    SORTS[dialect].map((sort) => ({ what: sort[0], where, place, sort })),
  )

  it.each(rows)('$what is checked where it stands: $where', ({ place, sort: [, part, under, bad, good] }) => {
    for (const [value = '', code] of bad)
      expect([value, faultOf(dialect, place.body(part(value)))]).toEqual([
        value,
        { code, param: `${place.at}${under}` },
      ])
    for (const value of good)
      expect([value, faultOf(dialect, place.body(part(value)))]).toEqual([value, { code: 'taken' }])
  })

  it('what a model called, a schema describes or a caller notes is not', () => {
    const schema = { type: 'object', properties: { at: { default: { url: INSIDE } } }, default: { url: INSIDE } }
    const tools = {
      'openai-chat': [{ type: 'function', function: { name: 'f', parameters: schema } }],
      'openai-responses': [{ type: 'function', name: 'f', parameters: schema }],
      'anthropic-messages': [{ name: 'f', input_schema: schema, input_examples: [{ url: INSIDE }] }],
    }
    const { body } = PLACES[dialect].result
    const text = dialect === 'openai-responses' ? 'input_text' : 'text'
    const said = { ...body({ type: text, text: INSIDE }), tools: tools[dialect], metadata: { url: INSIDE } }
    expect(faultOf(dialect, said)).toEqual({ code: 'taken' })
  })
})

it.each<[CallerDialectName, fields: object, param: string]>([
  ['anthropic-messages', { mcp_servers: [{ type: 'url', name: 's', url: INSIDE }] }, '/mcp_servers/0/url'],
  ['openai-responses', { tools: [{ type: 'mcp', server_label: 's', server_url: INSIDE }] }, '/tools/0/server_url'],
  ['openai-chat', { tools: [{ type: 'mcp', server_label: 's', server_url: INSIDE }] }, '/tools/0/server_url'],
])('a server of tools for a caller of %s may not stand inside', (dialect, fields, param) => {
  const { body } = PLACES[dialect].said
  const said = body({ type: dialect === 'openai-responses' ? 'input_text' : 'text', text: 'x' })
  expect(faultOf(dialect, { ...said, ...fields })).toEqual({ code: 'url_forbidden', param })
  const open = JSON.parse(JSON.stringify(fields).replace(INSIDE, 'https://tools.example.com/mcp')) as object
  expect(faultOf(dialect, { ...said, ...open })).toEqual({ code: 'taken' })
})

describe('what is counted', () => {
  const IMAGES = {
    'openai-chat': { type: 'image_url', image_url: { url: PUBLIC } },
    'openai-responses': { type: 'input_image', image_url: PUBLIC },
    'anthropic-messages': { type: 'image', source: url(PUBLIC) },
  }
  const words = (dialect: CallerDialectName, text: string): object => ({
    type: dialect === 'openai-responses' ? 'input_text' : 'text',
    text,
  })

  it.each(DIALECTS)('for a caller of %s: images and words in results and documents', (dialect) => {
    for (const { body } of [PLACES[dialect].said, PLACES[dialect].result, PLACES[dialect].document]) {
      expect(read(dialect, body(IMAGES[dialect]))).toMatchObject({ imageCount: 1, hasImages: true })
      const bytes = (text: string): number => read(dialect, body(words(dialect, text))).promptBytes
      expect(bytes('x'.repeat(1_000)) - bytes('')).toBe(1_000)
    }
  })

  it('a screenshot is an image, and a document of text is its words', () => {
    const screenshot = { type: 'computer_screenshot', image_url: `data:image/png;base64,${PIXEL}` }
    expect(read('openai-responses', PLACES['openai-responses'].document.body(screenshot)).imageCount).toBe(1)
    const document = { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'Long words.' } }
    for (const { body } of Object.values(PLACES['anthropic-messages'])) {
      const counted = read('anthropic-messages', body(document))
      const empty = read('anthropic-messages', body({ type: 'document', source: { type: 'file', file_id: 'f' } }))
      expect(counted.promptBytes - empty.promptBytes).toBe('Long words.'.length)
      expect(counted).toMatchObject({ hasFiles: true, imageCount: 0 })
    }
  })
})
