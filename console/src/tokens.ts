/** The tokens of a request or of many, as lists show them. */

type Usage = {
  readonly input: number
  readonly cached_input: number
  readonly cache_write: number
  readonly cache_write_1h: number
  readonly output: number
  readonly reasoning: number
}

/** Of what was asked, whether a cache had it or took it. */
export function promptTokens({ input, cached_input, cache_write, cache_write_1h }: Usage): number {
  return input + cached_input + cache_write + cache_write_1h
}

/** Of what was answered, with what was thought before. */
export function answerTokens({ output, reasoning }: Usage): number {
  return output + reasoning
}
