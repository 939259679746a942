import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import type { EntryRecord } from '@paddock/contract/entry'
import OpenAI from 'openai'
import { describe, expect, it, vi } from 'vitest'
import type { BilledCall } from '../fake-provider/bill.ts'
import { sharedTestbed } from '../testbed.ts'

/** Requests that are sent again under the same name: what is given again, what is refused, and what a provider sees of it. */

const PRICE = 'currency: CNY, per: 1000000, input: "1", output: "2", valid_from: 2024-01-01, match: prefix'
const testbed = sharedTestbed((url) => [
  'providers:',
  `  lab: { dialect: openai-chat, base_url: "${url}", currency: CNY, abort_bills: produced }`,
  `  claude: { dialect: anthropic-messages, base_url: "${url}", currency: CNY }`,
  `  tasks: { base_url: "${url}", currency: CNY, tasks: { embeddings: /embeddings, speech: /audio/speech, transcriptions: /audio/transcriptions } }`,
  'prices:',
  `  - { model: lab/small, ${PRICE} }`,
  'routes:',
  '  - { name: cached, candidates: [{ model: lab/small }], cache_seconds: 600 }',
  'idempotency: { answer_bytes_max: 20000 }',
])

const PATIENCE = { timeout: 20_000, interval: 20 }
const messages = [{ role: 'user', content: 'a question' }]

type Sent = {
  readonly name: string
  readonly body?: object
  readonly path?: string
  readonly key?: string
  readonly headers?: Readonly<Record<string, string>>
}

function send({ name, body, headers, ...asking }: Sent): Promise<Response> {
  const asked = body ?? { model: 'lab/small', messages, user: name }
  return testbed().post(asked, { ...asking, headers: { 'idempotency-key': name, ...headers } })
}

const codeOf = async (answer: Response): Promise<string> =>
  ((await answer.json()) as { error: { code: string } }).error.code

const isAgain = (answer: Response): boolean => answer.headers.get('idempotent-replayed') === 'true'

async function callsOf(tag: string): Promise<BilledCall[]> {
  const { provider } = testbed()
  await provider.idle()
  return provider.bill().filter((call) => call.tag === tag)
}

async function entriesOf(app: string): Promise<EntryRecord[]> {
  return (await testbed().workspace.entries('--latest', '--limit', '1000')).filter((entry) => entry.app === app)
}

