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
