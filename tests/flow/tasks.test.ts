import OpenAI, { toFile } from 'openai'
import { describe, expect, it } from 'vitest'
import { sharedTaskBed } from './task-lab.ts'

/** The endpoints beside conversations, called by the official client, and what their entries say to the last digit. */

const { testbed, client, entryOf, lastBilled } = sharedTaskBed()

const IMAGES = '/v1/images/generations'

const lastRequest = (): Record<string, unknown> => JSON.parse(testbed().lastBody()) as Record<string, unknown>
const recording = (bytes: Uint8Array = Buffer.alloc(20_001, 7)): Promise<File> =>
  toFile(bytes, 'a "talk".mp3', { type: 'audio/mpeg' })

/** 16 kHz, one channel, 16 bits: 32,000 bytes a second. */
function wav(seconds: number): Buffer {
  const head = Buffer.alloc(44)
  head.write('RIFF', 0, 'latin1')
  head.write('WAVEfmt ', 8, 'latin1')
  head.writeUInt32LE(16, 16)
  head.writeUInt32LE(32_000, 28)
  head.write('data', 36, 'latin1')
  head.writeUInt32LE(0xffffffff, 40)
  return Buffer.concat([head, Buffer.alloc(seconds * 32_000)])
}

describe('embeddings', () => {
  it('come as the client asks for them: base64 unless it says float, and priced by their tokens', async () => {
    const answer = await client()
      .embeddings.create({ model: 'lab/embed', input: ['one', 'two'] })
      .withResponse()
    expect(answer.data.data.map(({ embedding }) => embedding)).toEqual([
      [0, 0.125, 0.25, 0.375],
      [0.125, 0.25, 0.375, 0.5],
    ])
    expect(lastRequest()).toEqual({ model: 'embed', input: ['one', 'two'], encoding_format: 'base64' })
    expect(answer.response.headers.get('x-paddock-cost')).toBe('0.000000240000')
    expect(await entryOf(answer)).toMatchObject({
      state: 'ok',
      endpoint: '/v1/embeddings',
      stream: false,
      model: 'embed',
      usage: { input: 12, output: 0 },
      usage_source: 'provider',
      cost: { amount: '0.000000240000', currency: 'USD' },
    })
    expect(lastBilled()).toMatchObject({ outcome: 'whole', charged: { input: 12 } })

    const floats = await client().embeddings.create({
      model: 'lab/embed',
      input: 'one',
      encoding_format: 'float',
      dimensions: 2,
    })
    expect(floats.data[0]?.embedding).toEqual([0, 0.125])
    expect(lastRequest()).toEqual({ model: 'embed', input: 'one', encoding_format: 'float', dimensions: 2 })
  })

  it('take tokens, and are counted where the provider does not count', async () => {
    const answer = await client()
      .embeddings.create({ model: 'lab/embed+usage=missing', input: [[1, 2, 3], [4]], encoding_format: 'float' })
      .withResponse()
    expect(await entryOf(answer)).toMatchObject({ usage: { input: 4 }, usage_source: 'counted' })
    const text = await client().embeddings.create({ model: 'lab/embed+usage=negative', input: 'Hello' }).withResponse()
    expect(await entryOf(text)).toMatchObject({ usage: { input: 1 }, usage_source: 'counted' })
  })

  it('[G12] are made by the next candidate when the first is down', async () => {
    const answer = await client().embeddings.create({ model: 'sturdy', input: 'one' }).withResponse()
    expect(await entryOf(answer)).toMatchObject({
      route: 'sturdy',
      provider: 'lab',
      cost: { amount: '0.000000240000' },
      attempts: [
        { provider: 'texts', outcome: 'error', error: 'provider_overloaded' },
        { provider: 'lab', outcome: 'ok' },
      ],
    })
  })

  it('of a model without a price have no amount, never a zero', async () => {
    const answer = await client().embeddings.create({ model: 'lab/unknown', input: 'one' }).withResponse()
    expect(await entryOf(answer)).toMatchObject({
      state: 'unpriced',
      usage: { input: 12 },
      cost: { amount: null, currency: null },
    })
  })
})

