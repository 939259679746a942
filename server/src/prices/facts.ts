/** What is asked of the price book, and what a request says about itself when it is priced. */
import { COMPONENT_FACTS, COMPONENTS, type Component } from './component.ts'
import type { Facts } from './conditions.ts'
import type { MissingYear } from './calendar.ts'
import type { Modality, ServiceTier } from './row.ts'

export type ComponentUsage = Readonly<Partial<Record<Component, number>>>

export type QuoteRequest = {
  /** "provider/model", by its own name or an alias. */
  readonly model: string
  /** Milliseconds since 1970: the price in force then. */
  readonly at: number
  /** The instant whose price list is used, while prices by the clock hold as they do at `at`. Left out: `at` itself. */
  readonly listAt?: number | undefined
  /** Disjoint counters of whole units; absent is zero. Those in `extra` are like any other. */
  readonly usage: ComponentUsage & { readonly extra?: ComponentUsage }
  /** Only prices in this currency. Left out: the provider's billing currency, or the one there is. */
  readonly currency?: string | undefined
  readonly serviceTier?: ServiceTier | undefined
  /** Left out: a request that has reasoning tokens was thinking. */
  readonly thinking?: boolean | undefined
  readonly modality?: Modality | undefined
  /** The context window the provider counted. Left out: the smallest that holds the request. */
  readonly contextWindow?: number | undefined
  /** What the book knew at this instant. Left out: all it knows now. */
  readonly asOf?: number | undefined
}

export function factsOf(request: QuoteRequest, missingYear: MissingYear): Facts {
  const tokens = { prompt: 0, answer: 0, beside: 0 }
  for (const component of COMPONENTS) {
    const units = request.usage[component] ?? 0
    if (!Number.isSafeInteger(units) || units < 0)
      throw new RangeError(`usage of ${component} must be a whole number from zero upwards`)
    tokens[COMPONENT_FACTS[component].side] += units
  }
  return {
    at: request.at,
    inputTokens: tokens.prompt,
    outputTokens: tokens.answer,
    contextWindow: request.contextWindow ?? tokens.prompt + tokens.answer,
    thinking: request.thinking ?? (request.usage.reasoning ?? 0) > 0,
    modality: request.modality ?? null,
    serviceTier: request.serviceTier ?? 'standard',
    missingYear,
  }
}
