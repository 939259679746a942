/**
 * What one request used. The counters are disjoint: `input` excludes cached and cache-writing tokens, `output` excludes
 * reasoning, so a bill is a plain sum over them. All are whole numbers; an absent counter is zero.
 */
export type Usage = TokenUsage & {
  /** What is not text: left out where there is none. */
  readonly extra?: ExtraUsage
}

/** Tokens of text. */
export type TokenUsage = {
  readonly input: number
  readonly cached_input: number
  /** Tokens written to a prompt cache that lives five minutes. */
  readonly cache_write: number
  /** Tokens written to a prompt cache that lives one hour. */
  readonly cache_write_1h: number
  readonly output: number
  readonly reasoning: number
}

/** Tokens of what is not text. */
const EXTRA_TOKENS = ['audio_input', 'image_input', 'audio_output', 'image_output'] as const

/** Counters beside the tokens of text, by the price component they are billed as. All but the tokens count what they are named after. */
export const EXTRA_COUNTERS = [...EXTRA_TOKENS, 'image', 'audio_second', 'character', 'search_unit', 'request'] as const
export type ExtraCounter = (typeof EXTRA_COUNTERS)[number]
export type ExtraUsage = Readonly<Partial<Record<ExtraCounter, number>>>

/**
 * Where the counters come from: the provider's own numbers, our count by the model's tokenizer, our estimate, or the cache of
 * answers, which no provider was called for: then all are zero.
 */
export type UsageSource = 'provider' | 'counted' | 'estimated' | 'cache'

export const NO_USAGE: Usage = { input: 0, cached_input: 0, cache_write: 0, cache_write_1h: 0, output: 0, reasoning: 0 }

/** Calls back with every counter that is a number of tokens and not zero. */
export function eachTokenCount(usage: Usage, visit: (name: string, tokens: number) => void): void {
  for (const name of USAGE_COUNTERS) if (usage[name] > 0) visit(name, usage[name])
  if (usage.extra === undefined) return
  for (const name of EXTRA_TOKENS) {
    const tokens = usage.extra[name] ?? 0
    if (tokens > 0) visit(name, tokens)
  }
}

/** All tokens of a request, prompt and answer together. */
export function sumTokens(usage: Usage): number {
  const { input, cached_input, cache_write, cache_write_1h, output, reasoning, extra } = usage
  const ofText = input + cached_input + cache_write + cache_write_1h + output + reasoning
  return extra === undefined ? ofText : EXTRA_TOKENS.reduce((sum, name) => sum + (extra[name] ?? 0), ofText)
}

/** The names of all counters of text. */
export const USAGE_COUNTERS = [
  'input',
  'cached_input',
  'cache_write',
  'cache_write_1h',
  'output',
  'reasoning',
] as const satisfies readonly (keyof TokenUsage)[]
