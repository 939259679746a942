import type { Usage } from '@paddock/contract/usage'
import { excerpt } from '../../base/errors.ts'
import type { JsonValue } from '../json-text.ts'

/** Usage as providers of this dialect report it, made into disjoint counters. A number that cannot be true is never used. */

/** How a provider counts; part of its facts. */
export type UsageCounting = {
  /** Whether `completion_tokens` already contains the reasoning tokens. */
  readonly reasoningInOutput: boolean
}

/** The counters, or what about them cannot be true: for the entry and the alarm. */
export type UsageReading =
  | { readonly kind: 'usage'; readonly usage: Usage }
  | { readonly kind: 'problem'; readonly problem: string }

/** No answer has more; what claims to is a mistake that would cost a fortune. */
const TOKENS_MAX = 1e10

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
  if (counters.problem !== null) return { kind: 'problem', problem: counters.problem }

  return {
    kind: 'usage',
    usage: {
      input: prompt - cached - written,
      cached_input: cached,
      cache_write: written - written1h,
      cache_write_1h: written1h,
      output: reasoningInOutput ? completion - reasoning : completion,
      reasoning,
    },
  }
}

/** Reads numbers out of the usage object and remembers the first thing that is wrong with it. */
class Counters {
  problem: string | null = null
  private readonly usage: JsonValue

  constructor(usage: JsonValue) {
    this.usage = usage
    this.expect(usage.kind === 'object', 'usage is no object')
  }

  expect(condition: boolean, problem: string): void {
    if (!condition) this.problem ??= problem
  }

  needed(path: string): number {
    const count = this.optional(path)
    this.expect(count !== null, `${path} is missing`)
    return count ?? 0
  }

  /** The first of these names that has a number: who fills in two of them may leave one at zero. */
  first(paths: readonly string[]): number {
    return paths.map((path) => this.optional(path)).find((count) => count !== null && count > 0) ?? 0
  }

  optional(path: string): number | null {
    let value: JsonValue | undefined = this.usage
    for (const name of path.split('.')) value = value?.member(name)
    if (value === undefined || value.kind === 'null') return null
    const count = value.kind === 'number' ? value.number() : NaN
    const isPlausible = Number.isInteger(count) && count >= 0 && count <= TOKENS_MAX
    this.expect(
      isPlausible,
      `${path} is ${excerpt(value.raw.toString('utf8', 0, 80))}, not a whole number from 0 to ${TOKENS_MAX}`,
    )
    return isPlausible ? count : null
  }
}
