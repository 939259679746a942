import { createAnthropic } from '@ai-sdk/anthropic'
import { createOpenAI } from '@ai-sdk/openai'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import {
  APICallError,
  generateObject,
  generateText,
  Output,
  stepCountIs,
  streamText,
  tool,
  type LanguageModel,
} from 'ai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Testbed } from '../testbed.ts'
import { openFourProviders, PROVIDERS } from './four-providers.ts'

/** The AI SDK, whose providers speak three of our dialects, in front of every dialect. */

/** Else the SDK prints a line for every model it has not heard of. */
globalThis.AI_SDK_LOG_WARNINGS = false

let testbed: Testbed

beforeAll(async () => {
  testbed = await openFourProviders()
})

afterAll(() => testbed[Symbol.asyncDispose]())

const settings = (): { baseURL: string; apiKey: string } => ({
  baseURL: `${testbed.server.url}/v1`,
  apiKey: testbed.key,
})

/** `thinks`: whether reasoning has a place in what this client reads. */
type Client = {
  readonly model: (name: string) => LanguageModel
  readonly thinks: boolean
  /** What it says when it asks for an object, where that is a call of this tool. */
  readonly answerTool?: string
}

const CLIENTS: Readonly<Record<string, Client>> = {
  'openai chat': { model: (name) => createOpenAI(settings()).chat(name), thinks: false },
  'openai responses': { model: (name) => createOpenAI(settings()).responses(name), thinks: true },
  'openai compatible': {
    model: (name) =>
      createOpenAICompatible({
        ...settings(),
        name: 'paddock',
        includeUsage: true,
        supportsStructuredOutputs: true,
      }).chatModel(name),
    thinks: true,
  },
  anthropic: { model: (name) => createAnthropic(settings()).messages(name), thinks: true, answerTool: 'json' },
}

const PAIRS = Object.keys(CLIENTS).flatMap((client) => PROVIDERS.map((provider) => ({ client, provider })))
const Place = z.object({ city: z.string(), k: z.number() })
const Words = z.object({ words: z.array(z.string()) })

/** Of each request: `store` because what is not kept cannot be referred to, so that whole items are sent. */
const asking = {
  prompt: 'a question',
  maxOutputTokens: 2_000,
  maxRetries: 0,
  providerOptions: { openai: { store: false } },
}

