import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Testbed } from '../testbed.ts'
import type { Fields } from './anthropic-grammar.ts'
import { asBooked, fetchEntry, openFourProviders, PROVIDERS, type Entry, type ProviderName } from './four-providers.ts'
import { SPEAKERS, type Heard, type Speaker } from './speak.ts'

/** Every dialect in, every dialect out: the caller hears the same, and the books say what the provider's own bill says. */

let testbed: Testbed

beforeAll(async () => {
  testbed = await openFourProviders()
})

afterAll(() => testbed[Symbol.asyncDispose]())

type CallerName = keyof typeof SPEAKERS
type Pair = { caller: CallerName; provider: ProviderName; stream: boolean }

const PAIRS: Pair[] = (Object.keys(SPEAKERS) as CallerName[]).flatMap((caller) =>
  PROVIDERS.flatMap((provider) => [true, false].map((stream) => ({ caller, provider, stream }))),
)

type Reply = { status: number; headers: Headers; text: string; entry: Entry }

let asked = 0

async function ask({ caller, provider, stream }: Pair, model: string): Promise<Reply> {
  asked += 1
  const speaker = SPEAKERS[caller]
  const response = await fetch(testbed.server.url + speaker.path, {
    method: 'POST',
    headers: { authorization: `Bearer ${testbed.key}`, 'content-type': 'application/json' },
    body: JSON.stringify(speaker.request(`${provider}/${model}`, stream)),
  })
  const text = await response.text()
  const { status, headers } = response
  return { status, headers, text, entry: await fetchEntry(testbed, headers.get('x-request-id') ?? '') }
}

function hear({ caller, stream }: Pair, { text }: Reply): Heard {
  const speaker: Speaker = SPEAKERS[caller]
  return stream ? speaker.hearStream(text) : speaker.hearWhole(JSON.parse(text) as Fields)
}

const billOf = (entry: Entry): ReturnType<typeof asBooked> => {
  const call = testbed.provider.bill().find(({ id }) => id === entry.provider_request_id)
  if (call === undefined) throw new Error(`no call on the bill has the id ${String(entry.provider_request_id)}`)
  return asBooked(call)
}

describe.each(PAIRS)('$caller asks $provider (stream: $stream)', (pair) => {
  const { stops } = SPEAKERS[pair.caller]

  it('text and reasoning arrive, cached tokens are counted once', async () => {
    const reply = await ask(pair, 'small+chunks=4+reasoning=3+promptTokens=100+cachedTokens=60')
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
    const reply = await ask(pair, 'small+chunks=1+tools=2')
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

/** A model name of its own for each pair, so that no failure of one is held against another. */
const apart = ({ caller, stream }: Pair): string =>
  `+chunks=${4 + Object.keys(SPEAKERS).indexOf(caller)}+promptTokens=${stream ? 10 : 11}`

describe.each(PAIRS)('$caller asks $provider (stream: $stream), which fails', (pair) => {
  it.each([
    ['429+retryAfter=7', 429, 'provider_rate_limited', '7'],
    ['500', 502, 'provider_error', null],
    ['503+retryAfter=9', 503, 'provider_overloaded', '9'],
    ['400', 400, 'provider_refused', null],
    ['reset_headers', 502, 'provider_unreachable', null],
  ])("before it answers (%s): an error of the caller's dialect", async (fault, status, code, retryAfter) => {
    const { headers, text, entry, ...reply } = await ask(pair, `small+${fault}${apart(pair)}`)
    expect([reply.status, headers.get('retry-after')], text).toEqual([status, retryAfter])
    expect(SPEAKERS[pair.caller].errorIn(JSON.parse(text) as Fields)).toMatchObject({
      type: expect.any(String),
      code,
      message: expect.stringContaining(pair.provider),
    })
    expect(entry).toMatchObject({ error: code, cost: { amount: '0.000000000000' }, attempts: [{ error: code }] })
  })

  it.each([
    ['no_done', 'provider_bad_answer'],
    ['truncated_json', 'provider_bad_answer'],
    ['error_in_stream', 'provider_error'],
    ['reset_stream', 'provider_unreachable'],
  ])('while it answers (%s): one error at the end, and one entry', async (fault, code) => {
    if (fault === 'no_done' && !pair.stream) return
    const reply = await ask(pair, `small+${fault}+chunkDelayMs=5${apart(pair)}`)
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
  })
})

it('every request had one entry', async () => {
  const entries = await testbed.workspace.entries()
  expect(entries).toHaveLength(asked)
})
