import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Testbed } from '../testbed.ts'
import type { Fields } from '../stand-ins/anthropic-grammar.ts'
import { asBooked, openFourProviders } from './four-providers.ts'
import { ask, CALLERS, hear, PAIRS, type Pair, type Reply } from './pairs.ts'
import { SPEAKERS } from './speak.ts'

/** Every dialect in, every dialect out: the caller hears the same, and the books say what the provider's own bill says. */

let testbed: Testbed

beforeAll(async () => {
  testbed = await openFourProviders()
})

afterAll(() => testbed[Symbol.asyncDispose]())

const billOf = (entry: Reply['entry']): ReturnType<typeof asBooked> => {
  const call = testbed.provider.bill().find(({ id }) => id === entry.provider_request_id)
  if (call === undefined) throw new Error(`no call on the bill has the id ${String(entry.provider_request_id)}`)
  return asBooked(call)
}

describe.each(PAIRS)('$caller asks $provider (stream: $stream)', (pair) => {
  const { stops } = SPEAKERS[pair.caller]

  it('text and reasoning arrive, cached tokens are counted once', async () => {
    const reply = await ask(testbed, pair, 'small+chunks=4+reasoning=3+promptTokens=100+cachedTokens=60')
    expect(reply.status, reply.text).toBe(200)
    expect(hear(pair, reply)).toEqual({
      text: 'w0 w1 w2 w3 ',
      reasoning: 't0 t1 t2 ',
      calls: [],
      stop: stops.end,
      prompt: 100,
      answer: 7,
      error: null,
    })
    const { usage, usage_source: source, cost } = reply.entry
    // 40 × 1 + 60 × 0.5 + 7 × 2, whoever asks and whoever answers.
    expect({ usage, source, cost }).toEqual({
      usage: { input: 40, cached_input: 60, cache_write: 0, cache_write_1h: 0, output: 4, reasoning: 3 },
      source: 'provider',
      cost: { amount: '0.000084000000', currency: 'CNY' },
    })
    expect(billOf(reply.entry)).toEqual({ usage, amount: cost.amount })
  })

  it('tool calls arrive', async () => {
    const reply = await ask(testbed, pair, 'small+chunks=1+tools=2')
    expect(hear(pair, reply)).toMatchObject({
      text: 'w0 ',
      calls: [
        { name: 'tool_0', arguments: { city: '北京', k: 0 } },
        { name: 'tool_1', arguments: { city: '北京', k: 1 } },
      ],
      stop: stops.calls,
    })
    expect(billOf(reply.entry)).toEqual({ usage: reply.entry.usage, amount: reply.entry.cost.amount })
  })
})

describe.each(PAIRS)('$caller asks $provider (stream: $stream), whose answer is cut', (pair) => {
  it.each(['length', 'filtered'] as const)('(%s): the caller is told why', async (stop) => {
    const reply = await ask(testbed, pair, `small+stop=${stop}`)
    expect(hear(pair, reply)).toMatchObject({ text: 'w0 w1 w2 w3 w4 ', stop: SPEAKERS[pair.caller].stops[stop] })
    expect(reply.entry).toMatchObject({ state: 'ok', usage: { input: 12, output: 5 } })
    expect(billOf(reply.entry)).toEqual({ usage: reply.entry.usage, amount: reply.entry.cost.amount })
  })
})

const WRITING = PAIRS.filter(({ provider }) => provider !== 'gemini')

it.each(WRITING)(
  '$caller asks $provider (stream: $stream): tokens written to the cache are counted once',
  async (pair) => {
    const reply = await ask(testbed, pair, 'small+promptTokens=100+cachedTokens=20+cacheWriteTokens=50')
    expect(hear(pair, reply).prompt).toBe(100)
    const { usage, cost } = reply.entry
    expect(usage).toMatchObject({ input: 30, cached_input: 20, cache_write: 50, output: 5 })
    expect({ usage, amount: cost.amount }).toEqual(billOf(reply.entry))
  },
)

const CHAT_ONLY = PAIRS.filter(({ caller }) => caller === 'chat')

describe.each(CHAT_ONLY)('$provider (stream: $stream) tells a usage that cannot be true', (pair) => {
  it.each(['missing', 'zero', 'negative', 'huge', 'string'])('[G11] (%s): it is counted instead', async (usage) => {
    const { entry } = await ask(testbed, pair, `small+usage=${usage}+chunks=4`)
    expect(entry).toMatchObject({ state: 'ok', usage_source: 'counted' })
    expect(entry.usage.output).toBeGreaterThanOrEqual(4)
    expect(entry.usage.output).toBeLessThan(20)
  })
})

/** A model name of its own for each pair, so that no failure of one is held against another. */
const apart = ({ caller, stream }: Pair): string =>
  `+chunks=${4 + CALLERS.indexOf(caller)}+promptTokens=${stream ? 10 : 11}`

