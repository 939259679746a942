import { NO_USAGE, type Usage } from '@paddock/contract/usage'
import type { JsonValue } from '../../dialects/json-text.ts'
import { Counters, type Measure } from '../../dialects/usage-reading.ts'
import { measured } from './task.ts'

/** What answers say of their usage, where they say it. A number that cannot be true is as good as none. */

/** Tokens of a prompt that has no answer in tokens: its own counter, or all there are. */
export function promptTokensTold(answer: JsonValue): readonly Measure[] {
  return readTokens(answer.member('usage'), (counters) => ({
    ...NO_USAGE,
    input: needed(counters, ['prompt_tokens', 'total_tokens', 'input_tokens']),
  }))
}

/** Reads tokens from a usage that may be absent; nothing where they are not believed. */
export function readTokens(usage: JsonValue | undefined, read: (counters: Counters) => Usage): readonly Measure[] {
  if (usage === undefined || usage.kind === 'null') return []
  const counters = new Counters(usage)
  const reading = counters.reading(read(counters))
  // The problem is only known once everything was read.
  if (counters.problem !== null || reading.kind !== 'usage') return []
  return [measured('provider', reading.usage, 'usage')]
}

/** The first of these counters that is more than nothing: there is no answer without a prompt. */
export function needed(counters: Counters, names: readonly string[]): number {
  const count = counters.first(names)
  if (count === 0) counters.refuse(`${names[0]} is missing`)
  return count
}

/** A whole number of units that a counter says; nothing where it says none. */
export function unitsTold(usage: JsonValue | undefined, path: string): number | null {
  if (usage?.kind !== 'object') return null
  const counters = new Counters(usage)
  const count = counters.optional(path)
  return counters.problem === null ? count : null
}
