import OpenAI from 'openai'
import { describe, expect, it } from 'vitest'
import { checkMessageStream } from '../stand-ins/anthropic-grammar.ts'
import {
  answerIn,
  ASKING,
  between,
  bytesOf,
  CALLERS,
  eventsIn,
  fixture,
  gist,
  PROVIDERS,
  relayed,
  wholeIn,
} from './stage.ts'

/** Every dialect of callers over every dialect of providers, on answers as those providers send them. */

const STORIES = ['calls', 'text'] as const
const PAIRS = CALLERS.flatMap((caller) => PROVIDERS.map((provider) => ({ caller, provider })))
const ROWS = PAIRS.flatMap((pair) => STORIES.map((story) => ({ ...pair, story })))

const CALLS = {
  text: 'Let me look both up: 天気と時刻。',
  reasoning: 'Two things are asked. 🤔',
  calls: [
    { name: 'weather', arguments: { city: '大阪', days: 2 } },
    { name: 'now', arguments: {} },
  ],
  stop: 'calls',
}
const TEXT = { text: 'Hello, 世界 👋', reasoning: '', calls: [], stop: 'end' }
const NONE = { cached_input: 0, cache_write: 0, cache_write_1h: 0, reasoning: 0 }
const USED_BY_CALLS = { ...NONE, input: 80, cached_input: 20, output: 30, reasoning: 10 }

/** The counters are disjoint, whatever was inside of what: G5. */
const USAGE = {
  'openai-chat': USED_BY_CALLS,
  'openai-responses': USED_BY_CALLS,
  gemini: USED_BY_CALLS,
  'anthropic-messages': { ...NONE, input: 50, cached_input: 20, cache_write: 10, cache_write_1h: 20, output: 40 },
}
const expected = (provider: keyof typeof USAGE, story: 'calls' | 'text'): object =>
  story === 'calls' ? { ...CALLS, usage: USAGE[provider] } : { ...TEXT, usage: { ...NONE, input: 12, output: 5 } }

describe('a provider’s answer', () => {
  it.each(PROVIDERS.flatMap((provider) => STORIES.map((story) => ({ provider, story }))))(
    'of $provider ($story) is read the same, whole and streamed',
    ({ provider, story }) => {
      const whole = wholeIn(provider, fixture(`${provider}.${story}.json`))
      expect(gist(whole)).toEqual(expected(provider, story))
      const streamed = answerIn(provider, fixture(`${provider}.${story}.sse`))
      expect(gist(streamed)).toEqual(gist(whole))
      expect([streamed.id, streamed.model]).toEqual([whole.id, whole.model])
    },
  )

  it.each(PROVIDERS)('of %s is cut anywhere and read the same', (provider) => {
    const stream = fixture(`${provider}.text.sse`)
    const whole = relayed(between('openai-chat', provider).openStream(), [stream])
    for (let at = 1; at < stream.length; at += 1) {
      const cut = relayed(between('openai-chat', provider).openStream(), [stream.subarray(0, at), stream.subarray(at)])
      if (cut !== whole) expect({ at, cut }).toEqual({ at, cut: whole })
    }
    expect(whole).not.toBe('')
  })
})

