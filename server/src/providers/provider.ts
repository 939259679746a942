import type { Dialect } from '../dialects/dialect.ts'

/**
 * Who serves models. A provider is facts, not code: where its API is, how it is asked, how it counts and how it fails.
 * If a provider seems to need a function, the missing fact belongs in this shape, so that every provider declares it.
 */
export type Provider = {
  /** The first half of a model's name: "deepseek" in "deepseek/deepseek-chat". */
  readonly id: string
  readonly name: { readonly en: string; readonly zh: string; readonly ja: string }
  readonly dialect: Dialect
  /** Everything before /chat/completions. */
  readonly baseUrl: string
  readonly auth: 'bearer' | 'none'
  /** Environment variables that may hold the key, first one found wins. Empty: no key is needed. */
  readonly keyEnv: readonly string[]
  /** Environment variables that move the base URL; finding one switches a keyless provider on. */
  readonly baseUrlEnv: readonly string[]
  /** The currency the provider bills in: it chooses between price rows where a model is listed in several. */
  readonly currency: string
  /** The IANA zone in which the provider counts days. */
  readonly zone: string
  readonly usage: UsageFacts
  /** What a provider charges when the caller hangs up: what was produced, the whole answer, or nobody knows. */
  readonly abortBills: 'produced' | 'full' | 'unknown'
  /** Which instant's price applies. */
  readonly pricedAt: 'accepted' | 'completed'
  /** Where the facts were read: pages, repositories, packages. */
  readonly evidence: readonly string[]
  /** Names of the facts above that no source was read for: do not rely on them before trying. */
  readonly unverified: readonly string[]
}

/** How a provider of an OpenAI-like dialect reports usage. */
export type UsageFacts = {
  /** Whether `stream_options.include_usage` is understood; where it is not, asking for it could be refused. */
  readonly streamOption: boolean
  /** Whether `completion_tokens` already contains the reasoning tokens. */
  readonly reasoningInOutput: boolean
}
