/** Under which circumstances a price holds: compiled once, asked for every request. */
import type { Calendars, MissingYear } from './calendar.ts'
import type { Bounds, Modality, ServiceTier, TimeCondition, When } from './row.ts'
import { compileTime, timeHolds, timesAreDisjoint, timeSpecificity, type CompiledTime } from './time.ts'

/** What there is to know about a request when it is priced. */
export type Facts = {
  readonly at: number
  /** All tokens of the prompt, and all tokens of the answer. */
  readonly inputTokens: number
  readonly outputTokens: number
  readonly contextWindow: number
  readonly thinking: boolean
  readonly modality: Modality | null
  readonly serviceTier: ServiceTier
  readonly missingYear: MissingYear
}

/** Whole tokens, both ends inside. */
export type Interval = { readonly min: number; readonly max: number }

export type CompiledWhen = {
  readonly inputTokens: Interval | null
  readonly outputTokens: Interval | null
  readonly contextWindow: Interval | null
  readonly thinking: boolean | null
  readonly modality: Modality | null
  readonly serviceTier: ServiceTier | null
  readonly time: CompiledTime | null
  readonly specificity: number
}

export function compileWhen(when: When, calendars: Calendars): CompiledWhen {
  return {
    inputTokens: intervalOf(when.input_tokens),
    outputTokens: intervalOf(when.output_tokens),
    contextWindow: intervalOf(when.context_window),
    thinking: when.thinking ?? null,
    modality: when.modality ?? null,
    serviceTier: when.service_tier ?? null,
    time: when.time === undefined ? null : compileTime(when.time, calendars),
    specificity: specificityOf(when),
  }
}

export function conditionHolds(when: CompiledWhen, facts: Facts): boolean {
  return (
    isInside(when.inputTokens, facts.inputTokens) &&
    isInside(when.outputTokens, facts.outputTokens) &&
    isInside(when.contextWindow, facts.contextWindow) &&
    (when.thinking === null || when.thinking === facts.thinking) &&
    (when.modality === null || when.modality === facts.modality) &&
    (when.serviceTier === null || when.serviceTier === facts.serviceTier) &&
    (when.time === null || timeHolds(when.time, facts.at, facts.missingYear))
  )
}

/** True only when no request can meet both. */
export function areDisjoint(left: CompiledWhen, right: CompiledWhen): boolean {
  return (
    areApart(left.inputTokens, right.inputTokens) ||
    areApart(left.outputTokens, right.outputTokens) ||
    areApart(left.contextWindow, right.contextWindow) ||
    differ(left.thinking, right.thinking) ||
    differ(left.modality, right.modality) ||
    differ(left.serviceTier, right.serviceTier) ||
    (left.time !== null && right.time !== null && timesAreDisjoint(left.time, right.time))
  )
}

/** The limits as whole tokens: more than 32,000 is 32,001 and up. */
export function toInterval({ gt, gte, lt, lte }: Bounds): Interval {
  return { min: gte ?? (gt === undefined ? 0 : gt + 1), max: lte ?? (lt === undefined ? Infinity : lt - 1) }
}

/** A condition in words, the same for the same condition: "input_tokens > 32000 and <= 128000, service_tier batch". */
export function describeWhen(when: When): string {
  const said = [
    when.input_tokens && `input_tokens ${describeBounds(when.input_tokens)}`,
    when.output_tokens && `output_tokens ${describeBounds(when.output_tokens)}`,
    when.context_window && `context_window ${describeBounds(when.context_window)}`,
    when.thinking === undefined ? undefined : when.thinking ? 'thinking' : 'not thinking',
    when.modality && `modality ${when.modality}`,
    when.service_tier && `service_tier ${when.service_tier}`,
    when.time && describeTime(when.time),
  ]
  return said.filter((part) => part !== undefined).join(', ')
}

function describeBounds({ gt, gte, lt, lte }: Bounds): string {
  const said = [
    ['>', gt],
    ['>=', gte],
    ['<', lt],
    ['<=', lte],
  ] as const
  return said.flatMap(([sign, limit]) => (limit === undefined ? [] : `${sign} ${limit}`)).join(' and ')
}

function describeTime(time: TimeCondition): string {
  const said = [
    time.weekdays?.join(' '),
    time.windows?.join(' and '),
    time.from && `from ${time.from}`,
    time.to && `before ${time.to}`,
    time.not_on && `not on ${time.not_on}`,
    time.only_on && `only on ${time.only_on}`,
  ]
  return `${said.filter((part) => part !== undefined).join(' ')} ${time.zone}`
}

function specificityOf({ time, ...others }: When): number {
  return Object.keys(others).length + (time === undefined ? 0 : timeSpecificity(time))
}

function intervalOf(bounds: Bounds | undefined): Interval | null {
  return bounds === undefined ? null : toInterval(bounds)
}

function isInside(interval: Interval | null, tokens: number): boolean {
  return interval === null || (tokens >= interval.min && tokens <= interval.max)
}

function areApart(left: Interval | null, right: Interval | null): boolean {
  return left !== null && right !== null && (left.max < right.min || right.max < left.min)
}

function differ<T>(left: T | null, right: T | null): boolean {
  return left !== null && right !== null && left !== right
}
