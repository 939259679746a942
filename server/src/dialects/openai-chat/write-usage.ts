import type { Usage } from '@paddock/contract/usage'
import type { JsonMembers } from '../json-write.ts'

/** Usage for callers of this dialect, in which every counter is a part of the prompt's or the completion's. */

export function writeUsage(usage: Usage): JsonMembers {
  const prompt = promptTokens(usage)
  const completion = usage.output + usage.reasoning
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: usage.cached_input, ...writeCacheWrites(usage) },
    completion_tokens_details: { reasoning_tokens: usage.reasoning },
  }
}

/** All that the model read, from a cache or not. */
export function promptTokens({ input, cached_input, cache_write, cache_write_1h }: Usage): number {
  return input + cached_input + cache_write + cache_write_1h
}

/** Left out where nothing was written, which is nearly always: who knows no such counters is not shown any. */
export function writeCacheWrites({ cache_write, cache_write_1h }: Usage): JsonMembers {
  if (cache_write + cache_write_1h === 0) return {}
  return {
    cache_creation_tokens: cache_write + cache_write_1h,
    cache_creation: { ephemeral_5m_input_tokens: cache_write, ephemeral_1h_input_tokens: cache_write_1h },
  }
}
