import { connect } from 'node:net'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { sharedTestbed } from '../testbed.ts'

/** What is wrong with a request for a task is said before anything is spent: what, where, which limit, and how to mend it. */

const testbed = sharedTestbed((url) => [
  'providers:',
  `  lab: { base_url: "${url}", api_key: any, models: [small] }`,
  'limits: { keys: { test: { choices_max: 2, prompt_bytes_max: 100 } } }',
])

type Told = { readonly status: number; readonly error: { code: string; param: string | null; message: string } }

async function told(answer: Response): Promise<Told> {
  return { status: answer.status, ...((await answer.json()) as Omit<Told, 'status'>) }
}

async function ask(path: string, body: object | string): Promise<Told> {
  return told(await testbed().post(typeof body === 'string' ? body : { model: 'lab/small', ...body }, { path }))
}

const EMBED = '/v1/embeddings'
const RERANK = '/v1/rerank'
const IMAGES = '/v1/images/generations'
const SPEAK = '/v1/audio/speech'
const HEAR = '/v1/audio/transcriptions'
const image = (more: object): object => ({ prompt: 'a cat', ...more })
const spoken = (more: object): object => ({ input: 'Hello', voice: 'alloy', ...more })
const ranked = (more: object): object => ({ query: 'q', documents: ['a'], ...more })

describe('[G17] a bad request for a task', () => {
  it.each([
    [EMBED, '', 'body_empty', undefined, 'model and input'],
    [EMBED, '{', 'json_invalid', undefined, 'column'],
    [EMBED, '{"input":"x"}', 'model_missing', '/model', 'lab/small'],
    [EMBED, { model: 'lab/nothing' }, 'field_missing', '/input', 'input is missing'],
    [EMBED, { input: '' }, 'out_of_range', '/input', 'must not be empty'],
    [EMBED, { input: [] }, 'out_of_range', '/input', 'at least one text'],
    [EMBED, { input: ['a', ''] }, 'out_of_range', '/input/1', 'must not be empty'],
    [EMBED, { input: ['a', 1] }, 'type', '/input/1', 'a text, as the first entry is'],
    [EMBED, { input: [1, 'a'] }, 'type', '/input/1', 'token'],
    [EMBED, { input: [1, -1] }, 'out_of_range', '/input/1', 'from 0'],
    [EMBED, { input: [[]] }, 'out_of_range', '/input/0', 'must not be empty'],
    [EMBED, { input: { text: 'a' } }, 'type', '/input', 'a list of texts'],
    [EMBED, { input: Array.from({ length: 2_049 }, () => 'a') }, 'too_many', '/input', '2048'],
    [EMBED, { input: 'a', dimensions: 0 }, 'out_of_range', '/dimensions', 'from 1'],
    [EMBED, { input: 'a', encoding_format: 'hex' }, 'value_unknown', '/encoding_format', 'float, base64'],
    [EMBED, { input: 'a', user: 'u'.repeat(257) }, 'too_long', '/user', '256'],
    [EMBED, '{"model":"lab/small","input":"a","__proto__":1}', 'key_forbidden', '/__proto__', 'another key'],
    [RERANK, ranked({ query: 7 }), 'type', '/query', 'a string'],
    [RERANK, { query: 'q' }, 'field_missing', '/documents', 'list of texts'],
    [RERANK, ranked({ documents: [] }), 'out_of_range', '/documents', 'at least one text'],
    [RERANK, ranked({ documents: ['a', 1] }), 'type', '/documents/1', 'a text'],
    [RERANK, ranked({ top_n: 0 }), 'out_of_range', '/top_n', 'at least 1'],
    [IMAGES, {}, 'field_missing', '/prompt', 'Describe the image'],
    [IMAGES, image({ prompt: '' }), 'out_of_range', '/prompt', 'must not be empty'],
    [IMAGES, image({ n: 9 }), 'n_too_large', '/n', 'at most 8'],
    [IMAGES, image({ n: 1.5 }), 'type', '/n', 'whole number'],
    [IMAGES, image({ size: 1024 }), 'type', '/size', 'a string'],
    [IMAGES, image({ stream: 'true' }), 'type', '/stream', 'true or false'],
    [SPEAK, { voice: 'alloy' }, 'field_missing', '/input', 'spoken'],
    [SPEAK, spoken({ voice: 7 }), 'type', '/voice', 'the name of a voice'],
    [SPEAK, spoken({ speed: 5 }), 'out_of_range', '/speed', 'from 0.25 to 4'],
    [SPEAK, spoken({ stream_format: 'ogg' }), 'value_unknown', '/stream_format', 'audio, sse'],
  ])('%s %j: %s', async (path, body, code, param, hint) => {
    const { status, error } = await ask(path, body)
    expect({ status, code: error.code, param: error.param ?? undefined }).toEqual({ status: 400, code, param })
    expect(error.message).toContain(hint)
  })

  it('counts against the caps of its key', async () => {
    const { key } = await testbed().workspace.makeKey()
    const asked = async (path: string, body: object): Promise<Told> =>
      told(await testbed().post({ model: 'lab/small', ...body }, { path, key }))
    expect(await asked(IMAGES, image({ n: 3 }))).toMatchObject({ status: 400, error: { code: 'cap_exceeded' } })
    expect(await asked(EMBED, { input: 'x'.repeat(101) })).toMatchObject({
      error: { code: 'cap_exceeded', param: '/input' },
    })
  })

  it('takes POST only', async () => {
    const { server, key } = testbed()
    const answer = await fetch(server.url + IMAGES, { headers: { authorization: `Bearer ${key}` } })
    expect({ status: answer.status, allow: answer.headers.get('allow') }).toEqual({ status: 405, allow: 'POST' })
  })
})

