import { expect, it } from 'vitest'
import { readJson } from '../json-text.ts'
import { writeJson } from '../json-write.ts'
import { promptOnly, UsageSoFar, writeUsage } from './usage.ts'

/** Usage of this dialect comes in two parts of a stream, and only the second says how many tokens were thoughts. */

const json = (value: object) => readJson(Buffer.from(JSON.stringify(value))).root

it('[G11] tells thoughts, cached and cache-writing tokens apart, each counted once', () => {
  const usage = new UsageSoFar()
  const prompt = {
    input_tokens: 10,
    cache_read_input_tokens: 7,
    cache_creation_input_tokens: 5,
    cache_creation: { ephemeral_5m_input_tokens: 3, ephemeral_1h_input_tokens: 2 },
  }
  usage.add(json({ ...prompt, output_tokens: 1 }))
  const reading = usage.add(json({ output_tokens: 9, output_tokens_details: { thinking_tokens: 4 } }))
  const expected = { input: 10, cached_input: 7, cache_write: 3, cache_write_1h: 2, output: 5, reasoning: 4 }
  expect(reading).toEqual({ kind: 'usage', usage: expected })
  expect(JSON.parse(writeJson(writeUsage(expected)))).toEqual({
    ...prompt,
    output_tokens: 9,
    output_tokens_details: { thinking_tokens: 4 },
  })
})

it('does not believe more thoughts than output', () => {
  const told = { input_tokens: 10, output_tokens: 3, output_tokens_details: { thinking_tokens: 4 } }
  expect(new UsageSoFar().add(json(told))).toEqual({
    kind: 'problem',
    problem: '4 thinking tokens are more than output_tokens, 3',
  })
})

it('takes nothing told before the answer for the answer', () => {
  const told = { input_tokens: 10, cache_read_input_tokens: 7, output_tokens: 1 }
  expect(promptOnly(new UsageSoFar().add(json(told)))).toEqual({
    kind: 'prompt',
    usage: { input: 10, cached_input: 7, cache_write: 0, cache_write_1h: 0, output: 0, reasoning: 0 },
  })
})

it.each<[what: string, start: object, delta: object, usage: object]>([
  [
    'repeated by the delta',
    { input_tokens: 10, cache_read_input_tokens: 7, cache_creation_input_tokens: 5, output_tokens: 1 },
    { input_tokens: 10, cache_read_input_tokens: 7, cache_creation_input_tokens: 5, output_tokens: 9 },
    { input: 10, cached_input: 7, cache_write: 5, cache_write_1h: 0, output: 9 },
  ],
  [
    'grown by tools that ran at the provider',
    { input_tokens: 2_679, output_tokens: 3 },
    {
      input_tokens: 10_682,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
      output_tokens: 510,
      server_tool_use: { web_search_requests: 1, web_fetch_requests: 0 },
    },
    { input: 10_682, cached_input: 0, cache_write: 0, cache_write_1h: 0, output: 510 },
  ],
  [
    'fresh at first, and cached in the end',
    { input_tokens: 100, cache_read_input_tokens: 0, output_tokens: 1 },
    { input_tokens: 0, cache_read_input_tokens: 100, output_tokens: 9 },
    { input: 0, cached_input: 100, cache_write: 0, cache_write_1h: 0, output: 9 },
  ],
  [
    'written for an hour, of which the delta tells the sum only',
    {
      input_tokens: 1,
      cache_creation_input_tokens: 30,
      cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 },
    },
    { input_tokens: 1, cache_creation_input_tokens: 30, output_tokens: 9 },
    { input: 1, cached_input: 0, cache_write: 10, cache_write_1h: 20, output: 9 },
  ],
  [
    'written for five minutes at first, and for an hour in the end',
    { input_tokens: 1, cache_creation: { ephemeral_5m_input_tokens: 30, ephemeral_1h_input_tokens: 0 } },
    {
      input_tokens: 1,
      cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 30 },
      output_tokens: 9,
    },
    { input: 1, cached_input: 0, cache_write: 0, cache_write_1h: 30, output: 9 },
  ],
  [
    'not written after all',
    {
      input_tokens: 1,
      cache_creation_input_tokens: 30,
      cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 30 },
    },
    { input_tokens: 31, cache_creation_input_tokens: 0, output_tokens: 9, server_tool_use: null },
    { input: 31, cached_input: 0, cache_write: 0, cache_write_1h: 0, output: 9 },
  ],
])('[G11] counts each token once: %s', (_what, start, delta, usage) => {
  const soFar = new UsageSoFar()
  soFar.add(json(start))
  expect(soFar.add(json(delta))).toEqual({ kind: 'usage', usage: { ...usage, reasoning: 0 } })
})
