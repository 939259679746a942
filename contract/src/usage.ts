/**
 * What one request used. The counters are disjoint: `input` excludes cached and cache-writing tokens, `output` excludes
 * reasoning, so a bill is a plain sum over them. All are whole numbers; an absent counter is zero.
 */
export type Usage = {
  readonly input: number
  readonly cached_input: number
  /** Tokens written to a prompt cache that lives five minutes. */
  readonly cache_write: number
  /** Tokens written to a prompt cache that lives one hour. */
  readonly cache_write_1h: number
  readonly output: number
  readonly reasoning: number
}

/**
 * Where the counters come from: the provider's own numbers, our count by the model's tokenizer, our estimate, or the cache of
 * answers, which no provider was called for: then all are zero.
 */
export type UsageSource = 'provider' | 'counted' | 'estimated' | 'cache'

export const NO_USAGE: Usage = { input: 0, cached_input: 0, cache_write: 0, cache_write_1h: 0, output: 0, reasoning: 0 }
