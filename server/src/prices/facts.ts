/** What is asked of the price book, and what a request says about itself when it is priced. */
import { COMPONENT_FACTS, COMPONENTS, type Component, type Side } from './component.ts'
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

/** Units of one component. */
export type Counted = { readonly component: Component; readonly side: Side; readonly units: number }

/** What of a usage is more than nothing, in the order of all components. Throws a RangeError for what is no count. */
export function unitsIn(usage: ComponentUsage): readonly Counted[] {
  const counted: Counted[] = []
  for (const component of COMPONENTS) {
    const units = usage[component]
    if (units === undefined || units === 0) continue
    if (!Number.isSafeInteger(units) || units < 0)
      throw new RangeError(`usage of ${component} must be a whole number from zero upwards`)
    counted.push({ component, side: COMPONENT_FACTS[component].side, units })
  }
  return counted
}

export function factsOf(request: QuoteRequest, counted: readonly Counted[], missingYear: MissingYear): Facts {
  let prompt = 0
  let answer = 0
  let hasThought = false
  for (const { component, side, units } of counted) {
    if (side === 'prompt') prompt += units
    else if (side === 'answer') answer += units
    if (component === 'reasoning') hasThought = true
  }
  return {
    at: request.at,
    inputTokens: prompt,
    outputTokens: answer,
    contextWindow: request.contextWindow ?? prompt + answer,
    thinking: request.thinking ?? hasThought,
    modality: request.modality ?? null,
    serviceTier: request.serviceTier ?? 'standard',
    missingYear,
  }
}
