import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { hear, type Heard } from '../../../../tests/fake-provider/hear.ts'
import type { Clock } from '../../base/clock.ts'
import { PRACTICE_MODELS } from './models.ts'
import { practiceCall, practiceModels } from './practice-call.ts'
import { openRecordings } from './recordings.ts'
import { recordAnswer } from './record.ts'

const folder = join(import.meta.dirname, '../../../../practice')
const clock: Clock = { now: () => 1_716_000_000_000, elapsed: () => 0 }
const call = practiceCall({ folder, speed: 0, clock })

const MODEL = 'gpt-4o-2024-05-13'
const QUESTION =
  'A robe takes 2 bolts of blue fiber and half that much white fiber. How many bolts in total does it take?'
const asks = (content: unknown): object => ({ model: MODEL, messages: [{ role: 'user', content }] })

type Chunk = {
  readonly id: string
  readonly choices: readonly { readonly delta: { readonly content?: string }; readonly finish_reason: string | null }[]
  readonly usage?: object | null
}

function ask(body: object | string): Promise<Heard> {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return hear(call, { url: 'https://practice.invalid/v1', body: Buffer.from(text) })
}

/** The data of each event; the body must be nothing but events. */
function events(heard: Heard): string[] {
  const parts = heard.body.toString().split('\n\n')
  expect(parts.pop()).toBe('')
  return parts.map((part) => part.replace(/^data: /, ''))
}

describe('a recorded problem', () => {
  it('is answered whole, as an OpenAI completion', async () => {
    const heard = await ask(asks(QUESTION))
    const recorded = await openRecordings(folder).readAnswer(MODEL, 1)
    expect(heard).toMatchObject({ status: 200, headers: { 'content-type': 'application/json' }, failure: null })
    expect(JSON.parse(heard.body.toString())).toEqual({
      id: expect.stringMatching(/^chatcmpl-practice-\w+-\d+$/),
      object: 'chat.completion',
      created: 1_716_000_000,
      model: MODEL,
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: recorded.text, refusal: null },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage: {
        prompt_tokens: 26 + 4 + 3,
        completion_tokens: recorded.tokens,
        total_tokens: 33 + recorded.tokens,
        prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
        completion_tokens_details: {
          reasoning_tokens: 0,
          audio_tokens: 0,
          accepted_prediction_tokens: 0,
          rejected_prediction_tokens: 0,
        },
      },
      system_fingerprint: 'fp_practice',
    })
  })

  it('is streamed as a role, pieces that add up to the recorded text, a finish, the usage and [DONE]', async () => {
    const heard = await ask({ ...asks(QUESTION), stream: true, stream_options: { include_usage: true } })
    const data = events(heard)
    expect(heard.headers['content-type']).toBe('text/event-stream; charset=utf-8')
    expect(data.pop()).toBe('[DONE]')
    const chunks = data.map((each) => JSON.parse(each) as Chunk)
    const recorded = await openRecordings(folder).readAnswer(MODEL, 1)
    expect(chunks[0]?.choices[0]?.delta).toEqual({ role: 'assistant', content: '', refusal: null })
    expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe(recorded.text)
    expect(chunks.at(-2)?.choices[0]).toMatchObject({ delta: {}, finish_reason: 'stop' })
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: recorded.tokens } })
    expect(chunks.slice(0, -1).every(({ usage }) => usage === null)).toBe(true)
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1)
  })

  it('has no usage in its stream when none was asked for', async () => {
    const data = events(await ask({ ...asks(QUESTION), stream: true }))
    expect(data.join('')).not.toContain('usage')
    expect((JSON.parse(data.at(-2) ?? '') as Chunk).choices[0]?.finish_reason).toBe('stop')
  })

  it('is found in the last user message, in parts or behind other messages, which count as well', async () => {
    const messages = [
      { role: 'system', content: 'Be brief' },
      { role: 'user', content: 'Hello' },
      { role: 'assistant', content: 'Hi' },
      { role: 'user', content: [{ type: 'text', text: QUESTION }] },
    ]
    const { choices, usage } = JSON.parse((await ask({ model: MODEL, messages })).body.toString())
    expect(choices[0].message.content).toContain('"answer": "3"')
    expect(usage.prompt_tokens).toBe(26 + 4 * 4 + 3 + Math.ceil(8 / 3) + Math.ceil(5 / 3) + Math.ceil(2 / 3))
  })

  it.each(['max_tokens', 'max_completion_tokens'])('is cut where %s says, and says so', async (limit) => {
    const whole = JSON.parse((await ask(asks(QUESTION))).body.toString())
    const cut = JSON.parse((await ask({ ...asks(QUESTION), [limit]: 10 })).body.toString())
    expect(cut).toMatchObject({ choices: [{ finish_reason: 'length' }], usage: { completion_tokens: 10 } })
    expect(cut.choices[0].message.content).toMatch(/./)
    expect(whole.choices[0].message.content.startsWith(cut.choices[0].message.content)).toBe(true)
    const roomy = JSON.parse((await ask({ ...asks(QUESTION), [limit]: 4_096 })).body.toString())
    expect(roomy.choices).toEqual(whole.choices)
  })

  it.each(practiceModels())('is known to %s', async (model) => {
    const { choices } = JSON.parse((await ask({ ...asks(QUESTION), model })).body.toString())
    expect(choices[0].message.content).not.toContain('[practice reply]')
  })
})

