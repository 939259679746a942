import type { JsonOut } from './json-write.ts'
import type { SettingName } from './neutral.ts'
import type { UsageCounting } from './usage-reading.ts'

/** What may differ between two providers of one dialect. A fact that is absent is what the dialect's own author does. */
export type DialectFacts = {
  readonly usage: UsageCounting & {
    /** Whether `stream_options.include_usage` is understood; where it is not, asking for it could be refused. */
    readonly streamOption: boolean
  }
  /** The header that carries the key, if it is not the dialect's own. */
  readonly keyHeader?: 'authorization' | 'x-api-key' | 'x-goog-api-key'
  readonly reasoningSwitch?: ReasoningSwitch
  /** The field in which reasoning must be sent back with the tool calls it led to; a provider that wants it refuses without. */
  readonly reasoningBack?: 'reasoning_content' | 'reasoning'
  /** Whether reasoning stands in the text, between <think> and </think>. */
  readonly thinkTags?: boolean
  /** The key of `extra_content` under which a call's signature is sent back. */
  readonly signatureKey?: string
  /** Fields that are refused or misread, by their names in the provider's dialect; they are left out. */
  readonly unsupported?: readonly string[]
  /** Where a setting's range is smaller than the dialect's; values outside are moved to its end. */
  readonly ranges?: Readonly<Partial<Record<SettingName, Range>>>
  /** The most that may be asked for, and what is asked for where the dialect needs a number and the caller gives none. */
  readonly outputTokensMax?: number
  /** How the limit of output tokens is called. */
  readonly outputTokensName?: 'max_tokens' | 'max_completion_tokens'
  /** What stands for empty content, where that is refused. */
  readonly emptyContent?: string
  /** Whether images and documents at an address are fetched. */
  readonly fetchesUrls?: boolean
  /** Whether answers in a given form can be asked for: by schema, as any JSON, or not at all. */
  readonly formats?: 'schema' | 'json' | 'text'
  /** Whether its answers break SDKs of its own dialect, so that they are written anew for everybody. */
  readonly irregular?: boolean
  /** Codes and types of errors that mean: the provider's rules forbid this content. */
  readonly filterCodes?: readonly string[]
}

export type Range = { readonly min: number; readonly max: number }

/** How a provider is told to think more, less or not at all. Paths are of members: `thinking.type`. */
export type ReasoningSwitch = {
  readonly toggle?: {
    readonly path: string
    readonly on: JsonOut
    /** Absent where thinking cannot be switched off. */
    readonly off?: JsonOut
  }
  readonly effort?: {
    readonly path: string
    /** The levels that are known; "none" among them switches off. */
    readonly levels: readonly string[]
  }
  readonly budget?: {
    readonly path: string
    /** From 0 where a budget of nothing switches off. */
    readonly range: Range
    /** Whether thinking cannot be switched on without one. */
    readonly needed?: boolean
  }
  /** What must be said beside any wish but "off", such as whether thoughts are to be shown. */
  readonly always?: { readonly path: string; readonly value: JsonOut }
}