describe.each(PAIRS)('$client in front of $provider', ({ client, provider }) => {
  const { model: modelOf, thinks, answerTool } = CLIENTS[client] as Client
  const model = (...knobs: string[]): LanguageModel => modelOf([`${provider}/small`, ...knobs].join('+'))

  const USAGE = {
    inputTokens: 30,
    inputTokenDetails: { noCacheTokens: 20, cacheReadTokens: 10 },
    outputTokens: 5,
    totalTokens: 35,
  }

  it('generateText: text, reasoning, usage', async () => {
    const { text, reasoningText, usage, finishReason } = await generateText({
      model: model('chunks=3', 'reasoning=2', 'promptTokens=30', 'cachedTokens=10'),
      ...asking,
    })
    expect({ text, reasoningText, finishReason }).toEqual({
      text: 'w0 w1 w2 ',
      reasoningText: thinks ? 't0 t1 ' : undefined,
      finishReason: 'stop',
    })
    expect(usage).toMatchObject(USAGE)
  })

  it('streamText: the same in pieces', async () => {
    const result = streamText({
      model: model('chunks=3', 'reasoning=2', 'promptTokens=30', 'cachedTokens=10'),
      ...asking,
    })
    const pieces: string[] = []
    for await (const piece of result.textStream) pieces.push(piece)
    expect(pieces).toEqual(['w0 ', 'w1 ', 'w2 '])
    expect(await result.reasoningText).toBe(thinks ? 't0 t1 ' : undefined)
    expect(await result.finishReason).toBe('stop')
    expect(await result.usage).toMatchObject(USAGE)
  })

  describe.each([true, false])('tools (stream: %s)', (stream) => {
    it('run in several steps, with reasoning carried from one to the next', async () => {
      const ran: unknown[] = []
      const weather = (name: string) =>
        tool({
          description: 'Tells the weather.',
          inputSchema: Place,
          execute: (given) => {
            ran.push([name, given])
            return `${name} degrees`
          },
        })
      const asked = {
        model: model('chunks=1', 'reasoning=1', 'tools=2', 'toolsOnce=true'),
        ...asking,
        tools: { tool_0: weather('tool_0'), tool_1: weather('tool_1') },
        stopWhen: stepCountIs(3),
      }
      const result = stream ? streamText(asked) : await generateText(asked)
      const steps = await result.steps
      expect(steps.map(({ finishReason, text }) => [finishReason, text])).toEqual([
        ['tool-calls', 'w0 '],
        ['stop', 'w0 '],
      ])
      expect(ran).toEqual([
        ['tool_0', { city: '北京', k: 0 }],
        ['tool_1', { city: '北京', k: 1 }],
      ])
      for (const told of ['tool_0 degrees', 'tool_1 degrees', '北京', asking.prompt]) {
        expect(testbed.lastBody()).toContain(told)
      }
      // Whoever does not carry signatures, or not even reasoning, is helped out by the gateway.
      if (provider === 'messages') expect(testbed.lastBody()).toContain('"thinking":"t0 ","signature":"c2lnbmF0dXJl"')
      if (client === 'anthropic') {
        expect(steps[0]?.reasoning[0]).toMatchObject({
          providerMetadata: { anthropic: { signature: expect.any(String) } },
        })
      }
    })
  })

  it('output: an object in the form of a schema, whole and streamed', async () => {
    const object = answerTool === undefined ? { words: ['w0', 'w1'] } : { city: '北京', k: 0 }
    const schema: z.ZodType = answerTool === undefined ? Words : Place
    const knobs =
      answerTool === undefined ? ['text=json', 'chunks=2'] : ['chunks=0', 'tools=1', `toolName=${answerTool}`]
    const asked = { ...asking, model: model(...knobs) }
    const { output } = await generateText({ ...asked, output: Output.object({ schema }) })
    const streamed = streamText({ ...asked, output: Output.object({ schema }) })
    const generated = await generateObject({ ...asked, schema })
    expect([output, await streamed.output, generated.object]).toEqual([object, object, object])
  })

  it('errors tell their status, and whether to try again', async () => {
    const asked = { model: model('429', 'retryAfter=7'), ...asking }
    const failure: unknown = await generateText(asked).catch((thrown: unknown) => thrown)
    expect(APICallError.isInstance(failure)).toBe(true)
    expect(failure).toMatchObject({ statusCode: 429, isRetryable: true, message: expect.stringContaining(provider) })
  })

  it('a stream that breaks is an error, and no whole answer', async () => {
    const errors: unknown[] = []
    const result = streamText({
      model: model('error_in_stream'),
      ...asking,
      onError: ({ error }) => {
        errors.push(error)
      },
    })
    const parts: string[] = []
    for await (const part of result.fullStream) parts.push(part.type)
    expect(errors).toHaveLength(1)
    expect(parts).toContain('error')
  })
})

describe('a client that refers to items of earlier answers', () => {
  const asked = (provider: string) => ({
    ...asking,
    providerOptions: {},
    model: createOpenAI(settings()).responses(`${provider}/small+chunks=1+reasoning=1+tools=1+toolsOnce=true`),
    tools: { tool_0: tool({ inputSchema: Place, execute: () => 'sun' }) },
    stopWhen: stepCountIs(3),
  })

  it.each(PROVIDERS.filter((name) => name !== 'responses'))('[G41] is understood in front of %s', async (provider) => {
    for (const run of [generateText, streamText]) {
      const result = await run(asked(provider))
      expect(await result.text).toBe('w0 ')
      const sent = testbed.lastBody()
      for (const told of [asking.prompt, 'tool_0', '北京', 'sun']) expect(sent).toContain(told)
      if (provider === 'messages') expect(sent).toContain('"thinking":"t0 ","signature":"c2lnbmF0dXJl"')
    }
  })

  it('is told what to do instead where the ids are those of a provider', async () => {
    const refused = generateText(asked('responses'))
    await expect(refused).rejects.toThrow(/refers to an item by an id that is not known here.*"store": false/)
  })
})
