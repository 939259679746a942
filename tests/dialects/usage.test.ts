import { NO_USAGE } from '@paddock/contract/usage'
import { describe, expect, it } from 'vitest'
import type { DialectName } from '../../server/src/dialects/dialect-name.ts'
import type { DialectFacts } from '../../server/src/dialects/facts.ts'
import { SseSplitter } from '../../server/src/dialects/sse.ts'
import { checkMessageStream } from '../stand-ins/anthropic-grammar.ts'
import { answerIn, between, bytes, chatStream, events, fixture, gist, relayed, sent, wholeIn } from './stage.ts'

/** How many tokens were used, where other gateways bill some of them twice or not at all. */

const usageOf = (dialect: DialectName, answer: unknown, facts: Partial<DialectFacts> = {}): unknown =>
  (gist(wholeIn(dialect, bytes(answer), facts)) as { usage: unknown }).usage

const chat = (usage: object): object => ({ choices: [{ message: { content: 'x' }, finish_reason: 'stop' }], usage })
const responses = (usage: object): object => ({ status: 'completed', output: [], usage })
const messages = (usage: object): object => ({ type: 'message', content: [], stop_reason: 'end_turn', usage })
const gemini = (usageMetadata: object): object => ({
  candidates: [{ content: { parts: [] }, finishReason: 'STOP' }],
  usageMetadata,
})

describe('usage (problems 1, 2, 3): the same 80 + 20 in, 30 + 10 out', () => {
  const SAME = { ...NO_USAGE, input: 80, cached_input: 20, output: 30, reasoning: 10 }
  const OUTSIDE = { usage: { streamOption: true, reasoningInOutput: false } }
  it.each<[what: string, DialectName, answer: object, facts: Partial<DialectFacts>]>([
    [
      'cached and reasoning inside',
      'openai-chat',
      chat({
        prompt_tokens: 100,
        completion_tokens: 40,
        prompt_tokens_details: { cached_tokens: 20 },
        completion_tokens_details: { reasoning_tokens: 10 },
      }),
      {},
    ],
    [
      'reasoning outside',
      'openai-chat',
      chat({
        prompt_tokens: 100,
        completion_tokens: 30,
        prompt_tokens_details: { cached_tokens: 20 },
        completion_tokens_details: { reasoning_tokens: 10 },
      }),
      OUTSIDE,
    ],
    [
      'hits and misses',
      'openai-chat',
      chat({
        prompt_tokens: 100,
        completion_tokens: 40,
        prompt_cache_hit_tokens: 20,
        prompt_cache_miss_tokens: 80,
        completion_tokens_details: { reasoning_tokens: 10 },
      }),
      {},
    ],
    [
      'the model behind a bot',
      'openai-chat',
      {
        choices: [{ message: { content: 'x' } }],
        bot_usage: {
          model_usage: [
            {
              prompt_tokens: 100,
              completion_tokens: 40,
              prompt_tokens_details: { cached_tokens: 20 },
              completion_tokens_details: { reasoning_tokens: 10 },
            },
          ],
        },
      },
      {},
    ],
    [
      'input and output',
      'openai-responses',
      responses({
        input_tokens: 100,
        output_tokens: 40,
        input_tokens_details: { cached_tokens: 20 },
        output_tokens_details: { reasoning_tokens: 10 },
      }),
      {},
    ],
    [
      'cached outside',
      'anthropic-messages',
      messages({
        input_tokens: 80,
        cache_read_input_tokens: 20,
        output_tokens: 40,
        output_tokens_details: { thinking_tokens: 10 },
      }),
      {},
    ],
    [
      'cached inside, thoughts outside',
      'gemini',
      gemini({ promptTokenCount: 100, cachedContentTokenCount: 20, candidatesTokenCount: 30, thoughtsTokenCount: 10 }),
      {},
    ],
    [
      'results of tools outside of the prompt',
      'gemini',
      gemini({
        promptTokenCount: 90,
        toolUsePromptTokenCount: 10,
        cachedContentTokenCount: 20,
        candidatesTokenCount: 30,
        thoughtsTokenCount: 10,
      }),
      {},
    ],
  ])('%s (%s)', (_what, dialect, answer, facts) => {
    expect(usageOf(dialect, answer, facts)).toEqual(SAME)
  })

  it('tells tokens written for five minutes from those for an hour', () => {
    const usage = {
      input_tokens: 1,
      cache_creation_input_tokens: 30,
      cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 },
      output_tokens: 2,
    }
    expect(usageOf('anthropic-messages', messages(usage))).toEqual({
      ...NO_USAGE,
      input: 1,
      cache_write: 10,
      cache_write_1h: 20,
      output: 2,
    })
  })

  it.each<[DialectName, object]>([
    ['openai-chat', chat({ prompt_tokens: 0, completion_tokens: 5 })],
    [
      'openai-responses',
      responses({ input_tokens: 10, output_tokens: 5, input_tokens_details: { cached_tokens: 11 } }),
    ],
    ['anthropic-messages', messages({ input_tokens: 0, output_tokens: 5 })],
    ['gemini', gemini({ promptTokenCount: 1e12, candidatesTokenCount: 5 })],
  ])('does not believe what cannot be true (%s)', (dialect, answer) => {
    expect(usageOf(dialect, answer)).toMatchObject({ kind: 'problem' })
  })
})

