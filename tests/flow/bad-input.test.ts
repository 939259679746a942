import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { sharedTestbed } from '../testbed.ts'
import { SPELLINGS, type Spelling } from './endpoints.ts'

/**
 * The catalogue of bad bodies, asked of every endpoint that takes a conversation: each is answered with a 4xx that says
 * what, where, which limit and how to mend it. None reaches a provider, none makes an entry, none is answered with a 5xx.
 */

const testbed = sharedTestbed((url) => [
  'providers:',
  `  lab: { base_url: "${url}", api_key: any, models: [small, large, short, gpt-5-turbo], model_facts: { small: { images: false, max_output_tokens: 4096 }, large: { images: true }, short: { context_tokens: 8192 } } }`,
  'routes: [{ name: chat, candidates: [{ model: lab/large }] }]',
])

type Body = string | Uint8Array | object

type Row = {
  /** The number it has in the catalogue, and what is wrong. */
  readonly what: string
  /** Null where an endpoint has no such thing to get wrong. */
  readonly send: (of: Spelling) => Body | null
  readonly status?: number
  readonly code: string
  readonly says: RegExp
  /** Where: a JSON pointer. */
  readonly at?: (of: Spelling) => string
  readonly headers?: Record<string, string>
}

/** Rows that are a fault of the bytes, whatever they were meant to say. */
const row = (what: string, send: Body, code: string, says: RegExp, more: Partial<Row> = {}): Row => ({
  what,
  send: () => send,
  code,
  says,
  ...more,
})

/** A request that is good but for one field; the field is where the fault is. */
const field = (
  [number, name]: readonly [number: number, name: string],
  value: unknown,
  [code, says]: readonly [code: string, says: RegExp],
  more: Partial<Row> = {},
): Row => ({
  what: `${number}: ${name} ${JSON.stringify(value).slice(0, 40)}`,
  send: (of) => of.ask({ [name]: value }),
  code,
  says,
  at: () => `/${name}`,
  ...more,
})

/** A conversation of one message whose content has one part. */
const part = (what: string, of: (spelling: Spelling) => object, code: string, says: RegExp): Row => ({
  what,
  send: (spelling) => withContent(spelling, [of(spelling)]),
  code,
  says,
})
const image = (number: number, url: string, [code, says]: readonly [code: string, says: RegExp]): Row => ({
  ...part(`${number}: ${url.slice(0, 60)}`, (of) => of.image(url), code, says),
  at: (of) => `/${of.conversation}/0/content/0`,
})

const withContent = (of: Spelling, content: unknown): object =>
  of.ask({ [of.conversation]: [{ role: 'user', content }] })
const conversation = (of: Spelling): string => `/${of.conversation}`

/** The text of a good request with something written into it that no value could say. */
const written = (of: Spelling, extra: string): string => JSON.stringify(of.ask()).replace(/}$/, `,${extra}}`)
const nested = (depth: number): string => `"deep":${'['.repeat(depth)}${']'.repeat(depth)}`
const toolOfProto = (of: Spelling): string =>
  JSON.stringify(of.ask({ tools: [of.tool('f')] })).replace('{"type":"object"}', '{"properties":{"__proto__":{}}}')
const png = (width: number, height: number): string => {
  const bytes = Buffer.alloc(33)
  Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex').copy(bytes)
  bytes.writeUInt32BE(width, 16)
  bytes.writeUInt32BE(height, 20)
  return `data:image/png;base64,${bytes.toString('base64')}`
}

