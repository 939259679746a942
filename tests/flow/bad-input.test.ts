import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { sharedTestbed } from '../testbed.ts'

/**
 * The catalogue of bad input: each is answered with a 4xx that says what, where, which limit and how to mend it. None
 * reaches a provider, none makes an entry, none is answered with a 5xx.
 */

const testbed = sharedTestbed((url) => [
  'providers:',
  `  lab: { base_url: "${url}", api_key: any, models: [small, large, gpt-5-turbo], model_facts: { small: { images: false, max_output_tokens: 4096 }, large: { images: true } } }`,
  'routes: [{ name: chat, candidates: [{ model: lab/large }] }]',
])

type Answer = {
  status: number
  error: { message: string; code: string; param: string | null; type: string; request_id: string; doc: string }
}

async function refusal(body: string | Uint8Array, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await testbed().post(body, { headers })
  const { error } = (await response.json()) as Answer
  return { status: response.status, error }
}

const chat = (more: object): string =>
  JSON.stringify({ model: 'lab/large', messages: [{ role: 'user', content: 'x' }], ...more })
const withContent = (part: object): string => chat({ messages: [{ role: 'user', content: [part] }] })
const image = (url: string): string => withContent({ type: 'image_url', image_url: { url } })
const nested = (depth: number): string =>
  `{"model":"lab/large","messages":[{"role":"user","content":"x"}],"deep":${'['.repeat(depth)}${']'.repeat(depth)}}`
const png = (width: number, height: number): string => {
  const bytes = Buffer.alloc(33)
  Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex').copy(bytes)
  bytes.writeUInt32BE(width, 16)
  bytes.writeUInt32BE(height, 20)
  return `data:image/png;base64,${bytes.toString('base64')}`
}

type Case = readonly [
  what: string,
  body: string | Uint8Array,
  status: number,
  code: string,
  says: RegExp,
  param?: string,
]