describe('rerank', () => {
  const rerank = (model: string, documents: unknown[]): Promise<Response> =>
    testbed().post({ model, query: 'which?', documents, top_n: 2 }, { path: '/v1/rerank' })

  it('[G51] is billed by tokens or by searches, as the price row has it', async () => {
    const byToken = await rerank('lab/rank', ['one', { text: 'two' }, 'three'])
    expect(await byToken.json()).toMatchObject({ results: [{ index: 0, relevance_score: 1 }, { index: 1 }] })
    expect(await entryOf({ response: byToken })).toMatchObject({
      endpoint: '/v1/rerank',
      usage: { input: 12 },
      usage_source: 'provider',
      cost: { amount: '0.000000600000' },
    })
    const bySearch = await rerank('lab/search', Array.from({ length: 101 }, String))
    const entry = await entryOf({ response: bySearch })
    expect(entry).toMatchObject({ usage_source: 'provider', cost: { amount: '0.004000000000' } })
    expect(entry.usage.extra).toEqual(lastBilled()?.units)
    const untold = await rerank('lab/search+usage=missing', ['one'])
    expect(await entryOf({ response: untold })).toMatchObject({
      usage: { extra: { search_unit: 1 } },
      usage_source: 'counted',
      cost: { amount: '0.002000000000' },
    })
  })
})

describe('images', () => {
  it('[G51] are billed one by one with the request, or by tokens', async () => {
    const answer = await client().images.generate({ model: 'lab/paint', prompt: 'a cat', n: 3 }).withResponse()
    expect(answer.data.data).toHaveLength(3)
    expect(await entryOf(answer)).toMatchObject({
      endpoint: IMAGES,
      usage: { input: 0, output: 0, extra: { image: 3, request: 1 } },
      usage_source: 'counted',
      cost: { amount: '0.121000000000', currency: 'USD' },
    })
    const byToken = await client().images.generate({ model: 'lab/token-paint', prompt: 'a cat', n: 2 }).withResponse()
    const entry = await entryOf(byToken)
    expect(entry).toMatchObject({ usage: { input: 12 }, usage_source: 'provider', cost: { amount: '0.080060000000' } })
    expect(entry.usage.extra).toEqual(lastBilled()?.units)
  })

  it('stream, and what their last event says is billed', async () => {
    const { data: stream, response } = await client()
      .images.generate({ model: 'lab/token-paint', prompt: 'a cat', stream: true, partial_images: 1 })
      .withResponse()
    const types: string[] = []
    for await (const event of stream) types.push(event.type)
    expect(types).toEqual(['image_generation.partial_image', 'image_generation.completed'])
    expect(await entryOf({ response })).toMatchObject({
      state: 'ok',
      stream: true,
      usage: { input: 12, extra: { image_output: 1_000 } },
      cost: { amount: '0.040060000000' },
    })
  })
})

describe('images of a model that tells tokens and bills by the image', () => {
  it.each([false, true])('[G51] are billed by the image (stream: %s)', async (stream) => {
    const answer = await testbed().post({ model: 'lab/token-flat', prompt: 'a cat', stream }, { path: IMAGES })
    await answer.text()
    expect(await entryOf({ response: answer })).toMatchObject({
      usage: { input: 0, extra: { image: 1 } },
      usage_source: 'counted',
      cost: { amount: '0.050000000000' },
    })
  })
})

