import { describe, expect, it } from 'vitest'
import type { CallerDialectName, DialectName } from '../../server/src/dialects/dialect-name.ts'
import { BoundedReasoningMemory } from '../../server/src/dialects/reasoning-memory.ts'
import type { DialectFacts, ReasoningSwitch } from '../../server/src/dialects/facts.ts'
import { isContentFilter } from '../../server/src/dialects/content-filter.ts'
import { readError } from '../../server/src/dialects/provider-error.ts'
import { checkMessageStream } from './message-checker.ts'
import {
  answerIn,
  between,
  CALLERS,
  chatStream,
  events,
  eventsIn,
  FACTS,
  fixture,
  gist,
  relayed,
  sent,
  wholeIn,
} from './stage.ts'

/** What goes wrong between dialects at other gateways, one test for each: every one was somebody's bug. */

const bytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))
const usageOf = (dialect: DialectName, answer: unknown, facts: Partial<DialectFacts> = {}): unknown =>
  (gist(wholeIn(dialect, bytes(answer), facts)) as { usage: unknown }).usage
const NONE = { input: 0, cached_input: 0, cache_write: 0, cache_write_1h: 0, output: 0, reasoning: 0 }

const chat = (usage: object): object => ({ choices: [{ message: { content: 'x' }, finish_reason: 'stop' }], usage })
const responses = (usage: object): object => ({ status: 'completed', output: [], usage })
const messages = (usage: object): object => ({ type: 'message', content: [], stop_reason: 'end_turn', usage })
const gemini = (usageMetadata: object): object => ({
  candidates: [{ content: { parts: [] }, finishReason: 'STOP' }],
  usageMetadata,
})

