import type { Usage } from '@paddock/contract/usage'
import type { JsonValue } from './json-text.ts'
import type { JsonMembers } from './json-write.ts'
import { Counters, type UsageCounting, type UsageReading } from './usage-reading.ts'

/**
 * Usage as dialects report it in which two numbers hold all others: those of the prompt and of what was written. It is
 * made into disjoint counters, and a number that cannot be true is never used.
 */

export type UsageNames = {
  readonly prompt: string
  readonly completion: string
  readonly promptDetails: string
  readonly completionDetails: string
  /** Where each counter may stand, by those who name it otherwise too. */
  readonly paths: {
    readonly cached: readonly string[]
    readonly written: readonly string[]
    readonly written5m: readonly string[]
    readonly written1h: readonly string[]
    readonly reasoning: readonly string[]
  }
}

/** Names of the same number, by those who use them. Those in the details come first where they are the dialect's own. */
const CACHED = ['prompt_cache_hit_tokens', 'cached_tokens', 'cache_read_input_tokens']
const WRITTEN = ['cache_creation_input_tokens', 'cache_creation_tokens', 'cache_write_tokens']
const WRITTEN_5M = 'cache_creation.ephemeral_5m_input_tokens'
const WRITTEN_1H = 'cache_creation.ephemeral_1h_input_tokens'
const REASONING = 'reasoning_tokens'

/** The names of a dialect whose two numbers are called so; their details stand in objects of that name and "_details". */
export function usageNames(prompt: string, completion: string): UsageNames {
  const [promptDetails, completionDetails] = [`${prompt}_details`, `${completion}_details`]
  const detailed = (name: string): string[] => [`${promptDetails}.${name}`, name]
  const paths = {
    cached: [`${promptDetails}.cached_tokens`, ...CACHED],
    written: WRITTEN.flatMap(detailed),
    written5m: detailed(WRITTEN_5M),
    written1h: detailed(WRITTEN_1H),
    reasoning: [`${completionDetails}.${REASONING}`, REASONING],
  }
  return { prompt, completion, promptDetails, completionDetails, paths }
}

/** Reads the value of `usage`. */
export function readInclusiveUsage(
  usage: JsonValue,
  names: UsageNames,
  { reasoningInOutput }: UsageCounting,
): UsageReading {
  const counters = new Counters(usage)
  const { paths } = names
  const prompt = counters.needed(names.prompt)
  const completion = counters.needed(names.completion)
  const cached = counters.first(paths.cached)
  const written1h = counters.first(paths.written1h)
  const written = counters.first(paths.written) || counters.first(paths.written5m) + written1h
  const reasoning = counters.first(paths.reasoning)

  if (prompt === 0) counters.refuse(`${names.prompt} is 0, and there is no answer without a prompt`)
  if (cached + written > prompt)
    counters.refuse(`${cached} cached and ${written} cache-writing tokens are more than ${names.prompt}, ${prompt}`)
  if (written1h > written)
    counters.refuse(`${written1h} tokens written for an hour are more than all that were written, ${written}`)
  if (reasoningInOutput && reasoning > completion)
    counters.refuse(`${reasoning} reasoning tokens are more than ${names.completion}, ${completion}`)
  const missed = counters.optional('prompt_cache_miss_tokens')
  if (missed !== null && cached + missed !== prompt)
    counters.refuse(`${cached} cached and ${missed} other tokens are not ${names.prompt}, ${prompt}`)

  return counters.reading({
    input: prompt - cached - written,
    cached_input: cached,
    cache_write: written - written1h,
    cache_write_1h: written1h,
    output: reasoningInOutput ? completion - reasoning : completion,
    reasoning,
  })
}

/** For callers: all counters inside of the two. */
export function writeInclusiveUsage(usage: Usage, names: UsageNames): JsonMembers {
  const { input, cached_input, cache_write, cache_write_1h, output, reasoning } = usage
  const prompt = input + cached_input + cache_write + cache_write_1h
  const completion = output + reasoning
  return {
    [names.prompt]: prompt,
    [names.promptDetails]: { cached_tokens: cached_input, ...writeCacheWrites(usage) },
    [names.completion]: completion,
    [names.completionDetails]: { reasoning_tokens: reasoning },
    total_tokens: prompt + completion,
  }
}

/** Left out where nothing was written, which is nearly always: who knows no such counters is not shown any. */
function writeCacheWrites({ cache_write, cache_write_1h }: Usage): JsonMembers {
  if (cache_write + cache_write_1h === 0) return {}
  return {
    cache_creation_tokens: cache_write + cache_write_1h,
    cache_creation: { ephemeral_5m_input_tokens: cache_write, ephemeral_1h_input_tokens: cache_write_1h },
  }
}