describe('usage of streams', () => {
  const messageStream = (start: object, delta: object): Buffer =>
    events([
      { type: 'message_start', message: { usage: start } },
      { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: delta },
      { type: 'message_stop' },
    ])
  const usage = (dialect: DialectName, stream: Buffer): unknown =>
    (gist(answerIn(dialect, stream)) as { usage: unknown }).usage

  it('(problem 4) is asked for always, and shown to who asked', () => {
    const request = { model: 'm', stream: true, messages: [{ role: 'user', content: 'Hello' }] }
    expect(sent('openai-chat', 'openai-chat', { request }).body['stream_options']).toEqual({ include_usage: true })
    const claude = { model: 'm', max_tokens: 9, stream: true, messages: [{ role: 'user', content: 'Hello' }] }
    expect(sent('anthropic-messages', 'openai-chat', { request: claude }).body['stream_options']).toEqual({
      include_usage: true,
    })
    const facts = { usage: { streamOption: false, reasoningInOutput: true } }
    expect(sent('openai-chat', 'openai-chat', { request, facts }).body).not.toHaveProperty('stream_options')
    for (const provider of ['openai-chat', 'gemini'] as const) {
      const shown = (includeUsage: boolean): boolean =>
        relayed(between('openai-chat', provider, { includeUsage }).openStream(), [
          fixture(`${provider}.text.sse`),
        ]).includes('"prompt_tokens"')
      expect([shown(true), shown(false)]).toEqual([true, false])
    }
  })

  it('(problem 6) is cumulative in message_delta, and not added to that of message_start', () => {
    expect(
      usage('anthropic-messages', messageStream({ input_tokens: 9, output_tokens: 4 }, { output_tokens: 7 })),
    ).toEqual({
      ...NO_USAGE,
      input: 9,
      output: 7,
    })
  })

  it('(problem 6) is what message_delta says where message_start could not know', () => {
    const stream = messageStream({ input_tokens: 0, output_tokens: 0 }, { input_tokens: 9, output_tokens: 7 })
    expect(usage('anthropic-messages', stream)).toEqual({ ...NO_USAGE, input: 9, output: 7 })
  })

  it('(problem 7) in every chunk: the last one counts', () => {
    const chunk = (completion_tokens: number): object => ({
      choices: [{ delta: { content: 'a' } }],
      usage: { prompt_tokens: 3, completion_tokens },
    })
    expect(usage('openai-chat', events([chunk(1), chunk(2), chunk(3)], 'data: [DONE]\n\n'))).toEqual({
      ...NO_USAGE,
      input: 3,
      output: 3,
    })
  })

  it('(problem 7) is not taken back by a zero that comes later', () => {
    const stream = messageStream({ input_tokens: 9, output_tokens: 4 }, { input_tokens: 0, output_tokens: 7 })
    expect(usage('anthropic-messages', stream)).toEqual({ ...NO_USAGE, input: 9, output: 7 })
  })

  it('(problem 7) that is absent is not made up, and what was counted is told instead', () => {
    const stream = chatStream({ content: 'Hello' })
    const relay = between('anthropic-messages', 'openai-chat').openStream()
    const told = relayed(relay, [stream])
    expect(relay.seen).toMatchObject({ usage: null, written: 'Hello', hasEnded: true })
    expect(checkMessageStream(told).usage).toMatchObject({ input_tokens: 0, output_tokens: 0 })

    const counted = { ...NO_USAGE, input: 11, output: 2 }
    const other = between('anthropic-messages', 'openai-chat').openStream()
    for (const event of new SseSplitter().push(stream)) other.push(event)
    expect(other.held(counted)?.toString()).toContain('"input_tokens":11')
    const whole = between('openai-responses', 'openai-chat').readAnswer(
      bytes({ choices: [{ message: { content: 'x' } }] }),
    )
    expect(whole.held(counted).toString()).toContain('"input_tokens":11')
    const known = between('openai-responses', 'openai-chat').readAnswer(fixture('openai-chat.text.json'))
    expect(known.held(counted).toString()).toContain('"input_tokens":12')
  })
})