describe('speech', () => {
  it('comes as its bytes, and is billed by the characters of its text', async () => {
    const input = '你好, Paddock 👋'
    const { data, response } = await client()
      .audio.speech.create({ model: 'lab/say', voice: 'alloy', input, response_format: 'pcm' })
      .withResponse()
    const sound = Buffer.from(await data.arrayBuffer())
    expect(sound.length).toBe(5_000)
    expect([0, 1_000, 4_999].map((at) => sound[at])).toEqual([0, 1, 4])
    expect(response.headers.get('content-type')).toBe('application/octet-stream')
    expect(lastRequest()).toEqual({ model: 'say', voice: 'alloy', input, response_format: 'pcm' })
    const entry = await entryOf({ response })
    expect(entry).toMatchObject({
      state: 'ok',
      endpoint: '/v1/audio/speech',
      usage: { extra: { character: 13 } },
      usage_source: 'counted',
      cost: { amount: '0.000195000000' },
    })
    expect(entry.usage.extra).toEqual(lastBilled()?.units)
    expect(entry.first_byte_ms).not.toBeNull()
  })

  it('streams as events that tell its tokens', async () => {
    const { data, response } = await client()
      .audio.speech.create({ model: 'lab/token-say', voice: 'alloy', input: 'Hello', stream_format: 'sse' })
      .withResponse()
    expect(await data.text()).toMatch(/speech\.audio\.delta[\s\S]*speech\.audio\.done/)
    expect(await entryOf({ response })).toMatchObject({
      usage: { input: 12, extra: { audio_output: 5 } },
      usage_source: 'provider',
      cost: { amount: '0.000067200000' },
    })
  })
})

describe('transcriptions', () => {
  it('[G53] pass the file to the byte, with nothing changed but the model', async () => {
    const file = await recording(Buffer.from([0, 13, 10, 45, 45, 255, 13, 10]))
    const { data, response } = await client()
      .audio.transcriptions.create({
        model: 'lab/hear',
        file,
        language: 'zh',
        prompt: '词汇',
        response_format: 'verbose_json',
      })
      .withResponse()
    expect(data.text).toBe('8 bytes of a "talk".mp3, audio/mpeg')
    const { body, headers } = testbed().provider.requests().at(-1) ?? {}
    const type = String(headers?.['content-type'])
    const form = await new Response(body, { headers: { 'content-type': type } }).formData()
    const sent = form.get('file')
    expect(sent instanceof File ? Buffer.from(await sent.arrayBuffer()) : null).toEqual(
      Buffer.from([0, 13, 10, 45, 45, 255, 13, 10]),
    )
    expect([...form.entries()].filter(([name]) => name !== 'file')).toEqual(
      expect.arrayContaining([
        ['model', 'hear'],
        ['language', 'zh'],
        ['prompt', '词汇'],
      ]),
    )
    expect(await entryOf({ response })).toMatchObject({
      endpoint: '/v1/audio/transcriptions',
      usage: { extra: { audio_second: 7 } },
      usage_source: 'provider',
      usage_method: 'usage.seconds',
      cost: { amount: '0.000700000000' },
    })
  })

  it('are billed by tokens where the price row has them', async () => {
    const answer = await client()
      .audio.transcriptions.create({ model: 'lab/token-hear', file: await recording() })
      .withResponse()
    const entry = await entryOf(answer)
    expect(entry).toMatchObject({
      usage: { input: 2, output: 5, extra: { audio_input: 10 } },
      cost: { amount: '0.000115000000' },
    })
    expect(entry.usage.extra).toEqual(lastBilled()?.units)
  })

  it.each([
    ['what the answer says', 'lab/hear+usage=missing', 'verbose_json', 20_001, { seconds: 7, source: 'provider' }],
    ['the size of the file', 'lab/hear', 'json', 20_001, { seconds: 6, source: 'estimated' }],
    [
      'the size of the file, for an answer that is no JSON',
      'lab/hear',
      'srt',
      20_001,
      { seconds: 6, source: 'estimated' },
    ],
  ] as const)('are as long as %s', async (_, model, response_format, bytes, { seconds, source }) => {
    const file = await recording(Buffer.alloc(bytes, 7))
    const answer = await client().audio.transcriptions.create({ model, file, response_format }).withResponse()
    const type = response_format === 'srt' ? 'text/plain; charset=utf-8' : 'application/json'
    expect(answer.response.headers.get('content-type')).toBe(type)
    expect(await entryOf(answer)).toMatchObject({ usage: { extra: { audio_second: seconds } }, usage_source: source })
  })

  it('are as long as a WAV file says in its head', async () => {
    const file = await toFile(wav(2), 'talk.wav', { type: 'audio/wav' })
    const answer = await client().audio.transcriptions.create({ model: 'lab/hear', file }).withResponse()
    expect(await entryOf(answer)).toMatchObject({
      usage: { extra: { audio_second: 2 } },
      usage_source: 'counted',
      cost: { amount: '0.000200000000' },
    })
  })

  it('stream', async () => {
    const { data: stream, response } = await client()
      .audio.transcriptions.create({ model: 'lab/token-hear', file: await recording(), stream: true })
      .withResponse()
    const types = new Set<string>()
    for await (const event of stream) types.add(event.type)
    expect([...types]).toEqual(['transcript.text.delta', 'transcript.text.done'])
    expect(await entryOf({ response })).toMatchObject({ stream: true, usage: { input: 2, output: 5 } })
  })
})