/** Bytes and JSON. */
const READING: readonly Row[] = [
  row('1: an empty body', '', 'body_empty', /Send a JSON object with at least "model" and/),
  row('2: truncated JSON', '{', 'json_invalid', /Line 1, column 2.*Was it cut off\?/),
  row('3: NaN', '{"t":NaN}', 'json_invalid', /N/),
  row('3: a comment', '{/* hi */}', 'json_invalid', /\//),
  row('3: a trailing comma', '{"a":1,}', 'json_invalid', /}/),
  row('5: invalid UTF-8', Buffer.from('7b226d6f64656c223a22ff227d', 'hex'), 'encoding_invalid', /10/),
  row('8: an array at the top', '[]', 'type', /object.*array/),
  row('8: a string at the top', '"hello"', 'type', /object.*string/),
  row('15: a key twice', '{"model":"a","model":"b"}', 'json_duplicate_key', /twice/, { at: () => '/model' }),
  { what: '9: too deep', send: (of) => written(of, nested(100_000)), code: 'json_too_deep', says: /64/ },
  {
    what: '10: too many items',
    send: (of) => of.ask({ stuff: Array.from({ length: 20_001 }, () => 0) }),
    code: 'json_too_many_items',
    says: /20,?000/,
    at: () => '/stuff',
  },
  {
    what: '10: too many values',
    send: (of) => of.ask({ stuff: Array.from({ length: 11 }, () => Array.from({ length: 19_000 }, () => 0)) }),
    code: 'json_too_many_items',
    says: /200,?000/,
  },
  {
    what: '16: a forbidden key',
    send: (of) => written(of, '"metadata":{"__proto__":"x"}'),
    code: 'key_forbidden',
    says: /__proto__.*Choose another/,
    at: () => '/metadata/__proto__',
  },
  {
    what: '19: half a surrogate',
    send: (of) => JSON.stringify(of.ask()).replace('"x"', '"\\ud800"'),
    code: 'text_invalid',
    says: /surrogate/i,
    at: (of) => `/${of.conversation}/0/content`,
  },
]

const says = (type: string): Record<string, string> => ({ 'content-type': type })
const encoded = (encoding: string): Record<string, string> => ({ 'content-encoding': encoding })
const announced = (
  what: string,
  headers: Record<string, string>,
  [status, code, text]: readonly [status: number, code: string, text: RegExp],
): Row => ({ what, send: (of) => of.ask(), status, code, says: text, headers })

/** What the headers say of the body. */
const ANNOUNCED: readonly Row[] = [
  announced('6: UTF-16', says('application/json; charset=utf-16le'), [415, 'charset_unsupported', /Send UTF-8/]),
  announced('6: GBK', says('application/json; charset=gbk'), [415, 'charset_unsupported', /Send UTF-8/]),
  announced('7: text/plain', says('text/plain'), [415, 'content_type', /application\/json/]),
  announced('7: the default of curl', says('application/x-www-form-urlencoded'), [
    415,
    'content_type',
    /-H 'Content-Type/,
  ]),
  announced('14: an unknown encoding', encoded('zstd'), [415, 'encoding_unsupported', /gzip, deflate or br/]),
  announced('14: what every object has', encoded('constructor'), [415, 'encoding_unsupported', /gzip, deflate or br/]),
  announced('14: not what it says', encoded('gzip'), [400, 'encoding_invalid', /decompressed/]),
  row('13: a body that inflates', gzipSync(Buffer.alloc(30 * 1024 * 1024, ' ')), 'body_inflates', /100 times.*plain/, {
    status: 413,
    headers: encoded('gzip'),
  }),
]

/** Of those that ask for an answer: what only counts tokens may count what no model could take. */
function answering(send: (of: Spelling) => Body): (of: Spelling) => Body | null {
  return (of) => (of.path.endsWith('/count_tokens') ? null : send(of))
}

/** So many tokens, about. */
function words(count: number): object[] {
  return [{ role: 'user', content: 'word '.repeat(count) }]
}

