import type { DialectName } from './dialect-name.ts'
import type { RawJson } from './json-write.ts'
import type { ProviderError } from './provider-error.ts'
import type { Signature } from './signature.ts'
import type { UsageReading } from './usage-reading.ts'

/**
 * What requests, answers and streams say, in no dialect. Every dialect is read into this and written from it, so that
 * there are as many translations as dialects, and not as many as pairs. Numbers, schemas and the arguments of tools are
 * kept as JSON: nobody's digits or order of keys are changed.
 */

export type NeutralRequest = {
  readonly messages: readonly NeutralMessage[]
  readonly tools: readonly NeutralTool[]
  readonly toolChoice: ToolChoice | null
  /** Whether several tools may be called at once; null where the caller does not say. */
  readonly parallelCalls: boolean | null
  readonly format: AnswerFormat
  readonly reasoning: ReasoningWish | null
  readonly settings: Settings
  readonly stops: readonly string[]
  readonly maxTokens: number | null
  /** How many answers are asked for. */
  readonly n: number
  readonly user: string | null
  readonly stream: boolean
  /** Whether the caller wants the usage of a stream. */
  readonly includeUsage: boolean
  /** What only the caller's dialect has words for; only a provider of the same dialect is told. */
  readonly rest: { readonly dialect: DialectName; readonly members: ReadonlyMap<string, RawJson> }
}

export type NeutralMessage = { readonly role: 'system' | 'user' | 'assistant'; readonly parts: readonly NeutralPart[] }

export type NeutralPart =
  | TextPart
  | MediaPart
  | ReasoningPart
  | CallPart
  | ResultPart
  | { readonly kind: 'refusal'; readonly text: string }

/** How long a provider shall keep the prompt up to here, where it has to be told. */
export type CacheWish = '5m' | '1h'

export type TextPart = { readonly kind: 'text'; readonly text: string; readonly cache?: CacheWish }

export type MediaPart = {
  readonly kind: 'image' | 'document' | 'audio'
  readonly source: MediaSource
  /** The name of a file, or null. */
  readonly name: string | null
  /** How closely an image is to be looked at. */
  readonly detail: string | null
  /** Where the caller wrote it, for errors. */
  readonly param: string
  readonly cache?: CacheWish
}

export type MediaSource =
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'data'; readonly mediaType: string; readonly base64: string }

export type ReasoningPart = {
  readonly kind: 'reasoning'
  readonly text: string
  readonly signature: Signature | null
  /** Reasoning that the provider shows to nobody: there is only a signature. */
  readonly isHidden: boolean
}

export type CallPart = {
  readonly kind: 'call'
  readonly id: string
  readonly name: string
  /** JSON; empty where the model gave nothing. */
  readonly arguments: string
  readonly signature: Signature | null
}

export type ResultPart = {
  readonly kind: 'result'
  readonly callId: string
  readonly parts: readonly (TextPart | MediaPart)[]
  readonly isError: boolean
  readonly cache?: CacheWish
}

export type NeutralTool = {
  readonly name: string
  readonly description: string | null
  /** A JSON schema; null for a tool without arguments. */
  readonly schema: RawJson | null
  /** Where the caller wrote the schema, for errors. */
  readonly param: string
  readonly strict: boolean | null
  readonly cache?: CacheWish
}

export type ToolChoice =
  | { readonly kind: 'auto' | 'none' | 'required' }
  | { readonly kind: 'named'; readonly name: string }

export type AnswerFormat =
  | { readonly kind: 'text' | 'json' }
  | {
      readonly kind: 'schema'
      readonly name: string
      readonly description: string | null
      readonly schema: RawJson
      /** Where the caller wrote it, for errors. */
      readonly param: string
      readonly strict: boolean | null
    }

/** How much a model shall think. A wish of neither effort nor budget is the provider's own measure. */
export type ReasoningWish =
  | { readonly kind: 'off' }
  | { readonly kind: 'on'; readonly effort: Effort | null; readonly budgetTokens: number | null }

export type Effort = 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max'

/** Numbers and switches that most dialects know, under the names of openai-chat. */
export type SettingName =
  | 'temperature'
  | 'top_p'
  | 'top_k'
  | 'frequency_penalty'
  | 'presence_penalty'
  | 'seed'
  | 'logprobs'
  | 'top_logprobs'
  | 'service_tier'

export type Settings = ReadonlyMap<SettingName, RawJson>

export type AnswerPart = TextPart | ReasoningPart | CallPart | { readonly kind: 'refusal'; readonly text: string }

/** `filtered`: the provider's rules forbid the answer. */
export type StopReason = 'end' | 'stop_sequence' | 'length' | 'calls' | 'filtered'

export type NeutralAnswer = {
  readonly id: string | null
  readonly model: string | null
  readonly parts: readonly AnswerPart[]
  readonly stop: StopReason
  readonly stopSequence: string | null
  readonly usage: UsageReading | null
  /** All that the model wrote, in every choice, for counting. */
  readonly written: string
  /** Some providers report a failure with status 200; then there is nothing else. */
  readonly error: ProviderError | null
}

/** One thing a stream says. Calls are numbered from 0 in the order they begin, whatever the provider numbers them. */
export type NeutralEvent =
  | { readonly kind: 'start'; readonly id: string | null; readonly model: string | null }
  | { readonly kind: 'text' | 'reasoning' | 'refusal'; readonly text: string }
  /** Of the reasoning before it. */
  | { readonly kind: 'signature'; readonly signature: Signature; readonly isHidden: boolean }
  | {
      readonly kind: 'call'
      readonly index: number
      readonly id: string
      readonly name: string
      readonly signature: Signature | null
    }
  | { readonly kind: 'arguments'; readonly index: number; readonly text: string }
  | { readonly kind: 'stop'; readonly reason: StopReason; readonly stopSequence: string | null }
  /** Usage may come more than once: the last one counts. */
  | { readonly kind: 'usage'; readonly reading: UsageReading }
  | { readonly kind: 'error'; readonly error: ProviderError }
  /** The end mark: what comes behind it belongs to nothing. */
  | { readonly kind: 'end' }
