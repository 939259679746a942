import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NO_USAGE, type Usage } from '@paddock/contract/usage'
import { readJson, PROVIDER_JSON } from '../json-text.ts'
import { readUsage, type UsageReading } from './usage.ts'

function read(usage: unknown, reasoningInOutput = true): UsageReading {
  const json = readJson(
    Buffer.from(`{"usage":${typeof usage === 'string' ? usage : JSON.stringify(usage)}}`),
    PROVIDER_JSON,
  )
  const value = json.root.member('usage')
  if (value === undefined) throw new Error('there is a usage')
  return readUsage(value, { reasoningInOutput })
}

describe('counters', () => {
  it.each<[what: string, usage: object, counters: Partial<Usage>]>([
    ['plain', { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }, { input: 10, output: 5 }],
    [
      'with details',
      {
        prompt_tokens: 100,
        completion_tokens: 50,
        prompt_tokens_details: { cached_tokens: 64, audio_tokens: 0 },
        completion_tokens_details: { reasoning_tokens: 20 },
      },
      { input: 36, cached_input: 64, output: 30, reasoning: 20 },
    ],
    [
      'with details of null',
      {
        prompt_tokens: 10,
        completion_tokens: 5,
        prompt_tokens_details: null,
        completion_tokens_details: { reasoning_tokens: null },
      },
      { input: 10, output: 5 },
    ],
    [
      'with hits and misses',
      { prompt_tokens: 100, completion_tokens: 5, prompt_cache_hit_tokens: 64, prompt_cache_miss_tokens: 36 },
      { input: 36, cached_input: 64, output: 5 },
    ],
    [
      'with both spellings',
      {
        prompt_tokens: 100,
        completion_tokens: 5,
        prompt_cache_hit_tokens: 64,
        prompt_cache_miss_tokens: 36,
        prompt_tokens_details: { cached_tokens: 64 },
      },
      { input: 36, cached_input: 64, output: 5 },
    ],
    [
      'with one spelling left at zero',
      {
        prompt_tokens: 100,
        completion_tokens: 5,
        prompt_tokens_details: { cached_tokens: 0 },
        prompt_cache_hit_tokens: 64,
      },
      { input: 36, cached_input: 64, output: 5 },
    ],
    [
      'cached at the top',
      { prompt_tokens: 100, completion_tokens: 5, cached_tokens: 40 },
      { input: 60, cached_input: 40, output: 5 },
    ],
    [
      'writing a cache',
      { prompt_tokens: 100, completion_tokens: 5, cache_read_input_tokens: 30, cache_creation_input_tokens: 50 },
      { input: 20, cached_input: 30, cache_write: 50, output: 5 },
    ],
    [
      'writing for an hour too',
      {
        prompt_tokens: 100,
        completion_tokens: 5,
        cache_creation_input_tokens: 50,
        cache_creation: { ephemeral_5m_input_tokens: 20, ephemeral_1h_input_tokens: 30 },
      },
      { input: 50, cache_write: 20, cache_write_1h: 30, output: 5 },
    ],
    [
      'writing, in details only',
      {
        prompt_tokens: 100,
        completion_tokens: 5,
        prompt_tokens_details: { cached_tokens: 10, cache_creation: { ephemeral_5m_input_tokens: 40 } },
      },
      { input: 50, cached_input: 10, cache_write: 40, output: 5 },
    ],
    [
      'all cached',
      { prompt_tokens: 64, completion_tokens: 0, prompt_tokens_details: { cached_tokens: 64 } },
      { cached_input: 64 },
    ],
    [
      'all reasoning',
      { prompt_tokens: 1, completion_tokens: 20, completion_tokens_details: { reasoning_tokens: 20 } },
      { input: 1, reasoning: 20 },
    ],
    [
      'written as 12.0',
      JSON.parse('{"prompt_tokens":12.0,"completion_tokens":1e1}') as object,
      { input: 12, output: 10 },
    ],
  ])('%s', (_, usage, counters) => {
    expect(read(usage)).toEqual({ kind: 'usage', usage: { ...NO_USAGE, ...counters } })
  })

  it('add reasoning where a provider leaves it out of its output', () => {
    const usage = {
      prompt_tokens: 10,
      completion_tokens: 5,
      total_tokens: 35,
      completion_tokens_details: { reasoning_tokens: 20 },
    }
    expect(read(usage, false)).toEqual({ kind: 'usage', usage: { ...NO_USAGE, input: 10, output: 5, reasoning: 20 } })
  })

  it('are disjoint: they add up to what the provider counted', () => {
    const counts = fc.record({
      fresh: fc.integer({ min: 1, max: 1e6 }),
      cached: fc.nat(1e6),
      short: fc.nat(1e6),
      long: fc.nat(1e6),
      text: fc.nat(1e6),
      reasoning: fc.nat(1e6),
    })
    fc.assert(
      fc.property(counts, fc.boolean(), ({ fresh, cached, short, long, text, reasoning }, inOutput) => {
        const usage = {
          prompt_tokens: fresh + cached + short + long,
          completion_tokens: inOutput ? text + reasoning : text,
          prompt_tokens_details: {
            cached_tokens: cached,
            cache_creation: { ephemeral_5m_input_tokens: short, ephemeral_1h_input_tokens: long },
          },
          completion_tokens_details: { reasoning_tokens: reasoning },
        }
        const counters = {
          input: fresh,
          cached_input: cached,
          cache_write: short,
          cache_write_1h: long,
          output: text,
          reasoning,
        }
        expect(read(usage, inOutput)).toEqual({ kind: 'usage', usage: counters })
      }),
    )
  })
})