describe('usage (1, 2, 3): the same 80 + 20 in, 30 + 10 out', () => {
  const SAME = { ...NONE, input: 80, cached_input: 20, output: 30, reasoning: 10 }
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
        output_tokens_details: { reasoning_tokens: 10 },
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
      ...NONE,
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

  it('(4) is asked for always, and shown to who asked', () => {
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

  it('(6) is cumulative in message_delta, and not added to that of message_start', () => {
    expect(
      usage('anthropic-messages', messageStream({ input_tokens: 9, output_tokens: 4 }, { output_tokens: 7 })),
    ).toEqual({
      ...NONE,
      input: 9,
      output: 7,
    })
  })

  it('(6) is what message_delta says where message_start could not know', () => {
    const stream = messageStream({ input_tokens: 0, output_tokens: 0 }, { input_tokens: 9, output_tokens: 7 })
    expect(usage('anthropic-messages', stream)).toEqual({ ...NONE, input: 9, output: 7 })
  })

  it('(7) in every chunk: the last one counts', () => {
    const chunk = (completion_tokens: number): object => ({
      choices: [{ delta: { content: 'a' } }],
      usage: { prompt_tokens: 3, completion_tokens },
    })
    expect(usage('openai-chat', events([chunk(1), chunk(2), chunk(3)], 'data: [DONE]\n\n'))).toEqual({
      ...NONE,
      input: 3,
      output: 3,
    })
  })

  it('(7) that is absent is not made up', () => {
    const relay = between('anthropic-messages', 'openai-chat').openStream()
    const told = relayed(relay, [chatStream({ content: 'Hello' })])
    expect(relay.seen).toMatchObject({ usage: null, written: 'Hello', hasEnded: true })
    expect(checkMessageStream(told).usage).toMatchObject({ input_tokens: 0, output_tokens: 0 })
  })
})

describe('reasoning', () => {
  it.each<[what: string, delta: object]>([
    ['reasoning_content', { reasoning_content: 'Hm', content: null }],
    ['reasoning', { reasoning: 'Hm', content: '' }],
    ['both names', { reasoning_content: 'Hm', reasoning: 'Hm' }],
    ['a list of details', { reasoning_details: [{ type: 'reasoning.text', text: 'Hm' }] }],
    ['a list beside the field', { reasoning: 'Hm', reasoning_details: [{ type: 'reasoning.text', text: 'Hm' }] }],
  ])('(8) is found in %s', (_what, delta) => {
    const stream = chatStream({ content: '', reasoning_content: '' }, delta, { content: 'So.', reasoning_content: '' })
    expect(gist(answerIn('openai-chat', stream))).toMatchObject({ reasoning: 'Hm', text: 'So.' })
    expect(eventsIn('openai-chat', stream).filter((event) => 'text' in event && event.text === '')).toEqual([])
  })

  it('(8) between tags is told from text only where the provider is known to do so, however it is cut', () => {
    const written = '\n<think>Is 1 < 2? </thin no.</think>Yes: <think> is a tag.'
    const stream = chatStream(...written.split('').map((content) => ({ content })))
    expect(gist(answerIn('openai-chat', stream, { thinkTags: true }))).toMatchObject({
      reasoning: 'Is 1 < 2? </thin no.',
      text: 'Yes: <think> is a tag.',
    })
    expect(gist(answerIn('openai-chat', stream))).toMatchObject({ reasoning: '', text: written })
    expect(gist(answerIn('openai-chat', chatStream({ content: '<thi' }), { thinkTags: true }))).toMatchObject({
      text: '<thi',
    })
  })

  it('(10) never stands in a text block, and the message begins once', () => {
    const stream = chatStream(
      { role: 'assistant', content: '' },
      { content: 'A' },
      { reasoning_content: 'B' },
      { role: 'assistant', content: 'C' },
    )
    const told = relayed(between('anthropic-messages', 'openai-chat').openStream(), [stream])
    expect(checkMessageStream(told).content.map(({ type }) => type)).toEqual(['text', 'thinking', 'text'])
    expect(told.match(/event: message_start/g)).toHaveLength(1)
  })

  const SWITCHES: readonly [what: string, words: ReasoningSwitch, high: object, off: object][] = [
    [
      'thinking.type',
      { toggle: { path: 'thinking.type', on: 'enabled', off: 'disabled' } },
      { thinking: { type: 'enabled' } },
      { thinking: { type: 'disabled' } },
    ],
    [
      'enable_thinking and thinking_budget',
      {
        toggle: { path: 'enable_thinking', on: true, off: false },
        budget: { path: 'thinking_budget', range: { min: 1, max: 10_000 } },
      },
      { enable_thinking: true, thinking_budget: 10_000 },
      { enable_thinking: false },
    ],
    [
      'reasoning_effort',
      { effort: { path: 'reasoning_effort', levels: ['low', 'max'] } },
      { reasoning_effort: 'max' },
      {},
    ],
    [
      'reasoning.effort',
      { effort: { path: 'reasoning.effort', levels: ['none', 'low', 'medium', 'high'] } },
      { reasoning: { effort: 'high' } },
      { reasoning: { effort: 'none' } },
    ],
    [
      'chat_template_kwargs',
      { toggle: { path: 'chat_template_kwargs.enable_thinking', on: true, off: false } },
      { chat_template_kwargs: { enable_thinking: true } },
      { chat_template_kwargs: { enable_thinking: false } },
    ],
  ]
  it.each(SWITCHES)('(11) is switched by %s', (_what, reasoningSwitch, high, off) => {
    const asking = (thinking: object, effort: object): object => ({
      model: 'm',
      max_tokens: 90_000,
      messages: [{ role: 'user', content: 'Hello' }],
      thinking,
      ...effort,
    })
    const wish = (request: object): ReturnType<typeof sent> =>
      sent('anthropic-messages', 'openai-chat', { request, facts: { reasoningSwitch } })
    expect(wish(asking({ type: 'adaptive' }, { output_config: { effort: 'high' } })).body).toMatchObject(high)
    expect(wish(asking({ type: 'disabled' }, {})).body).toMatchObject(off)
    expect(wish(asking({ type: 'disabled' }, {})).ignored).toEqual(Object.keys(off).length === 0 ? ['reasoning'] : [])
  })

  it.each<[wish: object, DialectName, written: object]>([
    [{ reasoning_effort: 'low' }, 'anthropic-messages', { thinking: { type: 'enabled', budget_tokens: 4_096 } }],
    [{ reasoning_effort: 'none' }, 'anthropic-messages', { thinking: { type: 'disabled' } }],
    [{ enable_thinking: true }, 'anthropic-messages', { thinking: { type: 'enabled', budget_tokens: 8_191 } }],
    [{ reasoning: { max_tokens: 5_000 } }, 'openai-responses', { reasoning: { effort: 'medium', summary: 'auto' } }],
    [
      { reasoning_effort: 'medium' },
      'gemini',
      { generationConfig: { thinkingConfig: { thinkingBudget: 8_192, includeThoughts: true } } },
    ],
    [{ thinking: { type: 'disabled' } }, 'gemini', { generationConfig: { thinkingConfig: { thinkingBudget: 0 } } }],
  ])('(11) wished as %j is said to %s', (wish, provider, written) => {
    const request = { model: 'm', messages: [{ role: 'user', content: 'Hello' }], max_tokens: 8_192, ...wish }
    expect(sent('openai-chat', provider, { request }).body).toMatchObject(written)
  })

  it('(11) is left out where the limit of the answer is too small for it, which is told', () => {
    const request = {
      model: 'm',
      messages: [{ role: 'user', content: 'Hello' }],
      max_tokens: 500,
      reasoning_effort: 'high',
    }
    const { body, ignored } = sent('openai-chat', 'anthropic-messages', { request })
    expect(body).not.toHaveProperty('thinking')
    expect(ignored).toEqual(['reasoning'])
  })
})

describe('reasoning that is wanted back (9)', () => {
  const clock = { now: () => 0, elapsed: () => 0 }
  const memory = (): ReturnType<BoundedReasoningMemory['scoped']> => new BoundedReasoningMemory(clock).scoped('key')

  /** The answer to a first request, as a caller of a dialect that keeps nothing but ids would send it back. */
  const second = (id: string): object => ({
    model: 'm',
    messages: [
      { role: 'user', content: 'Hello' },
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id, type: 'function', function: { name: 'now', arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: id, content: '12:00' },
    ],
  })
  const firstCallId = (answer: string): string => /"tool_calls":\[\{[^[]*?"id":"([^"]+)"/.exec(answer)?.[1] ?? ''

  it('is kept by callers of anthropic-messages and found again in what they send back', () => {
    const told = relayed(between('anthropic-messages', 'gemini').openStream(), [fixture('gemini.calls.sse')])
    const { content } = checkMessageStream(told)
    const ids = content.flatMap(({ type, id }) => (type === 'tool_use' ? [id] : []))
    const results = ids.map((id) => ({ type: 'tool_result', tool_use_id: id, content: 'x' }))
    const request = {
      model: 'm',
      max_tokens: 99,
      messages: [
        { role: 'user', content: 'Hello' },
        { role: 'assistant', content },
        { role: 'user', content: results },
      ],
    }
    const { contents } = sent('anthropic-messages', 'gemini', { request }).body as { contents: { parts: object[] }[] }
    expect(contents[1]?.parts.slice(1)).toEqual([
      { functionCall: { name: 'weather', args: { city: '大阪', days: 2 } }, thoughtSignature: 'CiQB0e2Kb3' },
      { functionCall: { name: 'now', args: {} } },
    ])
    const elsewhere = sent('anthropic-messages', 'anthropic-messages', { request, facts: { irregular: true } }).body
    expect(JSON.stringify(elsewhere)).not.toContain('CiQB0e2Kb3')
  })

  it.each<
    [DialectName, facts: Partial<DialectFacts>, found: (body: Record<string, unknown>) => unknown, wanted: unknown]
  >([
    [
      'gemini',
      {},
      (body) => (body['contents'] as { parts: { thoughtSignature?: string }[] }[])[1]?.parts[0]?.thoughtSignature,
      'CiQB0e2Kb3',
    ],
    [
      'anthropic-messages',
      {},
      (body) => (body['messages'] as { content: unknown[] }[])[1]?.content[0],
      { type: 'thinking', thinking: 'Two things are asked. 🤔', signature: 'EqQBCgIYAhIkM2Y4' },
    ],
    [
      'openai-responses',
      {},
      (body) => (body['input'] as object[])[1],
      {
        type: 'reasoning',
        summary: [{ type: 'summary_text', text: 'Two things are asked. 🤔' }],
        encrypted_content: 'gAAAAABo',
      },
    ],
    [
      'openai-chat',
      { reasoningBack: 'reasoning_content' },
      (body) => (body['messages'] as { reasoning_content?: string }[])[1]?.reasoning_content,
      'Two things are asked. 🤔',
    ],
  ])('is remembered for callers of openai-chat, and told to %s', (provider, facts, found, wanted) => {
    for (const isStream of [true, false]) {
      const kept = memory()
      const first = between('openai-chat', provider, { memory: kept, facts })
      const answer = isStream
        ? relayed(first.openStream(), [fixture(`${provider}.calls.sse`)])
        : JSON.stringify(JSON.parse(first.readAnswer(fixture(`${provider}.calls.json`)).bytes.toString()))
      const request = second(firstCallId(answer))
      expect(found(sent('openai-chat', provider, { memory: kept, facts, request }).body)).toEqual(wanted)
      expect(found(sent('openai-chat', provider, { memory: memory(), facts, request }).body)).not.toEqual(wanted)
    }
  })

  it('is a signature in extra_content, under the key the provider reads', () => {
    const kept = memory()
    const facts = { signatureKey: 'lab' }
    const call = {
      index: 0,
      id: 'c1',
      function: { name: 'now', arguments: '{}' },
      extra_content: { lab: { thought_signature: 'SIG' } },
    }
    relayed(between('openai-chat', 'openai-chat', { memory: kept, facts }).openStream(), [
      chatStream({ tool_calls: [call] }),
    ])
    const { body } = sent('openai-chat', 'openai-chat', { memory: kept, facts, request: second('c1') })
    expect(JSON.stringify(body)).toContain('"extra_content":{"lab":{"thought_signature":"SIG"}}')
    const claude = relayed(between('anthropic-messages', 'openai-chat', { facts }).openStream(), [
      chatStream({ tool_calls: [call] }),
    ])
    expect(checkMessageStream(claude).content[0]).toMatchObject({ type: 'thinking', signature: 'openai-chat:SIG' })
  })

  it('is forgotten after its time, and the oldest when there is too much', () => {
    let elapsed = 0
    const bounded = new BoundedReasoningMemory(
      { now: () => 0, elapsed: () => elapsed },
      { charactersMax: 100, keptMs: 10 },
    )
    const scoped = bounded.scoped('one')
    const remembered = (text: string): Parameters<typeof scoped.remember>[1] => ({
      reasoning: [{ kind: 'reasoning', text, signature: null, isHidden: false }],
      callSignature: null,
    })
    scoped.remember('a', remembered('x'.repeat(40)))
    scoped.remember('b', remembered('x'.repeat(40)))
    expect([scoped.recall('a'), scoped.recall('b')?.reasoning[0]?.text.length]).toEqual([null, 40])
    expect(bounded.scoped('other').recall('b')).toBeNull()
    elapsed = 10
    expect(scoped.recall('b')).toBeNull()
  })
})

describe('tool calls (12)', () => {
  const calling = (...calls: object[]): object => ({ tool_calls: calls })
  const gistOf = (stream: Buffer): { calls: unknown; stop: unknown } => gist(answerIn('openai-chat', stream)) as never
  const BOTH = [
    { name: 'f', arguments: { a: 1 } },
    { name: 'g', arguments: { b: 2 } },
  ]

  it.each<[what: string, deltas: object[]]>([
    [
      'numbered -1',
      [
        calling({ index: -1, id: 'x', function: { name: 'f', arguments: '{"a":1}' } }),
        calling({ index: -1, id: 'y', function: { name: 'g', arguments: '{"b":2}' } }),
      ],
    ],
    [
      'all numbered 0',
      [
        calling({ index: 0, id: 'x', function: { name: 'f', arguments: '{"a":1}' } }),
        calling({ index: 0, id: 'y', function: { name: 'g', arguments: '{"b":2}' } }),
      ],
    ],
    [
      'interleaved',
      [
        calling({ index: 0, id: 'x', function: { name: 'f', arguments: '{"a"' } }),
        calling({ index: 1, id: 'y', function: { name: 'g', arguments: '{"b"' } }),
        calling({ index: 0, function: { arguments: ':1}' } }, { index: 1, function: { arguments: ':2}' } }),
      ],
    ],
    [
      'without ids',
      [
        calling({ index: 0, function: { name: 'f', arguments: '{"a":1}' } }),
        calling({ index: 1, function: { name: 'g', arguments: '{"b":2}' } }),
      ],
    ],
    [
      'named late',
      [
        calling({ index: 0, id: 'x', function: { arguments: '{"a"' } }),
        calling(
          { index: 0, function: { name: 'f', arguments: ':1}' } },
          { index: 1, id: 'y', function: { name: 'g' } },
        ),
        calling({ index: 1, function: { arguments: '{"b":2}' } }),
      ],
    ],
    [
      'with arguments as JSON',
      [
        calling(
          { function: { name: 'f', arguments: { a: 1 } } },
          { id: 'y', function: { name: 'g', arguments: { b: 2 } } },
        ),
      ],
    ],
  ])('%s are told apart, and by all callers', (_what, deltas) => {
    const stream = chatStream(...deltas)
    expect(gistOf(stream)).toMatchObject({ calls: BOTH, stop: 'calls' })
    for (const caller of CALLERS) {
      const told = relayed(between(caller, 'openai-chat', { facts: { irregular: true } }).openStream(), [stream])
      expect(gist(answerIn(caller, told))).toMatchObject({ calls: BOTH, stop: 'calls' })
      const ids = answerIn(caller, told).parts.map((part) => (part.kind === 'call' ? part.id : ''))
      expect(new Set(ids).size).toBe(2)
      if (caller === 'anthropic-messages') expect(checkMessageStream(told).stop_reason).toBe('tool_use')
    }
  })

  it('as an object, and as the older function_call, are calls', () => {
    const message = (said: object): object => ({ choices: [{ message: said, finish_reason: 'stop' }] })
    for (const said of [
      { content: '', tool_calls: { id: 'x', type: 'function', function: { name: 'f', arguments: '{"a":1}' } } },
      { content: null, function_call: { name: 'f', arguments: '{"a":1}' } },
    ]) {
      expect(gist(wholeIn('openai-chat', bytes(message(said))))).toMatchObject({ calls: [BOTH[0]], stop: 'calls' })
    }
  })

  it.each(CALLERS)('without arguments have an empty object (%s)', (caller) => {
    const stream = chatStream(calling({ index: 0, id: 'x', function: { name: 'f', arguments: '' } }))
    const told = relayed(between(caller, 'openai-chat', { facts: { irregular: true } }).openStream(), [stream])
    const written = answerIn(caller, told).parts.find((part) => part.kind === 'call')
    expect(JSON.parse(written?.kind === 'call' ? written.arguments || '{}' : '')).toEqual({})
    if (caller !== 'anthropic-messages') expect(told).toMatch(/"arguments":"\{\}"/)
  })
})

describe('parameters (13)', () => {
  const messages_ = [{ role: 'user', content: 'Hello' }]
  const request = `{"user":"u","model":"m","frequency_penalty":1,"messages":${JSON.stringify(messages_)},"temperature":1.50,"seed":12345678901234567890,"logit_bias":{"5":1}}`
  const facts = { unsupported: ['user', 'frequency_penalty'], ranges: { temperature: { min: 0.01, max: 1 } } }

  it('are dropped and clamped, and named, where bytes pass', () => {
    const translation = between('openai-chat', 'openai-chat', { facts, request })
    expect(translation.body.toString()).toBe(
      `{"model":"large","messages":${JSON.stringify(messages_)},"temperature":1,"seed":12345678901234567890,"logit_bias":{"5":1}}`,
    )
    expect(translation.ignored.toSorted()).toEqual(['frequency_penalty', 'temperature', 'user'])
  })

  it.each<[DialectName, ignored: string[], body: object]>([
    [
      'anthropic-messages',
      ['frequency_penalty', 'logit_bias', 'seed', 'temperature'],
      { temperature: 1, metadata: { user_id: 'u' }, max_tokens: 8_192 },
    ],
    ['openai-responses', ['frequency_penalty', 'logit_bias', 'seed'], { temperature: 1.5, user: 'u' }],
    ['gemini', ['logit_bias', 'user'], { generationConfig: { temperature: 1.5, frequencyPenalty: 1 } }],
  ])('are dropped and clamped, and named, for %s', (provider, ignored, body) => {
    const written = sent('openai-chat', provider, { request })
    expect(written.ignored.toSorted()).toEqual(ignored)
    expect(written.body).toMatchObject(body)
    const digits = between('openai-chat', provider, { request }).body.toString().includes('12345678901234567890')
    expect(digits).toBe(!ignored.includes('seed'))
  })

  it('stand in for empty content, where that is refused', () => {
    const conversation = {
      model: 'm',
      max_tokens: 9,
      messages: [
        { role: 'user', content: 'Hello' },
        { role: 'assistant', content: [{ type: 'tool_use', id: 'x', name: 'f', input: {} }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'x', content: 'y' }] },
      ],
    }
    const { body } = sent('anthropic-messages', 'openai-chat', { request: conversation, facts: { emptyContent: ' ' } })
    expect((body['messages'] as { content: unknown }[])[1]?.content).toBe(' ')
  })
})

describe('errors with status 200 (14)', () => {
  const FAILURES: readonly [DialectName, object][] = [
    ['openai-chat', { base_resp: { status_code: 1008, status_msg: 'no balance' } }],
    ['openai-chat', { error: 'no balance', code: 'x' }],
    [
      'openai-responses',
      {
        id: 'r',
        object: 'response',
        status: 'failed',
        error: { code: 'server_error', message: 'no balance' },
        output: [],
      },
    ],
    ['anthropic-messages', { type: 'error', error: { type: 'overloaded_error', message: 'no balance' } }],
    ['gemini', { error: { code: 429, message: 'no balance', status: 'RESOURCE_EXHAUSTED' } }],
  ]
  it.each(FAILURES)('of %s are seen in %j, whole and streamed', (provider, failure) => {
    for (const caller of CALLERS as readonly CallerDialectName[]) {
      const translation = between(caller, provider)
      expect(translation.readAnswer(bytes(failure)).seen).toMatchObject({
        error: { message: 'no balance' },
        hasEnded: false,
      })
      const relay = translation.openStream()
      const told = relayed(relay, [events([failure])])
      expect(relay.seen).toMatchObject({ error: { message: 'no balance' }, hasEnded: false })
      expect([told, relay.held()]).toEqual(['', null])
    }
  })

  it('is seen in response.failed', () => {
    const failed = { type: 'response.failed', response: { status: 'failed', error: { code: 'x', message: 'no luck' } } }
    const relay = between('anthropic-messages', 'openai-responses').openStream()
    relayed(relay, [events([failed])])
    expect(relay.seen).toMatchObject({ error: { message: 'no luck', code: 'x' }, hasEnded: false })
  })

  it('is a stream that breaks off', () => {
    for (const provider of ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini'] as const) {
      const stream = fixture(`${provider}.text.sse`)
      const relay = between('openai-chat', provider).openStream()
      relayed(relay, [stream.subarray(0, stream.lastIndexOf('data:'))])
      expect([provider, relay.held(), relay.seen.hasEnded]).toEqual([provider, null, false])
    }
  })
})

describe('content filters (16)', () => {
  it.each<[status: number, body: object, filterCodes: string[], isFilter: boolean]>([
    [451, { error: { message: 'no' } }, [], true],
    [400, { error: { message: 'no', code: 'content_filter' } }, [], true],
    [400, { error: { message: 'no', code: 'InputTextRiskDetection' } }, ['InputTextRiskDetection'], true],
    [200, { base_resp: { status_code: 1026, status_msg: 'no' } }, ['1026'], true],
    [400, { error: { message: 'no', type: 'invalid_request_error' } }, ['1026'], false],
    [429, { error: { message: 'slow down', code: 'rate_limit' } }, [], false],
  ])('with %i and %j are told from failures', (status, body, filterCodes, isFilter) => {
    expect(isContentFilter(status, readError(status, bytes(body)), { ...FACTS, filterCodes })).toBe(isFilter)
  })

  it.each<[DialectName, answer: object]>([
    ['openai-chat', { choices: [{ message: { content: '' }, finish_reason: 'content_filter' }] }],
    ['openai-responses', { status: 'incomplete', incomplete_details: { reason: 'content_filter' }, output: [] }],
    ['anthropic-messages', { content: [], stop_reason: 'refusal' }],
    ['gemini', { candidates: [{ finishReason: 'SAFETY' }] }],
    ['gemini', { promptFeedback: { blockReason: 'PROHIBITED_CONTENT' } }],
  ])('are why an answer of %s ends, in every dialect: %j', (provider, answer) => {
    for (const caller of CALLERS) {
      const told = between(caller, provider).readAnswer(bytes(answer)).bytes
      expect(wholeIn(caller, told).stop).toBe('filtered')
    }
  })
})
