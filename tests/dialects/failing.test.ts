import OpenAI, { APIError } from 'openai'
import { describe, expect, it } from 'vitest'
import { PaddockError } from '../../server/src/base/errors.ts'
import { SseSplitter } from '../../server/src/dialects/sse.ts'
import { checkMessageStream } from '../stand-ins/anthropic-grammar.ts'
import { between, CALLERS, fixture, PROVIDERS } from './stage.ts'
import type { CallerDialectName } from '../../server/src/dialects/dialect-name.ts'

/** Streams that fail behind their beginning: no client may take them for whole. */

const FAILURE = new PaddockError('provider_no_progress', { message: 'It stopped.' })

/** The first half of a stream, and then the error. */
function failing(caller: CallerDialectName, isSame: boolean): string {
  const provider = isSame ? caller : caller === 'openai-chat' ? 'gemini' : 'openai-chat'
  const relay = between(caller, provider).openStream()
  const stream = fixture(`${provider}.text.sse`)
  const behind = stream.lastIndexOf('data:', stream.indexOf('世界') + 1) - stream.length
  const events = new SseSplitter().push(stream.subarray(0, behind))
  return events.map((event) => relay.push(event).toString()).join('') + relay.fail(FAILURE).toString()
}

const PAIRS = CALLERS.flatMap((caller) => PROVIDERS.map((provider) => ({ caller, provider })))

const clientOf = (body: string): OpenAI =>
  new OpenAI({
    apiKey: 'x',
    maxRetries: 0,
    fetch: () => Promise.resolve(new Response(body, { headers: { 'content-type': 'text/event-stream' } })),
  })

describe('an event that cannot be read', () => {
  it.each(PAIRS)('names its provider (a caller of $caller, a provider of $provider)', ({ caller, provider }) => {
    const relay = between(caller, provider).openStream()
    const [event] = new SseSplitter().push(Buffer.from('data: {"half":\n\n'))
    expect(() => event && relay.push(event)).toThrow(
      expect.objectContaining({
        code: 'provider_bad_answer',
        message: expect.stringMatching(/^lab sent what is not a JSON object/) as string,
      }),
    )
  })
})

describe.each([true, false])('a stream that fails (the same dialect: %s)', (isSame) => {
  it('is an error to the SDK for chat', async () => {
    const stream = clientOf(failing('openai-chat', isSame)).chat.completions.stream({ model: 'm', messages: [] })
    await expect(stream.finalChatCompletion()).rejects.toBeInstanceOf(APIError)
  })

  it('is an error, or a failed response, to the SDK for responses', async () => {
    const stream = clientOf(failing('openai-responses', isSame)).responses.stream({ model: 'm', input: 'x' })
    const outcome: unknown = await stream.finalResponse().catch((thrown: unknown) => thrown)
    if (isSame) expect(outcome).toBeInstanceOf(APIError)
    else
      expect(outcome).toMatchObject({
        status: 'failed',
        error: { code: 'provider_no_progress', message: 'It stopped.' },
      })
  })

  it('has an error event and no end for clients of messages', () => {
    const told = failing('anthropic-messages', isSame)
    expect(told).toMatch(
      /event: error\ndata: \{"type":"error","error":\{"type":"timeout_error","message":"It stopped."/,
    )
    expect(checkMessageStream(told).error).toMatchObject({ type: 'timeout_error' })
    expect(told).not.toContain('message_stop')
  })

  it.each(CALLERS)('keeps what came before it (%s)', (caller) => {
    expect(failing(caller, isSame)).toContain('Hello, ')
  })
})
