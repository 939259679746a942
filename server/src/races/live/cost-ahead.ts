import type { Usage } from '@paddock/contract/usage'
import type { Pico } from '../../money/fixed-point.ts'
import type { Trial } from './record.ts'

/** What races ask of the price book and of the rates of exchange. Amounts come as floats: they are statistics, no bills. */
export type RacePrices = {
  /** Another object after every change of the price book or of the rates. */
  version(): object
  /** What a usage costs at a model at an instant; null without a price or a rate. */
  costOf(model: string, asked: { readonly usage: Usage; readonly at: number; readonly currency: string }): number | null
  worth(
    cost: { readonly pico: Pico; readonly currency: string },
    to: { readonly at: number; readonly currency: string },
  ): number | null
}

const WEEK_MS = 7 * 86_400_000

/**
 * What trials would cost in the week that begins now: each at its own weekday and hour, so that what is cheaper at night stays
 * cheaper at night. Quality does not depend on price, so a new price decides a race without one more call. Where the book knows
 * no price for that week, what was paid counts.
 */
export class CostAhead {
  readonly #prices: RacePrices
  readonly #known = new WeakMap<
    Trial,
    { readonly version: object; readonly at: number; readonly cost: number | null }
  >()

  constructor(prices: RacePrices) {
    this.#prices = prices
  }

  at(now: number, currency: string): (trial: Trial) => number | null {
    const version = this.#prices.version()
    return (trial) => {
      const at = trial.at + Math.ceil((now - trial.at) / WEEK_MS) * WEEK_MS
      const known = this.#known.get(trial)
      if (known?.version === version && known.at === at) return known.cost
      const { model, usage } = trial
      const cost = this.#prices.costOf(model, { usage, at, currency }) ?? this.#paid(trial, currency)
      this.#known.set(trial, { version, at, cost })
      return cost
    }
  }

  /** What was paid for these, as far as a price and a rate were known. */
  paid(trials: readonly Trial[], currency: string): number {
    return trials.reduce((sum, trial) => sum + (this.#paid(trial, currency) ?? 0), 0)
  }

  #paid({ cost, at }: Trial, currency: string): number | null {
    return cost && this.#prices.worth({ pico: cost.pico as Pico, currency: cost.currency }, { at, currency })
  }
}