describe('[G50] a request that is sent again under the same Idempotency-Key', () => {
  const spoken: [path: string, body: object][] = [
    ['/v1/chat/completions', { messages }],
    ['/v1/messages', { messages, max_tokens: 50 }],
    ['/v1/responses', { input: 'a question' }],
  ]
  const all = spoken.flatMap(([path, body]) =>
    ['lab', 'claude'].flatMap((provider) => [false, true].map((stream) => ({ path, body, provider, stream }))),
  )

  it.each(all)('gets the same bytes: $path of $provider, stream $stream', async ({ path, body, provider, stream }) => {
    const name = `same ${path} ${provider} ${stream}`
    const sent = {
      name,
      path,
      body: { model: `${provider}/small+tools=1+text=unicode`, stream, ...body },
      headers: { 'x-fake-tag': name, 'x-paddock-stream-cost': 'true' },
    }
    const first = await send(sent)
    const told = await first.text()
    expect([first.status, isAgain(first)]).toEqual([200, false])
    const before = testbed().provider.requests().length
    const second = await send(sent)
    expect(await second.text()).toBe(told)
    expect([second.status, isAgain(second)]).toEqual([200, true])
    for (const header of ['content-type', 'x-request-id', 'x-paddock-provider', 'x-paddock-model', 'x-paddock-cost']) {
      expect(second.headers.get(header), header).toBe(first.headers.get(header))
    }
    expect(testbed().provider.requests()).toHaveLength(before)
  })

  it('has one entry, found under the id of either answer', async () => {
    const asked = { name: 'one entry', headers: { 'x-title': 'one entry' } }
    const answers = [await send(asked), await send(asked), await send(asked)]
    expect(await callsOf('one entry')).toHaveLength(1)
    const found = await Promise.all(answers.map((answer) => testbed().entry(answer)))
    expect(new Set(found.map(({ id }) => id)).size).toBe(1)
    await vi.waitFor(async () => {
      expect(await entriesOf('one entry')).toHaveLength(1)
    }, PATIENCE)
  })

  it('is the same for embeddings, for sound, and for a form whatever its boundary', async () => {
    const form = (): FormData => {
      const parts = new FormData()
      parts.set('model', 'tasks/hear')
      parts.set('file', new Blob(['RIFF']), 'a.wav')
      return parts
    }
    const { server, key, provider } = testbed()
    const transcribe = (): Promise<Response> =>
      fetch(`${server.url}/v1/audio/transcriptions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'idempotency-key': 'a form' },
        body: form(),
      })
    const speak = { name: 'sound', path: '/v1/audio/speech', body: { model: 'tasks/say', input: 'word', voice: 'v' } }
    const embed = { name: 'numbers', path: '/v1/embeddings', body: { model: 'tasks/embed', input: 'word' } }
    for (const ask of [transcribe, () => send(speak), () => send(embed)]) {
      const before = provider.requests().length
      const first = await ask()
      const told = Buffer.from(await first.arrayBuffer())
      const second = await ask()
      expect([first.status, second.status, isAgain(second)]).toEqual([200, 200, true])
      expect(Buffer.from(await second.arrayBuffer())).toEqual(told)
      expect(second.headers.get('content-type')).toBe(first.headers.get('content-type'))
      expect(provider.requests()).toHaveLength(before + 1)
    }
  })

  it('is another one with another key', async () => {
    const { key } = await testbed().workspace.makeKey()
    expect(isAgain(await send({ name: 'whose' }))).toBe(false)
    expect(isAgain(await send({ name: 'whose', key }))).toBe(false)
    expect(isAgain(await send({ name: 'whose', key }))).toBe(true)
    expect(await callsOf('whose')).toHaveLength(2)
  })

  it('may go on from: what was kept of the conversation is the first one', async () => {
    const asked = { name: 'kept', path: '/v1/responses', body: { model: 'lab/small', input: 'a question' } }
    const [first, second] = [await send(asked), await send(asked)]
    const { id } = (await first.json()) as { id: string }
    expect(await second.json()).toMatchObject({ id, store: true })
    const next = { model: 'lab/small', input: 'more', previous_response_id: id }
    expect((await testbed().post(next, { path: '/v1/responses' })).status).toBe(200)
  })

  it('is given again what the cache of answers had given it', async () => {
    const body = { model: 'cached', messages: [{ role: 'user', content: 'cached' }] }
    await (await testbed().post(body)).text()
    const [first, second] = [await send({ name: 'cached', body }), await send({ name: 'cached', body })]
    expect(first.headers.get('x-paddock-cache')).toBe('hit')
    expect(isAgain(second)).toBe(true)
    expect(second.headers.get('x-request-id')).toBe(first.headers.get('x-request-id'))
    expect(await second.text()).toBe(await first.text())
  })

  it('works with the official SDK, which sends what is running again by itself', async () => {
    const { server, key } = testbed()
    const client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: key, maxRetries: 5 })
    const ask = (): Promise<OpenAI.ChatCompletion> =>
      client.chat.completions.create(
        { model: 'lab/small+firstDelayMs=300', messages: [{ role: 'user', content: 'twice' }], user: 'sdk' },
        { headers: { 'Idempotency-Key': 'sdk' } },
      )
    const [first, second] = await Promise.all([ask(), ask()])
    expect(second.id).toBe(first.id)
    expect(await callsOf('sdk')).toHaveLength(1)
  })
})

describe('[G51] an Idempotency-Key', () => {
  it('stands for one request: another body or another path is refused', async () => {
    await send({ name: 'taken' })
    const other = await send({ name: 'taken', body: { model: 'lab/small', messages, user: 'other' } })
    expect([other.status, await codeOf(other)]).toEqual([422, 'idempotency_mismatch'])
    const elsewhere = await send({
      name: 'taken',
      path: '/v1/messages',
      body: { model: 'lab/small', messages, max_tokens: 9, user: 'other' },
    })
    expect(elsewhere.status).toBe(422)
    expect(await callsOf('other')).toHaveLength(0)
  })

  it('of fifty at once has one call and one answer; the others are told to come back, and get it then', async () => {
    const name = 'fifty'
    const body = { model: 'lab/small+firstDelayMs=300', messages, user: name }
    const answers = await Promise.all(Array.from({ length: 50 }, () => send({ name, body })))
    const refused = answers.filter(({ status }) => status === 409)
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(refused).toHaveLength(49)
    for (const each of refused) {
      expect(await codeOf(each)).toBe('idempotency_in_progress')
      expect(each.headers.get('retry-after')).toBe('1')
    }
    expect(isAgain(await send({ name, body }))).toBe(true)
    expect(await callsOf(name)).toHaveLength(1)
  })

  it.each([
    ['', 'empty'],
    ['x'.repeat(256), 'too long'],
    ['\u00e9', 'not ASCII'],
    ['a\tb', 'a control character'],
  ])('that is none is refused: %j (%s)', async (name) => {
    const answer = await send({ name, body: { model: 'lab/small', messages, user: 'malformed' } })
    expect([answer.status, await codeOf(answer)]).toEqual([400, 'idempotency_key_invalid'])
    expect(await callsOf('malformed')).toHaveLength(0)
  })

  it('may be of 255 characters', async () => {
    expect((await send({ name: 'y'.repeat(255) })).status).toBe(200)
  })
})

describe('[G52] what came to nothing is not remembered', () => {
  it('before a provider was called', async () => {
    const refused = await send({ name: 'refused', body: { model: 'lab/unknown model', messages: [] } })
    expect(refused.status).toBe(400)
    expect((await send({ name: 'refused' })).status).toBe(200)
  })

  it('when the provider fails: the request is made anew, with an entry of its own', async () => {
    const body = { model: 'lab/small+503', messages, user: 'failing' }
    const headers = { 'x-title': 'failing' }
    const answers = [await send({ name: 'failing', body, headers }), await send({ name: 'failing', body, headers })]
    expect(answers.map(({ status }) => status)).toEqual([503, 503])
    expect(answers.map(isAgain)).toEqual([false, false])
    expect(await callsOf('failing')).toHaveLength(2)
    expect((await send({ name: 'failing' })).status).toBe(200)
    await vi.waitFor(async () => {
      expect(await entriesOf('failing')).toHaveLength(2)
    }, PATIENCE)
  })

  it('when a stream breaks off in the middle', async () => {
    const body = { model: 'lab/small+reset_stream', messages, stream: true, user: 'broken' }
    const told = await (await send({ name: 'broken', body })).text()
    expect(told).not.toContain('[DONE]')
    await (await send({ name: 'broken', body })).text()
    expect(await callsOf('broken')).toHaveLength(2)
  })
})

describe('[G53] a caller whose connection breaks', () => {
  it.each([true, false])('gets the whole answer when it asks again: stream %s', async (stream) => {
    const name = `gone ${stream}`
    const body = JSON.stringify({
      model: 'lab/small',
      messages,
      stream,
      user: name,
      'x-fake': { chunks: 40, chunkDelayMs: 5, firstDelayMs: 50 },
    })
    const { server, key } = testbed()
    const headers = {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      'idempotency-key': name,
      'x-title': name,
    }
    const sent = request(`${server.url}/v1/chat/completions`, { method: 'POST', headers })
    sent.on('error', () => undefined)
    sent.end(body)
    if (stream) {
      const [response] = (await once(sent, 'response')) as [IncomingMessage]
      await once(response, 'data')
    } else {
      await vi.waitFor(() => {
        expect(
          testbed()
            .provider.bill()
            .some(({ tag }) => tag === name),
        ).toBe(true)
      }, PATIENCE)
    }
    sent.destroy()

    const answer = await vi.waitFor(async () => {
      const again = await testbed().post(body, { headers: { 'idempotency-key': name } })
      expect(again.status).toBe(200)
      return again
    }, PATIENCE)
    expect(isAgain(answer)).toBe(true)
    const text = await answer.text()
    expect(text).toContain('w39 ')
    expect(text.endsWith('data: [DONE]\n\n')).toBe(stream)
    expect(await callsOf(name)).toMatchObject([{ outcome: 'whole' }])
    const [entry, ...more] = await vi.waitFor(async () => {
      const found = await entriesOf(name)
      expect(found).not.toHaveLength(0)
      return found
    }, PATIENCE)
    expect(more).toEqual([])
    expect(entry).toMatchObject({ state: 'client_gone', usage_source: 'provider', usage: { input: 12, output: 40 } })
  })
})

it('[G54] an answer that is too large to be kept goes out whole, and is not asked for twice', async () => {
  const body = { model: 'lab/small+chunks=100+chunkChars=400', messages, user: 'large' }
  const first = await send({ name: 'large', body })
  expect((await first.text()).length).toBeGreaterThan(20_000)
  const second = await send({ name: 'large', body })
  expect([second.status, second.headers.get('x-should-retry')]).toEqual([409, 'false'])
  const { error } = (await second.json()) as { error: { code: string; message: string } }
  expect(error.code).toBe('idempotency_unknown')
  expect(error.message).toContain(first.headers.get('x-request-id'))
  expect(await callsOf('large')).toHaveLength(1)
})