/** The model, the conversation and what is in it. */
const CONVERSATION: readonly Row[] = [
  row('21: no model', { messages: [], input: [] }, 'model_missing', /model is missing.*lab\/large/, {
    at: () => '/model',
  }),
  field([21, 'model'], 7, ['type', /model must be a string/]),
  field([22, 'model'], 'gpt-5-trubo', ['model_unknown', /lab\/gpt-5-turbo/], { status: 404 }),
  {
    what: '25: an empty conversation',
    send: (of) => of.ask({ [of.conversation]: [] }),
    code: 'messages_empty',
    says: /at least one/,
    at: conversation,
  },
  {
    what: '25: no conversation',
    send: (of) => of.ask({ [of.conversation]: undefined }),
    code: 'field_missing',
    says: /is missing.*Hello/s,
    at: conversation,
  },
  {
    what: '26: no role',
    send: (of) => of.ask({ [of.conversation]: [{ content: 'x' }] }),
    code: 'message_role',
    says: /role is missing.*user.*assistant/s,
    at: (of) => `/${of.conversation}/0/role`,
  },
  {
    what: '26: role robot',
    send: (of) => of.ask({ [of.conversation]: ['user', 'robot'].map((role) => ({ role, content: 'x' })) }),
    code: 'message_role',
    says: /robot.*assistant/s,
    at: (of) => `/${of.conversation}/1/role`,
  },
  {
    ...part('28: an unknown part', () => ({ type: 'hologram' }), 'content_type_unknown', /hologram.*image/s),
    // What only counts tokens leaves it to whoever will read the rest.
    send: answering((of) => withContent(of, [{ type: 'hologram' }])),
    at: (of) => `/${of.conversation}/0/content/0/type`,
  },
  {
    what: '29: an image for a model of text',
    send: answering((of) => ({
      ...withContent(of, [of.image('https://upload.wikimedia.org/a.png')]),
      model: 'lab/small',
    })),
    code: 'modality_unsupported',
    says: /lab\/small takes text only.*large/,
    at: conversation,
  },
  {
    what: '46: the result of no call',
    send: (of) => of.ask({ [of.conversation]: [{ role: 'user', content: 'x' }, of.result('nope')] }),
    code: 'id_invalid',
    says: /nope.*before/s,
  },
]

/** Addresses and data. */
const fileName = (what: string, name: string): Row => ({
  what: `38: ${what}`,
  send: (of) => {
    const file = of.file(name)
    return file && withContent(of, [file])
  },
  code: 'too_long',
  says: /filename may have 255 (bytes|characters); this one has/,
  at: (of) => `/${of.conversation}/0/content/0/`,
})

const MEDIA: readonly Row[] = [
  ...[
    'http://169.254.169.254/latest/meta-data',
    'http://[::ffff:a9fe:a9fe]/',
    'http://2130706433/',
    'http://①②⑦.0.0.1/',
    'http://localhost./',
  ].map((url) => image(31, url, ['url_forbidden', /not reachable from here by policy/])),
  ...['file:///etc/passwd', 'gopher://x.example/'].map((url) => image(33, url, ['url_scheme', /https/])),
  image(33, 'data:text/html;base64,PGI+', ['url_scheme', /png/i]),
  {
    what: '31: a server of tools inside',
    send: (of) => of.ask(of.toolServer('http://10.0.0.1/mcp')),
    code: 'url_forbidden',
    says: /not reachable from here by policy/,
    at: (of) => of.toolServerAt,
  },
  image(34, 'https://user:pass@upload.wikimedia.org/', ['url_credentials', /user/i]),
  image(35, 'data:image/png;base64,@@@@', ['base64_invalid', /base64/]),
  {
    ...part('35: a file that is not base64', (of) => of.pdf('@@@@'), 'base64_invalid', /base64/),
    at: (of) => `/${of.conversation}/0/content/0/`,
  },
  image(36, png(60_000, 60_000), ['image_too_large', /60,?000/]),
  { ...image(35, `data:image/png;base64,${'A'.repeat(28_000_000)}`, ['body_too_large', /20|MB|bytes/]), status: 413 },
  fileName('a long file name', 'x'.repeat(5_000)),
  fileName('a file name of many bytes', '文'.repeat(100)),
  { ...image(37, 'data:image/svg+xml;base64,PHN2Zy8+', ['image_type', /PNG/i]), status: 415 },
]