const BODIES: readonly Case[] = [
  ['empty body', '', 400, 'body_empty', /Send a JSON object with at least "model" and "messages"/],
  ['truncated JSON', '{', 400, 'json_invalid', /Line 1, column 2/],
  ['NaN', '{"t":NaN}', 400, 'json_invalid', /N/],
  ['a comment', '{/* hi */}', 400, 'json_invalid', /\//],
  ['a trailing comma', '{"a":1,}', 400, 'json_invalid', /}/],
  [
    'invalid UTF-8',
    Buffer.concat([Buffer.from('{"model":"'), Buffer.from([0xff]), Buffer.from('"}')]),
    400,
    'encoding_invalid',
    /10/,
  ],
  ['an array at the top', '[]', 400, 'type', /object.*array/],
  ['a string at the top', '"hello"', 400, 'type', /object.*string/],
  ['too deep', nested(100_000), 400, 'json_too_deep', /64/],
  ['too many items', chat({ stuff: Array.from({ length: 20_001 }, () => 0) }), 400, 'json_too_many_items', /20,?000/],
  ['a key twice', '{"model":"a","model":"b"}', 400, 'json_duplicate_key', /twice/, '/model'],
  [
    'a forbidden key',
    '{"model":"lab/large","messages":[{"role":"user","content":"x"}],"metadata":{"__proto__":"x"}}',
    400,
    'key_forbidden',
    /__proto__/,
    '/metadata/__proto__',
  ],
  ['temperature out of range', chat({ temperature: 3 }), 400, 'out_of_range', /from 0 to 2/, '/temperature'],
  [
    'temperature as text',
    chat({ temperature: '0.7' }),
    400,
    'type',
    /temperature must be a number from 0 to 2; got the string "0\.7"/,
    '/temperature',
  ],
  [
    'temperature 1e400',
    '{"model":"lab/large","messages":[{"role":"user","content":"x"}],"temperature":1e400}',
    400,
    'out_of_range',
    /from 0 to 2/,
    '/temperature',
  ],
  ['temperature below', chat({ temperature: -1 }), 400, 'out_of_range', /from 0 to 2/, '/temperature'],
  [
    'half a surrogate',
    '{"model":"lab/large","messages":[{"role":"user","content":"\\ud800"}]}',
    400,
    'text_invalid',
    /surrogate/i,
    '/messages/0/content',
  ],
  ['no model', '{"messages":[{"role":"user","content":"x"}]}', 400, 'model_missing', /model/],
  ['a model that is no text', chat({ model: 7 }), 400, 'type', /model/, '/model'],
  ['an unknown model', chat({ model: 'gpt-5-trubo' }), 404, 'model_unknown', /lab\/gpt-5-turbo/, '/model'],
  ['no messages', chat({ messages: [] }), 400, 'messages_empty', /at least one/, '/messages'],
  ['messages missing', '{"model":"lab/large"}', 400, 'field_missing', /messages/],
  ['no role', chat({ messages: [{ content: 'x' }] }), 400, 'message_role', /role/, '/messages/0/role'],
  [
    'role robot',
    chat({
      messages: [
        { role: 'user', content: 'x' },
        { role: 'robot', content: 'x' },
      ],
    }),
    400,
    'message_role',
    /robot.*assistant/s,
    '/messages/1/role',
  ],
  [
    'an unknown part',
    withContent({ type: 'hologram' }),
    400,
    'content_type_unknown',
    /hologram.*image_url/s,
    '/messages/0/content/0/type',
  ],
  [
    'an image for a text model',
    JSON.stringify({
      model: 'lab/small',
      messages: [
        { role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://upload.wikimedia.org/a.png' } }] },
      ],
    }),
    400,
    'modality_unsupported',
    /large/,
  ],
  ['link-local', image('http://169.254.169.254/latest/meta-data'), 400, 'url_forbidden', /policy/],
  ['mapped', image('http://[::ffff:a9fe:a9fe]/'), 400, 'url_forbidden', /policy/],
  ['decimal', image('http://2130706433/'), 400, 'url_forbidden', /policy/],
  ['circled', image('http://①②⑦.0.0.1/'), 400, 'url_forbidden', /policy/],
  ['localhost with a dot', image('http://localhost./'), 400, 'url_forbidden', /policy/],
  ['file', image('file:///etc/passwd'), 400, 'url_scheme', /https/],
  ['gopher', image('gopher://x.example/'), 400, 'url_scheme', /https/],
  ['data of a page', image('data:text/html;base64,PGI+'), 400, 'url_scheme', /png/i],
  ['credentials', image('https://user:pass@upload.wikimedia.org/'), 400, 'url_credentials', /user/i],
  ['not base64', image('data:image/png;base64,@@@@'), 400, 'base64_invalid', /base64/],
  [
    'a server of tools inside',
    chat({ tools: [{ type: 'mcp', server_label: 's', server_url: 'http://10.0.0.1/mcp' }] }),
    400,
    'url_forbidden',
    /policy/,
    '/tools/0/server_url',
  ],
  [
    'a file that is not base64',
    withContent({ type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,@@@@' } }),
    400,
    'base64_invalid',
    /base64/,
    '/messages/0/content/0/file/file_data',
  ],
  ['a vast image', image(png(60_000, 60_000)), 400, 'image_too_large', /60,?000/],
  ['SVG', image('data:image/svg+xml;base64,PHN2Zy8+'), 415, 'image_type', /PNG/i],
  ['max_tokens 0', chat({ max_tokens: 0 }), 400, 'out_of_range', /1/, '/max_tokens'],
  ['max_tokens -1', chat({ max_tokens: -1 }), 400, 'out_of_range', /1/, '/max_tokens'],
  ['max_tokens 1e9', chat({ max_tokens: 1_000_000_000 }), 400, 'out_of_range', /1,?048,?576/, '/max_tokens'],
  ['max_tokens as text', chat({ max_tokens: '100' }), 400, 'type', /max_tokens/, '/max_tokens'],
  [
    'more than the model writes',
    JSON.stringify({ model: 'lab/small', messages: [{ role: 'user', content: 'x' }], max_tokens: 5_000 }),
    400,
    'out_of_range',
    /4096/,
    '/max_tokens',
  ],
  ['a thousand choices', chat({ n: 1_000 }), 400, 'n_too_large', /8/, '/n'],
  ['fifty stops', chat({ stop: Array(50).fill('x') }), 400, 'too_many', /4 entries.*50/, '/stop'],
  ['an empty stop', chat({ stop: '' }), 400, 'out_of_range', /must not be empty/, '/stop'],
  [
    'tools of one name',
    chat({ tools: [1, 2].map(() => ({ type: 'function', function: { name: 'f' } })) }),
    400,
    'tools_invalid',
    /twice|f/,
  ],
  [
    'a result of no call',
    chat({ messages: [{ role: 'tool', tool_call_id: 'nope', content: 'x' }] }),
    400,
    'id_invalid',
    /nope/,
  ],
  ['stream as text', chat({ stream: 'true' }), 400, 'type', /stream/, '/stream'],
]

describe('[G17] bad bodies', () => {
  it.each(BODIES.map(([what, body, status, code, says, param]) => ({ what, body, status, code, says, param })))(
    '$what',
    async ({ body, status, code, says, param }) => {
      const answer = await refusal(body)
      expect(answer).toMatchObject({ status, error: { code, ...(param === undefined ? {} : { param }) } })
      expect(answer.error.message).toMatch(says)
      expect(answer.error.request_id).toMatch(/^[0-9a-f-]{36}$/)
    },
  )

  it('with a byte order mark is read', async () => {
    const response = await testbed().post(Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(chat({}))]))
    expect(response.status).toBe(200)
    await response.text()
  })

  it('with NUL in the text is passed on', async () => {
    const response = await testbed().post(chat({ messages: [{ role: 'user', content: 'a\u0000b\u0007' }] }))
    expect(response.status).toBe(200)
    await response.text()
  })

  it.each([
    ['UTF-16', { 'content-type': 'application/json; charset=utf-16le' }, 415, 'charset_unsupported', /Send UTF-8/],
    ['GBK', { 'content-type': 'application/json; charset=gbk' }, 415, 'charset_unsupported', /Send UTF-8/],
    ['text/plain', { 'content-type': 'text/plain' }, 415, 'content_type', /application\/json/],
    [
      'the default of curl',
      { 'content-type': 'application/x-www-form-urlencoded' },
      415,
      'content_type',
      /-H 'Content-Type: application\/json'/,
    ],
    ['an unknown encoding', { 'content-encoding': 'zstd' }, 415, 'encoding_unsupported', /gzip, deflate or br/],
    [
      'the name of what every object has',
      { 'content-encoding': 'constructor' },
      415,
      'encoding_unsupported',
      /gzip, deflate or br/,
    ],
    ['not what it says', { 'content-encoding': 'gzip' }, 400, 'encoding_invalid', /decompressed/],
  ])('%s', async (_what, headers, status, code, says) => {
    const answer = await refusal(chat({}), headers)
    expect(answer).toMatchObject({ status, error: { code } })
    expect(answer.error.message).toMatch(says)
  })

  it('a body that inflates beyond measure is stopped', async () => {
    const bomb = gzipSync(Buffer.alloc(30 * 1024 * 1024, ' '))
    expect(await refusal(bomb, { 'content-encoding': 'gzip' })).toMatchObject({
      status: 413,
      error: { code: 'body_inflates' },
    })
  })

  it('a compressed body is read', async () => {
    const response = await testbed().post(gzipSync(chat({})), { headers: { 'content-encoding': 'gzip' } })
    expect(response.status).toBe(200)
    await response.text()
  })
})

describe('[G5] after all that', () => {
  it('no refused request has reached the provider or left an entry, and the server serves', async () => {
    const { workspace, provider, server } = testbed()
    const entries = await workspace.entries()
    expect(entries).toHaveLength(provider.bill().length)
    expect(entries.every(({ state }) => state === 'ok' || state === 'unpriced')).toBe(true)
    expect(server.log()).not.toContain('"level":50')
    const { status } = await fetch(`${server.url}/readyz`)
    expect(status).toBe(200)
  })
})
