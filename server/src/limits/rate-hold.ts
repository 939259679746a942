import type { CounterStore, Demand, Level } from './counter-store.ts'
import { largerThanLimit, rateLimited } from './refusals.ts'

/** What a request has taken from its sliding minutes: itself, and as many tokens as it may need. */
export type RateHold = {
  readonly levels: readonly Level[]
  /** Puts the tokens that were really used in the place of those that were held. */
  settle(tokens: number): void
  /** As if the request had never been. */
  giveBack(): void
}

/** Of a request that is under no rate. */
export const NO_RATES: RateHold = { levels: [], settle: () => undefined, giveBack: () => undefined }

/** Takes from all or from none. Throws `rate_limited`, or `cap_exceeded` for a request that would never fit. */
export function takeRates(counters: CounterStore, demands: readonly Demand[]): RateHold | Promise<RateHold> {
  return demands.length === 0 ? NO_RATES : take(counters, demands)
}

async function take(counters: CounterStore, demands: readonly Demand[]): Promise<RateHold> {
  for (const demand of demands) if (demand.amount > demand.limit) throw largerThanLimit(demand)
  const { admitted, slot, levels } = await counters.take(demands)
  if (!admitted) throw rateLimited(levels)
  const correct = (demand: Demand, by: number): void => {
    if (by !== 0) counters.correct(demand.counter, { slot, by })
  }
  return {
    levels,
    settle: (tokens) => {
      for (const demand of demands) if (demand.kind === 'tokens') correct(demand, tokens - demand.amount)
    },
    giveBack: () => {
      for (const demand of demands) correct(demand, -demand.amount)
    },
  }
}