/** Numbers, lists and texts with a limit. */
const maxTokens = (value: unknown, code: string, text: RegExp): Row => ({
  what: `40: max_tokens ${JSON.stringify(value)}`,
  send: (of) => of.ask({ [of.maxTokens]: value }),
  code,
  says: text,
  at: (of) => `/${of.maxTokens}`,
})
const stops = (what: string, value: unknown, code: string, text: RegExp): Row => ({
  what,
  send: ({ stop, ask }) => (stop === null ? null : ask({ [stop]: value })),
  code,
  says: text,
})
const tools = (what: string, names: readonly unknown[], text: RegExp): Row => ({
  what,
  send: (of) => of.ask({ tools: names.map((name) => of.tool(name)) }),
  code: 'tools_invalid',
  says: text,
})
const schema = (what: string, value: unknown, place: string, text: RegExp): Row => ({
  what,
  send: (of) => of.ask(of.format(value)),
  code: 'schema_invalid',
  says: text,
  at: (of) => of.schemaAt + place,
})
const manyKeys = Object.fromEntries(Array.from({ length: 17 }, (_, at) => [`key${at}`, 'x']))

const LIMITS: readonly Row[] = [
  field([18, 'temperature'], '0.7', ['type', /temperature must be a number from 0 to [12]; got the string "0\.7"/]),
  field([18, 'temperature'], 3, ['out_of_range', /from 0 to [12]/]),
  field([18, 'temperature'], -1, ['out_of_range', /from 0 to [12]/]),
  {
    ...field([18, 'temperature'], 0, ['out_of_range', /from 0 to [12]/]),
    what: '18: temperature: 1e400',
    send: (of) => written(of, '"temperature":1e400'),
  },
  maxTokens(0, 'out_of_range', /from 1 to/),
  maxTokens(-1, 'out_of_range', /from 1 to/),
  maxTokens(1_000_000_000, 'out_of_range', /to 1048576/),
  maxTokens('100', 'type', /must be a whole number/),
  {
    what: '40: more tokens than the model writes',
    send: answering((of) => ({ ...of.ask({ [of.maxTokens]: 5_000 }), model: 'lab/small' })),
    code: 'out_of_range',
    says: /lab\/small writes at most 4096 tokens; max_(output_)?tokens asks for 5000/,
    at: (of) => `/${of.maxTokens}`,
  },
  {
    ...field([41, 'n'], 1_000, ['n_too_large', /at most 8; got 1000/]),
    send: ({ choices, ask }) => (choices === null ? null : ask({ [choices]: 1_000 })),
  },
  {
    what: '42: a prompt longer than the model takes',
    send: answering((of) => ({
      ...of.ask({ [of.maxTokens]: 200, [of.conversation]: words(8_000) }),
      model: 'lab/short',
    })),
    code: 'context_exceeded',
    says: /prompt of about \d{4} tokens \+ max_(output_)?tokens 200 is more than the 8192 that lab\/short takes/,
    at: conversation,
  },
  stops('43: 50 stops', Array.from({ length: 50 }, String), 'too_many', /may have 16 entries; this one has 50/),
  stops('43: an empty stop', [''], 'out_of_range', /must not be empty/),
  schema('44: a schema of no type', { type: 'strnig' }, '/type', /string, number.*strnig/),
  schema('44: a remote schema', { $ref: 'https://example.com/s.json' }, '/$ref', /must point into the schema itself/),
  schema('44: a schema deep inside', { properties: { a: { items: 7 } } }, '/properties/a/items', /must be a schema/),
  tools(
    '45: 500 tools',
    Array.from({ length: 500 }, (_, at) => `tool_${at}`),
    /may have 256 entries; this one has 500/,
  ),
  tools('45: tools of one name', ['same', 'same'], /"same", and so is that of an earlier one/),
  tools('45: a name with a space', ['get weather'], /letters, digits.*"get weather"/),
  { ...tools('45: a name that is none', [7], /name must be a string; got 7/), code: 'type' },
  field([47, 'stream'], 'true', ['type', /stream must be true or false; got the string "true"/]),
  {
    ...field([49, 'metadata'], manyKeys, ['too_many', /may have 16 keys; this one has 17/]),
    send: (of) => (of.userAt === '/user' ? of.ask({ metadata: manyKeys }) : null),
  },
  {
    ...field([49, 'metadata'], { key: 'x'.repeat(513) }, ['too_long', /may have 512 characters; this one has 513/]),
    send: (of) => (of.userAt === '/user' ? of.ask({ metadata: { key: 'x'.repeat(513) } }) : null),
    at: () => '/metadata/key',
  },
  {
    what: '50: a user of 10 MB',
    send: (of) => of.ask(of.user('x'.repeat(10_000_000))),
    code: 'too_long',
    says: /may have (256|512) characters; this one has many more/,
    at: (of) => of.userAt,
  },
]