describe('what the caller gets', () => {
  it.each(ROWS)('in $caller of $provider ($story) as a stream', ({ caller, provider, story }) => {
    const stream = fixture(`${provider}.${story}.sse`)
    const translation = between(caller, provider, { request: { ...ASKING[caller], stream: true } })
    const relay = translation.openStream()
    const told = relayed(relay, [stream])
    expect(gist(answerIn(caller, told))).toEqual(expected(provider, story))
    expect(eventsIn(caller, told).at(-1)).toEqual({ kind: 'end' })
    expect(relay.seen).toMatchObject({ hasEnded: true, error: null, usage: { kind: 'usage' } })
    expect(gist({ ...answerIn(caller, told), usage: relay.seen.usage })).toEqual(expected(provider, story))
    expect(relayed(translation.openStream(), bytesOf(stream))).toBe(told)
    if (caller === provider) expect(told).toBe(stream.toString())
  })

  it.each(ROWS)('in $caller of $provider ($story) whole', ({ caller, provider, story }) => {
    const body = fixture(`${provider}.${story}.json`)
    const whole = between(caller, provider).readAnswer(body)
    const bytes = whole.held()
    const { seen } = whole
    expect(gist(wholeIn(caller, bytes))).toEqual(expected(provider, story))
    expect(gist({ ...wholeIn(caller, bytes), usage: seen.usage })).toEqual(expected(provider, story))
    expect(seen.written).toContain(story === 'calls' ? CALLS.text : TEXT.text)
    if (caller === provider) expect(bytes).toBe(body)
  })

  it.each(ROWS)(
    'in $caller of $provider ($story) never ends before the books are safe',
    ({ caller, provider, story }) => {
      const relay = between(caller, provider).openStream()
      const told = relayed(relay, [fixture(`${provider}.${story}.sse`)])
      const held = relay.held()?.toString() ?? ''
      const marks = {
        'openai-chat': '[DONE]',
        'openai-responses': 'event: response.completed',
        'anthropic-messages': 'event: message_stop',
      }
      expect(held).toContain(marks[caller])
      expect(told.indexOf(marks[caller])).toBeGreaterThanOrEqual(told.length - held.length)
    },
  )
})

describe('official and strict clients', () => {
  const clientOf = (body: string): OpenAI =>
    new OpenAI({
      apiKey: 'x',
      fetch: () => Promise.resolve(new Response(body, { headers: { 'content-type': 'text/event-stream' } })),
    })
  const arguments_ = CALLS.calls.map((call) => call.arguments)

  it.each(PROVIDERS)('the SDK reads chat chunks made of %s', async (provider) => {
    const told = relayed(between('openai-chat', provider).openStream(), [fixture(`${provider}.calls.sse`)])
    const completion = await clientOf(told)
      .chat.completions.stream({ model: 'm', messages: [], stream_options: { include_usage: true } })
      .finalChatCompletion()
    const [choice] = completion.choices
    expect(choice).toMatchObject({ finish_reason: 'tool_calls', message: { content: CALLS.text } })
    expect(
      choice?.message.tool_calls?.map(
        (call) => call.type === 'function' && (JSON.parse(call.function.arguments) as unknown),
      ),
    ).toEqual(arguments_)
    expect(completion.usage?.completion_tokens).toBe(40)
  })

  it.each(PROVIDERS)('the SDK reads response events made of %s', async (provider) => {
    const told = relayed(between('openai-responses', provider).openStream(), [fixture(`${provider}.calls.sse`)])
    const seen: string[] = []
    const stream = clientOf(told).responses.stream({ model: 'm', input: 'Hello' })
    stream.on('response.output_text.delta', ({ snapshot }) => seen.push(snapshot))
    const response = await stream.finalResponse()
    expect(seen.at(-1)).toBe(CALLS.text)
    expect(response).toMatchObject({ status: 'completed', output_text: CALLS.text, usage: { output_tokens: 40 } })
    const calls = response.output.filter((item) => item.type === 'function_call')
    expect(calls.map((call) => JSON.parse(call.arguments) as unknown)).toEqual(arguments_)
    const numbers = [...told.matchAll(/"sequence_number":(\d+)/g)].map(([, number]) => Number(number))
    expect(numbers).toEqual(numbers.map((_, index) => index))
  })

  it.each(PROVIDERS)('a strict client reads message events made of %s', (provider) => {
    const told = relayed(between('anthropic-messages', provider).openStream(), [fixture(`${provider}.calls.sse`)])
    const message = checkMessageStream(told)
    const kinds = message.content.map(({ type }) => type).filter((type, index, all) => type !== all[index - 1])
    expect(kinds.filter((type) => type !== 'thinking')).toEqual(['text', 'tool_use'])
    expect(message.content.filter(({ type }) => type === 'tool_use').map(({ input }) => input)).toEqual(arguments_)
    expect(message.content[0]).toMatchObject({ type: 'thinking', thinking: CALLS.reasoning })
    expect(message).toMatchObject({
      stop_reason: 'tool_use',
      usage: { output_tokens: 40, cache_read_input_tokens: 20 },
    })
  })
})