describe('usage that cannot be true', () => {
  it.each<[usage: unknown, says: string]>([
    [[], 'usage is no object'],
    ['"12"', 'usage is no object'],
    [{}, 'prompt_tokens is missing'],
    [{ prompt_tokens: 10 }, 'completion_tokens is missing'],
    [{ prompt_tokens: 0, completion_tokens: 0 }, 'prompt_tokens is 0'],
    [{ prompt_tokens: -1, completion_tokens: 5 }, 'prompt_tokens is -1'],
    [{ prompt_tokens: 10, completion_tokens: 1.5 }, 'completion_tokens is 1.5'],
    [{ prompt_tokens: '10', completion_tokens: 5 }, 'prompt_tokens is "10"'],
    ['{"prompt_tokens":10,"completion_tokens":1e18}', 'completion_tokens is 1e18'],
    ['{"prompt_tokens":10,"completion_tokens":1e400}', 'completion_tokens is 1e400'],
    [{ prompt_tokens: 10_000_000_001, completion_tokens: 1 }, 'not a whole number from 0 to 10000000000'],
    [
      { prompt_tokens: 10, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 11 } },
      '11 cached and 0 cache-writing tokens are more than prompt_tokens, 10',
    ],
    [
      { prompt_tokens: 10, completion_tokens: 5, prompt_tokens_details: { cached_tokens: -1 } },
      'prompt_tokens_details.cached_tokens is -1',
    ],
    [
      { prompt_tokens: 10, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 'all' } },
      'cached_tokens is "all"',
    ],
    [
      { prompt_tokens: 10, completion_tokens: 5, prompt_cache_hit_tokens: 3, prompt_cache_miss_tokens: 3 },
      '3 cached and 3 other tokens are not prompt_tokens, 10',
    ],
    [
      {
        prompt_tokens: 10,
        completion_tokens: 5,
        cache_creation_input_tokens: 2,
        cache_creation: { ephemeral_1h_input_tokens: 3 },
      },
      '3 tokens written for an hour',
    ],
    [
      { prompt_tokens: 10, completion_tokens: 5, completion_tokens_details: { reasoning_tokens: 6 } },
      '6 reasoning tokens are more than completion_tokens, 5',
    ],
  ])('%j', (usage, says) => {
    expect(read(usage)).toEqual({ kind: 'problem', problem: expect.stringContaining(says) as string })
  })
})