type Answer = {
  readonly status: number
  readonly error: Record<'message' | 'code' | 'type' | 'doc', string> & { readonly param: string | null }
  readonly request_id: string
}

async function refusal(of: Spelling, body: Body, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await testbed().post(body, { headers, path: of.path })
  const { error, request_id: id } = (await response.json()) as {
    error: Answer['error'] & { request_id?: string }
    request_id?: string
  }
  return { status: response.status, error, request_id: id ?? error.request_id ?? '' }
}

describe.each(SPELLINGS)('[G17] $path', (of) => {
  it.each(
    [...READING, ...ANNOUNCED, ...CONVERSATION, ...MEDIA, ...LIMITS].flatMap((each) => {
      const body = each.send(of)
      return body === null ? [] : [{ ...each, body }]
    }),
  )('$what', async ({ body, status = 400, code, says: text, at, headers }) => {
    const answer = await refusal(of, body, headers)
    expect(answer).toMatchObject({ status, error: { code, doc: `docs/reference/errors.md#${code}` } })
    expect(answer.error.message).toMatch(text)
    // A sentence at least, and nowhere more than a little of what was sent.
    expect(answer.error.message).toMatch(/[.?]$/)
    expect(answer.error.message.length).toBeLessThan(500)
    if (at) expect(answer.error.param?.slice(0, at(of).length)).toBe(at(of))
    expect(answer.request_id).toMatch(/^[0-9a-f-]{36}$/)
  })

  it.each<{ what: string; body: Body; headers?: Record<string, string> }>([
    { what: '4: a byte order mark', body: Buffer.from(`\uFEFF${JSON.stringify(of.ask())}`) },
    { what: '20: NUL in a text', body: withContent(of, 'a\u0000b\u0007') },
    { what: '13: a compressed body', body: gzipSync(JSON.stringify(of.ask())), headers: encoded('gzip') },
    { what: '16: what is forbidden elsewhere in the schema of a tool', body: toolOfProto(of) },
    { what: '17: a number of many digits', body: written(of, '"seed":9007199254740993') },
  ])('takes $what', async ({ body, headers = {} }) => {
    const response = await testbed().post(body, { headers, path: of.path })
    expect(response.status, await response.text()).toBe(200)
  })

  it('48: passes on a field with a slip of the pen where it can, and says so where it cannot', async () => {
    const response = await testbed().post(of.ask({ temprature: 1 }), { path: of.path })
    expect(response.status, await response.text()).toBe(200)
    const isPassed = of.path === '/v1/chat/completions'
    if (isPassed) expect(testbed().lastBody()).toContain('"temprature":1')
    else if (!of.path.endsWith('/count_tokens')) {
      expect(response.headers.get('x-paddock-ignored')).toContain('temprature')
    }
  })
})

describe('[G5] after all that', () => {
  it('no refused request has reached the provider or cost anything, and the server serves', async () => {
    const { workspace, provider, server } = testbed()
    const entries = await workspace.entries()
    const answered = entries.filter(({ error }) => error === null)
    expect(answered).toHaveLength(provider.bill().length)
    expect(new Set(answered.map(({ state }) => state))).toEqual(new Set(['unpriced']))
    // What cannot be said in the provider's dialect is found out when it is written for the provider, and is in the books.
    const refused = entries.filter(({ error }) => error !== null)
    expect(new Set(refused.map(({ error, usage }) => `${error} ${usage.input + usage.output}`))).toEqual(
      new Set(['content_type_unknown 0']),
    )
    expect(server.log()).not.toContain('"level":50')
    const { status } = await fetch(`${server.url}/readyz`)
    expect(status).toBe(200)
  })
})