describe('any other message', () => {
  it.each([
    ['Hello', "Paddock's built-in practice provider"],
    ['你好', '内置的练习服务'],
    ['こんにちは、元気？', '練習用プロバイダー'],
    ['', "Paddock's built-in practice provider"],
  ])('%j gets a labelled reply in its language that leads to a real answer', async (text, words) => {
    const { choices, usage } = JSON.parse((await ask(asks(text))).body.toString())
    const { content } = choices[0].message
    expect(content).toMatch(/^\[practice reply\] /)
    for (const part of [words, MODEL, QUESTION, 'DEEPSEEK_API_KEY']) expect(content).toContain(part)
    expect(usage.completion_tokens).toBeGreaterThan(50)
    expect(JSON.parse((await ask(asks(text))).body.toString()).choices).toEqual(choices)
  })

  it('is told when tools were offered in vain', async () => {
    const tools = [{ type: 'function', function: { name: 'f', parameters: {} } }]
    expect((await ask({ ...asks('Hello'), tools })).body.toString()).toContain('never calls one')
    expect((await ask({ ...asks('Hello'), tools: [] })).body.toString()).not.toContain('never calls one')
  })
})

describe('a refusal', () => {
  it.each([
    ['{', 400, { param: null, code: null }],
    ['[]', 400, { param: null }],
    [{ messages: [] }, 400, { param: 'model' }],
    [{ ...asks('x'), model: 'gpt-9' }, 404, { param: 'model', code: 'model_not_found' }],
    [{ ...asks('x'), model: 'constructor' }, 404, { code: 'model_not_found' }],
    [{ model: MODEL }, 400, { param: 'messages' }],
    [{ ...asks('x'), n: 2 }, 400, { param: 'n', code: 'unsupported_value' }],
    [{ ...asks('x'), max_tokens: 0 }, 400, { param: 'max_tokens' }],
    [{ ...asks('x'), max_tokens: '9' }, 400, { param: 'max_tokens' }],
  ])('of %j is an OpenAI error', async (body, status, error) => {
    const heard = await ask(body)
    expect(heard).toMatchObject({ status, headers: { 'content-type': 'application/json' }, failure: null })
    expect(JSON.parse(heard.body.toString()).error).toMatchObject({
      type: 'invalid_request_error',
      message: expect.any(String),
      ...error,
    })
  })
})

describe('the call', () => {
  const streamed = {
    url: 'https://practice.invalid/v1',
    body: Buffer.from(JSON.stringify({ ...asks(QUESTION), stream: true })),
  }

  it('can be cancelled before anything comes', async () => {
    const body = Buffer.from(JSON.stringify(asks(QUESTION)))
    const heard = await hear(call, { url: 'https://practice.invalid/v1', body, onStart: (running) => running.cancel() })
    expect(heard).toMatchObject({ status: 0, failure: { kind: 'cancelled' } })
  })

  it('can be cancelled in the middle of a stream', async () => {
    const heard = await hear(call, {
      ...streamed,
      onData: (_, running) => {
        running.cancel()
        return true
      },
    })
    expect(heard).toMatchObject({ status: 200, failure: { kind: 'cancelled' } })
  })

  it('waits with the end of a stream while it is paused', async () => {
    let isPaused = false
    const heard = await hear(call, {
      ...streamed,
      onData: (_, running) => {
        isPaused = true
        setImmediate(() => {
          isPaused = false
          running.resume()
        })
        return false
      },
    })
    expect([heard.failure, isPaused]).toEqual([null, false])
  })

  it('fails when the recordings are missing', async () => {
    const lost = practiceCall({ folder: join(folder, 'no-such-folder'), speed: 0 })
    const heard = await hear(lost, {
      url: 'https://practice.invalid/v1',
      body: Buffer.from(JSON.stringify(asks(QUESTION))),
    })
    expect(heard).toMatchObject({ status: 0, failure: { kind: 'unreachable' } })
  })
})

describe('the pace', () => {
  const answer = { pieces: ['a', 'b', 'c', 'd'], promptTokens: 1, completionTokens: 8, finishReason: 'stop' } as const
  const name = { id: 'x', created: 0, model: MODEL }
  const { firstTokenMs, tokensPerSecond } = PRACTICE_MODELS[MODEL] ?? { firstTokenMs: 0, tokensPerSecond: 0 }
  const request = { model: MODEL, messages: [], includeUsage: false, maxTokens: null, offersTools: false }
  const dueTimes = (speed: number, stream: boolean): number[] =>
    recordAnswer({ ...request, stream }, answer, { name, speed }).parts.map(({ dueMs }) => dueMs)

  it.each([1, 10])('at speed %i is that of the model: the first token, then its tokens evenly', (speed) => {
    const wholeMs = (8 / tokensPerSecond) * 1000
    const expected = [0, 0, 0.25, 0.5, 0.75, 1].map((share) => (firstTokenMs + share * wholeMs) / speed)
    expect(dueTimes(speed, true)).toEqual(expected.map((ms) => expect.closeTo(ms, 6)))
    expect(dueTimes(speed, false)).toEqual([expect.closeTo((firstTokenMs + wholeMs) / speed, 6)])
  })

  it('at speed 0 is none', () => {
    expect(new Set(dueTimes(0, true))).toEqual(new Set([0]))
  })
})
