import type { Usage } from '@paddock/contract/usage'
import type { JsonValue } from '../json-text.ts'
import type { JsonMembers } from '../json-write.ts'
import { Counters, type UsageReading } from '../usage-reading.ts'

/**
 * Usage in this dialect: `input_tokens` has neither the cached nor the cache-writing tokens in it, and a stream tells its
 * counters in two parts, the second of which is cumulative.
 */

const PATHS = {
  input: 'input_tokens',
  cached: 'cache_read_input_tokens',
  written: 'cache_creation_input_tokens',
  written5m: 'cache_creation.ephemeral_5m_input_tokens',
  written1h: 'cache_creation.ephemeral_1h_input_tokens',
  output: 'output_tokens',
  reasoning: 'output_tokens_details.thinking_tokens',
} as const

type Counts = Record<keyof typeof PATHS, number>

/** Counters that are told together: of the prompt, of what of it was written to the cache and for how long, of the answer. */
const GROUPS: readonly (readonly (keyof Counts)[])[] = [
  ['input', 'cached', 'written'],
  ['written5m', 'written1h'],
  ['output'],
  ['reasoning'],
]

/** The usage of one answer, told in one piece or several. */
export class UsageSoFar {
  private readonly counts: Counts = {
    input: 0,
    cached: 0,
    written: 0,
    written5m: 0,
    written1h: 0,
    output: 0,
    reasoning: 0,
  }

  /** The latest numbers count, and are never added to those before them, which they repeat. */
  add(usage: JsonValue): UsageReading {
    const counters = new Counters(usage)
    const writtenBefore = this.counts.written
    for (const group of GROUPS) this.take(group, counters)
    // What turns out not to be written was written for no time at all.
    if (writtenBefore > 0 && this.counts.written === 0) Object.assign(this.counts, { written5m: 0, written1h: 0 })
    return this.reading(counters)
  }

  /**
   * Together, because a token that is said to be cached is no longer said to be fresh. Only zeros are sent by who does
   * not know yet, or any more.
   */
  private take(group: readonly (keyof Counts)[], counters: Counters): void {
    let isTold = false
    for (const name of group) if ((counters.optional(PATHS[name]) ?? 0) > 0) isTold = true
    if (!isTold) return
    for (const name of group) this.counts[name] = counters.optional(PATHS[name]) ?? this.counts[name]
  }

  private reading(counters: Counters): UsageReading {
    const { input, cached, written1h, written5m, output, reasoning } = this.counts
    const written = this.counts.written || written5m + written1h
    if (input + cached + written === 0)
      counters.refuse('input_tokens is 0 and nothing was cached, and there is no answer without a prompt')
    if (written1h > written)
      counters.refuse(`${written1h} tokens written for an hour are more than all that were written, ${written}`)
    if (reasoning > output) counters.refuse(`${reasoning} thinking tokens are more than output_tokens, ${output}`)
    return counters.reading({
      input,
      cached_input: cached,
      cache_write: written - written1h,
      cache_write_1h: written1h,
      output: output - reasoning,
      reasoning,
    })
  }
}

/** What of a usage is known before the answer. */
export function promptOnly(reading: UsageReading): UsageReading {
  return reading.kind === 'problem' ? reading : { kind: 'prompt', usage: { ...reading.usage, output: 0, reasoning: 0 } }
}

/** For callers. Reasoning is part of the output here; how much it is, is told beside it where it is known. */
export function writeUsage({
  input,
  cached_input,
  cache_write,
  cache_write_1h,
  output,
  reasoning,
}: Usage): JsonMembers {
  return {
    input_tokens: input,
    cache_creation_input_tokens: cache_write + cache_write_1h,
    cache_read_input_tokens: cached_input,
    cache_creation: { ephemeral_5m_input_tokens: cache_write, ephemeral_1h_input_tokens: cache_write_1h },
    output_tokens: output + reasoning,
    output_tokens_details: reasoning > 0 ? { thinking_tokens: reasoning } : undefined,
  }
}