describe('tasks', () => {
  it('go to the cheapest by the units they are billed in', async () => {
    const answer = await client().images.generate({ model: 'thrifty', prompt: 'a cat', n: 2 }).withResponse()
    expect(await entryOf(answer)).toMatchObject({ model: 'paint-cheap', cost: { amount: '0.060000000000' } })
  })

  it('[G50] are only sent to providers that have them', async () => {
    const prompt = 'a cat'
    await expect(client().images.generate({ model: 'texts/paint', prompt })).rejects.toMatchObject({
      status: 400,
      code: 'endpoint_unsupported',
      message: expect.stringContaining('providers.texts.tasks') as string,
    })
    const answer = await client().images.generate({ model: 'mixed', prompt }).withResponse()
    expect(await entryOf(answer)).toMatchObject({ provider: 'lab', attempts: [{ outcome: 'ok' }] })
  })

  it('fail as conversations do', async () => {
    const input = 'one'
    await expect(client().embeddings.create({ model: 'lab/embed+429', input })).rejects.toMatchObject({
      status: 429,
      code: 'provider_rate_limited',
    })
    await expect(client().embeddings.create({ model: 'lab/embed+422', input })).rejects.toMatchObject({
      status: 422,
      code: 'provider_refused',
    })
    await expect(client().embeddings.create({ model: 'lab/embed+html', input })).rejects.toMatchObject({
      status: 502,
      code: 'provider_bad_answer',
    })
    await expect(client().embeddings.create({ model: 'lab/embed+truncated_json', input })).rejects.toMatchObject({
      status: 502,
      code: 'provider_bad_answer',
    })
    await expect(client().embeddings.create({ model: 'lab/embed+error_in_stream', input })).rejects.toMatchObject({
      status: 502,
    })
    await expect(
      client().audio.speech.create({ model: 'lab/say+chunks=0', voice: 'alloy', input }),
    ).rejects.toMatchObject({ status: 502, code: 'provider_bad_answer' })
  })

  it('[G15] are asked by keys that may call the model, and count against their caps', async () => {
    const { server, workspace } = testbed()
    const { key } = await workspace.makeKey('--models', 'lab/embed')
    const limited = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: key, maxRetries: 0 })
    await expect(limited.images.generate({ model: 'lab/paint', prompt: 'x' })).rejects.toMatchObject({
      status: 403,
      code: 'model_not_allowed',
    })
    expect((await limited.embeddings.create({ model: 'lab/embed', input: 'one' })).data).toHaveLength(1)
  })

  it('add up: the books agree with every entry', async () => {
    const { workspace } = testbed()
    const { code, out } = await workspace.run(['books', 'verify', '--json'])
    const found = JSON.parse(out) as { requoted: number }
    expect({ code, ...found }).toMatchObject({ code: 0, ok: true, undrained: 0 })
    expect(found.requoted).toBeGreaterThan(20)
    const csv = await workspace.run(['books', 'export'])
    expect(csv.out).toContain('"{""character"":13}"')
  })
})
