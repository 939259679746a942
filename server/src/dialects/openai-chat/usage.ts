import type { JsonValue } from '../json-text.ts'
import { Counters, type UsageCounting, type UsageReading } from '../usage-reading.ts'

/** Usage as providers of this dialect report it, made into disjoint counters. A number that cannot be true is never used. */

export type { UsageReading } from '../usage-reading.ts'

/** Names of the same number, by those who use them. All are parts of `prompt_tokens` or `completion_tokens`. */
const CACHED = [
  'prompt_tokens_details.cached_tokens',
  'prompt_cache_hit_tokens',
  'cached_tokens',
  'cache_read_input_tokens',
]
const WRITTEN = [
  'cache_creation_input_tokens',
  'prompt_tokens_details.cache_creation_input_tokens',
  'prompt_tokens_details.cache_creation_tokens',
  'prompt_tokens_details.cache_write_tokens',
]
const WRITTEN_5M = [
  'prompt_tokens_details.cache_creation.ephemeral_5m_input_tokens',
  'cache_creation.ephemeral_5m_input_tokens',
]
const WRITTEN_1H = [
  'prompt_tokens_details.cache_creation.ephemeral_1h_input_tokens',
  'cache_creation.ephemeral_1h_input_tokens',
]
const REASONING = ['completion_tokens_details.reasoning_tokens', 'reasoning_tokens']

/** Reads the value of `usage`. */
export function readUsage(usage: JsonValue, { reasoningInOutput }: UsageCounting): UsageReading {
  const counters = new Counters(usage)
  const prompt = counters.needed('prompt_tokens')
  const completion = counters.needed('completion_tokens')
  const cached = counters.first(CACHED)
  const written1h = counters.first(WRITTEN_1H)
  const written = counters.first(WRITTEN) || counters.first(WRITTEN_5M) + written1h
  const reasoning = counters.first(REASONING)

  counters.expect(prompt > 0, 'prompt_tokens is 0, and there is no answer without a prompt')
  counters.expect(
    cached + written <= prompt,
    `${cached} cached and ${written} cache-writing tokens are more than prompt_tokens, ${prompt}`,
  )
  counters.expect(
    written1h <= written,
    `${written1h} tokens written for an hour are more than all that were written, ${written}`,
  )
  counters.expect(
    !reasoningInOutput || reasoning <= completion,
    `${reasoning} reasoning tokens are more than completion_tokens, ${completion}`,
  )
  const missed = counters.optional('prompt_cache_miss_tokens')
  counters.expect(
    missed === null || cached + missed === prompt,
    `${cached} cached and ${missed} other tokens are not prompt_tokens, ${prompt}`,
  )

  return counters.reading({
    input: prompt - cached - written,
    cached_input: cached,
    cache_write: written - written1h,
    cache_write_1h: written1h,
    output: reasoningInOutput ? completion - reasoning : completion,
    reasoning,
  })
}