const STREAMS = PAIRS.filter(({ stream }) => stream)

it.each(STREAMS)('[G11] $caller asks $provider: of a stream that breaks, what arrived is counted', async (pair) => {
  const { entry } = await ask(testbed, pair, `small+faultAt=20+error_in_stream${apart(pair)}+chunks=40`)
  // The bill has twenty pieces, of about two of our tokens each; a number told before the answer is none of it.
  expect(entry).toMatchObject({ state: 'upstream_error', usage_source: 'counted' })
  expect(entry.usage.output).toBeGreaterThanOrEqual(20)
  expect(entry.usage.output).toBeLessThan(60)
  if (pair.provider === 'messages') expect(entry.usage.input).toBe(10)
})

describe.each(STREAMS)('$caller asks $provider, whose stream comes', (pair) => {
  it.each([
    ['in single bytes', 'split=bytes'],
    ['at once', 'split=whole'],
    ['with other line ends', 'lineEnd=crlf'],
    ['with a byte order mark', 'bom=true'],
    ['in pieces of several bytes a character', 'split=bytes+lineEnd=cr'],
  ])('%s', async (_, how) => {
    const reply = await ask(testbed, pair, `small+text=unicode+chunks=2+reasoning=1+tools=1+${how}`)
    const stream = reply.text.replace('\uFEFF', '').replaceAll(/\r\n?/g, '\n')
    expect(hear(pair, { ...reply, text: stream })).toMatchObject({
      text: '你好0👩‍🚀é 你好1👩‍🚀é ',
      reasoning: 't0 ',
      calls: [{ name: 'tool_0', arguments: { city: '北京', k: 0 } }],
    })
    expect(reply.entry).toMatchObject({ state: 'ok', usage: { output: 2, reasoning: 1 }, usage_source: 'provider' })
  })
})

const FAULTS = [
  ['no_done', 'provider_bad_answer'],
  ['truncated_json', 'provider_bad_answer'],
  ['error_in_stream', 'provider_error'],
  ['reset_stream', 'provider_unreachable'],
] as const

describe.each(PAIRS)('$caller asks $provider (stream: $stream), which fails', (pair) => {
  it.each([
    ['429+retryAfter=7', 429, 'provider_rate_limited', '7'],
    ['500', 502, 'provider_error', null],
    ['503+retryAfter=9', 503, 'provider_overloaded', '9'],
    ['400', 400, 'provider_refused', null],
    ['reset_headers', 502, 'provider_unreachable', null],
  ])("before it answers (%s): an error of the caller's dialect", async (fault, status, code, retryAfter) => {
    const { headers, text, entry, ...reply } = await ask(testbed, pair, `small+${fault}${apart(pair)}`)
    expect([reply.status, headers.get('retry-after')], text).toEqual([status, retryAfter])
    expect(SPEAKERS[pair.caller].errorIn(JSON.parse(text) as Fields)).toMatchObject({
      type: expect.any(String),
      code,
      message: expect.stringContaining(pair.provider),
    })
    expect(entry).toMatchObject({ error: code, cost: { amount: '0.000000000000' }, attempts: [{ error: code }] })
  })

  it.each(FAULTS.filter(([fault]) => pair.stream || fault !== 'no_done'))(
    'while it answers (%s): one error at the end, and one entry',
    async (fault, code) => {
      const reply = await ask(testbed, pair, `small+${fault}+chunkDelayMs=5${apart(pair)}`)
      if (pair.stream) {
        const { error, text } = hear(pair, reply)
        expect([reply.status, error?.['message']]).toEqual([200, expect.any(String)])
        // A reset may overtake what was sent before it, but for the first piece.
        expect(text).toMatch(/^w0 (w\d )*$/)
        expect(reply.text).not.toContain('[DONE]')
      } else {
        expect(reply.status).toBe(502)
        expect(SPEAKERS[pair.caller].errorIn(JSON.parse(reply.text) as Fields)).toMatchObject({ code })
      }
      expect(reply.entry).toMatchObject({
        state: 'upstream_error',
        error: code,
        attempts: [{ outcome: 'error', error: code }],
      })
    },
  )
})

it('[G4] every call that the provider accepted has one entry', async () => {
  await testbed.provider.idle()
  const entries = await testbed.workspace.entries()
  expect(entries).toHaveLength(testbed.provider.bill().length)
})

it('counts the tokens of a prompt of anthropic-messages without asking anybody', async () => {
  const before = testbed.provider.requests().length
  const response = await testbed.post(
    { model: 'messages/small', messages: [{ role: 'user', content: 'Hello there, gateway.' }] },
    { path: '/v1/messages/count_tokens' },
  )
  const { input_tokens: tokens } = (await response.json()) as { input_tokens: number }
  expect(tokens).toBeGreaterThan(3)
  expect(tokens).toBeLessThan(20)
  expect(testbed.provider.requests()).toHaveLength(before)
})
