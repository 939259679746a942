import { NO_USAGE, type Usage, type UsageSource } from '@paddock/contract/usage'
import { excerpt } from '../base/errors.ts'
import type { JsonValue } from './json-text.ts'

/** A provider's usage in disjoint counters, or what about it cannot be true: for the entry and the alarm. */
export type UsageReading =
  | { readonly kind: 'usage'; readonly usage: Usage }
  /** Told before the answer: tokens of the answer are not in it. */
  | { readonly kind: 'prompt'; readonly usage: Usage }
  | { readonly kind: 'problem'; readonly problem: string }

/** One way to count what was used, and how it is known. */
export type Measure = { readonly usage: Usage; readonly source: UsageSource; readonly method: string }

/** What can be told of a usage: nothing that is not believed. */
export function believed(reading: UsageReading | null): Usage {
  return reading === null || reading.kind === 'problem' ? NO_USAGE : reading.usage
}

/** A usage that is not believed gives way to what was counted. */
export function believedOr(reading: UsageReading | null, counted: Usage | undefined): UsageReading | null {
  return reading?.kind === 'usage' || counted === undefined ? reading : { kind: 'usage', usage: counted }
}

/** How a provider counts; part of its facts. */
export type UsageCounting = {
  /** Whether the output tokens already contain the reasoning tokens. */
  readonly reasoningInOutput: boolean
}

/** No answer has more; what claims to is a mistake that would cost a fortune. */
const TOKENS_MAX = 1e10

/** Reads numbers out of a usage object and remembers the first thing that is wrong with it. */
export class Counters {
  problem: string | null = null
  private readonly usage: JsonValue

  constructor(usage: JsonValue) {
    this.usage = usage
    if (usage.kind !== 'object') this.refuse('usage is no object')
  }

  /** What cannot be true of it. */
  refuse(problem: string): void {
    this.problem ??= problem
  }

  needed(path: string): number {
    const count = this.optional(path)
    if (count === null) this.refuse(`${path} is missing`)
    return count ?? 0
  }

  /** The first of these names that has a number: who fills in two of them may leave one at zero. */
  first(paths: readonly string[]): number {
    for (const path of paths) {
      const count = this.optional(path)
      if (count !== null && count > 0) return count
    }
    return 0
  }

  optional(path: string): number | null {
    const value = valueAt(this.usage, path)
    if (value === undefined || value.kind === 'null') return null
    const count = value.kind === 'number' ? value.number() : NaN
    if (Number.isInteger(count) && count >= 0 && count <= TOKENS_MAX) return count
    const written = excerpt(value.raw.toString('utf8', 0, 80))
    this.refuse(`${path} is ${written}, not a whole number from 0 to ${TOKENS_MAX}`)
    return null
  }

  reading(usage: Usage): UsageReading {
    return this.problem === null ? { kind: 'usage', usage } : { kind: 'problem', problem: this.problem }
  }
}

/** Paths are a few dozen, and asked for with every answer: they are split once. */
const split = new Map<string, readonly string[]>()

/** "prompt_tokens_details.cached_tokens" is a member of a member. */
function valueAt(object: JsonValue, path: string): JsonValue | undefined {
  let names = split.get(path)
  if (names === undefined) split.set(path, (names = path.split('.')))
  let value: JsonValue | undefined = object
  for (const name of names) value = value?.member(name)
  return value
}
