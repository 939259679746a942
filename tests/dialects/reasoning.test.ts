import { describe, expect, it } from 'vitest'
import type { DialectName } from '../../server/src/dialects/dialect-name.ts'
import { BoundedReasoningMemory } from '../../server/src/dialects/reasoning-memory.ts'
import type { DialectFacts, ReasoningSwitch } from '../../server/src/dialects/facts.ts'
import { checkMessageStream } from '../stand-ins/anthropic-grammar.ts'
import { MovingClock } from '../stand-ins/moving-clock.ts'
import { answerIn, between, chatStream, eventsIn, fixture, gist, relayed, sent } from './stage.ts'

/** Where reasoning stands, how it is switched, and who wants it back. */

describe('reasoning', () => {
  it.each<[what: string, delta: object]>([
    ['reasoning_content', { reasoning_content: 'Hm', content: null }],
    ['reasoning', { reasoning: 'Hm', content: '' }],
    ['both names', { reasoning_content: 'Hm', reasoning: 'Hm' }],
    ['a list of details', { reasoning_details: [{ type: 'reasoning.text', text: 'Hm' }] }],
    ['a list beside the field', { reasoning: 'Hm', reasoning_details: [{ type: 'reasoning.text', text: 'Hm' }] }],
  ])('(problem 8) is found in %s', (_what, delta) => {
    const stream = chatStream({ content: '', reasoning_content: '' }, delta, { content: 'So.', reasoning_content: '' })
    expect(gist(answerIn('openai-chat', stream))).toMatchObject({ reasoning: 'Hm', text: 'So.' })
    expect(eventsIn('openai-chat', stream).filter((event) => 'text' in event && event.text === '')).toEqual([])
  })

  it('(problem 8) between tags is told from text only where the provider is known to do so, however it is cut', () => {
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

  it('(problem 10) never stands in a text block, and the message begins once', () => {
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
  it.each(SWITCHES)('(problem 11) is switched by %s', (_what, reasoningSwitch, high, off) => {
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
  ])('wished as %j is said to %s', (wish, provider, written) => {
    const request = { model: 'm', messages: [{ role: 'user', content: 'Hello' }], max_tokens: 8_192, ...wish }
    expect(sent('openai-chat', provider, { request }).body).toMatchObject(written)
  })

  it('is left out where the limit of the answer is too small for it, which is told', () => {
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

describe('reasoning that is wanted back (problem 9)', () => {
  const memory = (): ReturnType<BoundedReasoningMemory['scoped']> =>
    new BoundedReasoningMemory(new MovingClock()).scoped('key')

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
        : JSON.stringify(
            JSON.parse(
              first
                .readAnswer(fixture(`${provider}.calls.json`))
                .held()
                .toString(),
            ),
          )
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
    const clock = new MovingClock()
    const bounded = new BoundedReasoningMemory(clock, { charactersMax: 100, keptMs: 10 })
    const scoped = bounded.scoped('one')
    const remembered = (text: string): Parameters<typeof scoped.remember>[1] => ({
      reasoning: [{ kind: 'reasoning', text, signature: null, isHidden: false }],
      callSignature: null,
    })
    scoped.remember('a', remembered('x'.repeat(40)))
    scoped.remember('b', remembered('x'.repeat(40)))
    expect([scoped.recall('a'), scoped.recall('b')?.reasoning[0]?.text.length]).toEqual([null, 40])
    expect(bounded.scoped('other').recall('b')).toBeNull()
    clock.advance(10)
    expect(scoped.recall('b')).toBeNull()
  })
})