const FILE = ['file', 'RIFF'] as const
const BOUNDARY = 'a-boundary'
const FORM = `multipart/form-data; boundary=${BOUNDARY}`

/** A form as it lies on the wire; the field `file` is a file. */
function form(...fields: (readonly [name: string, value: string])[]): string {
  const parts = fields.map(([name, value]) => {
    const file = name === 'file' ? '; filename="a.wav"\r\ncontent-type: audio/wav' : ''
    return `--${BOUNDARY}\r\ncontent-disposition: form-data; name="${name}"${file}\r\n\r\n${value}\r\n`
  })
  return `${parts.join('')}--${BOUNDARY}--\r\n`
}

const MODEL = ['model', 'lab/small'] as const
const many = Array.from({ length: 10_000 }, (_, index) => [`f${index}`, 'x'] as const)

describe('[G17] a bad form', () => {
  it.each([
    ['JSON', 'application/json', '{}', { status: 415, code: 'content_type', hint: 'multipart/form-data' }],
    [
      'no boundary',
      'multipart/form-data',
      form(MODEL, FILE),
      { status: 400, code: 'multipart_invalid', hint: 'boundary' },
    ],
    [
      'a boundary that never ends',
      `multipart/form-data; boundary=${'-'.repeat(10_000)}`,
      form(MODEL, FILE),
      { status: 400, code: 'multipart_invalid', hint: '10000 characters' },
    ],
    ['10,000 parts', FORM, form(MODEL, FILE, ...many), { status: 400, code: 'multipart_invalid', hint: 'more than' }],
    [
      'no end',
      FORM,
      form(MODEL, FILE).slice(0, -20),
      { status: 400, code: 'multipart_invalid', hint: 'before its last boundary' },
    ],
    [
      'two models',
      FORM,
      form(MODEL, FILE, MODEL),
      { status: 400, code: 'multipart_invalid', hint: 'model stands in it twice' },
    ],
    [
      'two files',
      FORM,
      form(MODEL, FILE, FILE),
      { status: 400, code: 'multipart_invalid', hint: 'file stands in it twice' },
    ],
    [
      'a field that is too long',
      FORM,
      form(MODEL, FILE, ['prompt', 'x'.repeat(70_000)]),
      { status: 400, code: 'multipart_invalid', hint: '65536' },
    ],
    ['no model', FORM, form(FILE), { status: 400, code: 'model_missing', hint: 'lab/small' }],
    ['no file', FORM, form(MODEL), { status: 400, code: 'field_missing', hint: 'file is missing' }],
    ['an empty file', FORM, form(MODEL, ['file', '']), { status: 400, code: 'out_of_range', hint: 'no bytes' }],
    [
      'an unknown form of answer',
      FORM,
      form(MODEL, FILE, ['response_format', 'pdf']),
      { status: 400, code: 'value_unknown', hint: 'verbose_json' },
    ],
    [
      'a temperature of 2',
      FORM,
      form(MODEL, FILE, ['temperature', '2']),
      { status: 400, code: 'out_of_range', hint: '0 to 1' },
    ],
    [
      'an unknown model',
      FORM,
      form(['model', 'nobody/nothing'], FILE),
      { status: 404, code: 'model_unknown', hint: 'GET /v1/models' },
    ],
  ])('with %s', async (_, type, body, { status, code, hint }) => {
    const before = testbed().provider.requests().length
    const answer = await told(await testbed().post(body, { path: HEAR, headers: { 'content-type': type } }))
    expect({ status: answer.status, code: answer.error.code }).toEqual({ status, code })
    expect(answer.error.message).toContain(hint)
    expect(testbed().provider.requests()).toHaveLength(before)
  })

  it('[G1] is not even read before the key is known', async () => {
    const { hostname, port } = new URL(testbed().server.url)
    const socket = connect(Number(port), hostname)
    socket.write(
      `POST ${HEAR} HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer nobody\r\nContent-Type: ${FORM}\r\nContent-Length: 30000000\r\n\r\n`,
    )
    let text = ''
    socket.on('data', (part: Buffer) => {
      text += part.toString()
      socket.destroy()
    })
    await once(socket, 'close')
    expect(text).toMatch(/^HTTP\/1\.1 401 /)
  })

  it('does not keep a good one from being heard, however its file is called', async () => {
    const name = `${'../'.repeat(20)}a\u202e.wav`
    const body = new FormData()
    body.set('model', 'lab/small')
    body.set('file', new File(['sound'], name))
    const { server, key } = testbed()
    const heard = await fetch(server.url + HEAR, { method: 'POST', headers: { authorization: `Bearer ${key}` }, body })
    expect(await heard.json()).toMatchObject({ text: '5 bytes of a.wav, application/octet-stream' })
    body.set('file', new File(['sound'], `${'a'.repeat(300)}.wav`))
    const refused = await fetch(server.url + HEAR, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}` },
      body,
    })
    expect(await told(refused)).toMatchObject({ status: 400, error: { code: 'too_long', param: '/file' } })
  })
})
