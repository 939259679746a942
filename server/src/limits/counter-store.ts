/** What a request asks of one sliding minute, and for whom that minute is counted. */
export type Demand = {
  /** The name of the counter; each one of a request is another. */
  readonly counter: string
  readonly kind: 'requests' | 'tokens'
  /** "key nightly", for messages. */
  readonly whose: string
  /** A whole number, at most the limit. */
  readonly amount: number
  readonly limit: number
}

/** How a counter stands to a demand. */
export type Level = {
  readonly demand: Demand
  /** What counts now; what was just taken is part of it. */
  readonly used: number
  /** Milliseconds until the demand would fit if nothing else were asked for; 0 if it fits now. */
  readonly waitMs: number
  /** Milliseconds until nothing that counts now counts any more. */
  readonly resetMs: number
}

/** What became of the demands, in their order; `slot` says when, for corrections. */
export type Taken = { readonly admitted: boolean; readonly slot: number; readonly levels: readonly Level[] }

/**
 * Counters over a sliding minute. In one process they are in memory; nodes that count together keep them in one place.
 * Every store counts in slots of SLOT_MS: what was taken counts for at least WINDOW_MS, and at most one slot longer.
 */
export type CounterStore = {
  /** Takes all demands if each of them fits, else nothing: one atomic step. */
  take(demands: readonly Demand[]): Taken | Promise<Taken>
  /**
   * Corrects what was taken from a counter. Less is given back to the slot it was taken in, if that still counts; more
   * counts from now.
   */
  correct(counter: string, correction: { readonly slot: number; readonly by: number }): void
}

export const WINDOW_MS = 60_000
export const SLOT_MS = 100
