/** The tokens of a request or of many, as lists show them. */
import type { TokenUsage } from '@paddock/contract/usage'

/** Of what was asked, whether a cache had it or took it. */
export function promptTokens({ input, cached_input, cache_write, cache_write_1h }: TokenUsage): number {
  return input + cached_input + cache_write + cache_write_1h
}

/** Of what was answered, with what was thought before. */
export function answerTokens({ output, reasoning }: TokenUsage): number {
  return output + reasoning
}
