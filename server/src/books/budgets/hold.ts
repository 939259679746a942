import type { Pico } from '../../money/fixed-point.ts'
import type { Budget } from './budget.ts'
import type { Tally } from './tally.ts'

/** Budgets of one subject that count the same: what a request takes from them, it takes from all. */
export type Bound = {
  readonly tally: Tally
  readonly budgets: readonly Budget[]
  /** What its subject is called. */
  readonly name: string
  /** Set where only what this model costs counts. */
  readonly model: string | null
}

/** A hard budget that has no room for what a request may cost. */
export type Short = {
  readonly bound: Bound
  readonly budget: Budget
  readonly needed: bigint
  readonly spent: bigint
  /** What is held for other requests. */
  readonly held: bigint
}

/** What was spent in a budget's window, in its currency. */
export type SpentIn = (tally: Tally, currency: string) => bigint

/** Money that is kept back for one request, in every budget it counts in. It ends once, whatever is called how often. */
export class Hold {
  readonly bounds: readonly Bound[]
  readonly #spentIn: SpentIn
  readonly #onEnd: () => void
  readonly #amounts: bigint[]
  #isOpen = true

  constructor(bounds: readonly Bound[], spentIn: SpentIn, onEnd: () => void) {
    this.bounds = bounds
    this.#spentIn = spentIn
    this.#onEnd = onEnd
    this.#amounts = bounds.map(() => 0n)
  }

  /** What is held in the budgets of a bound. */
  amountOf(bound: Bound): bigint {
    return this.#amounts[this.bounds.indexOf(bound)] ?? 0n
  }

  /**
   * Raises what is held to these amounts, one for each bound and in its currency: in all of them, or in none, and then
   * tells which budget falls short. Nothing is awaited between looking and taking.
   */
  raise(amounts: readonly bigint[]): Short | null {
    const short = this.firstShort(amounts)
    if (short !== null) return short
    for (const [index, { tally }] of this.bounds.entries()) {
      const more = this.#moreOf(amounts, index)
      tally.held += more
      this.#amounts[index] = (this.#amounts[index] ?? 0n) + more
    }
    return null
  }

  /** The first hard budget that has no room for these amounts. */
  firstShort(amounts: readonly bigint[]): Short | null {
    if (!this.#isOpen) return null
    for (const [index, bound] of this.bounds.entries()) {
      const more = this.#moreOf(amounts, index)
      const short = more > 0n ? this.#shortIn(bound, { more, needed: amounts[index] ?? 0n }) : null
      if (short !== null) return short
    }
    return null
  }

  /** The request is over: what it cost is in the books, or it cost nothing. */
  end(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    for (const [index, { tally }] of this.bounds.entries()) tally.held -= this.#amounts[index] ?? 0n
    this.#onEnd()
  }

  /** A hold only grows: a request that turns out cheaper is settled soon enough. */
  #moreOf(amounts: readonly bigint[], index: number): bigint {
    const more = (amounts[index] ?? 0n) - (this.#amounts[index] ?? 0n)
    return this.#isOpen && more > 0n ? more : 0n
  }

  #shortIn(bound: Bound, { more, needed }: { more: bigint; needed: bigint }): Short | null {
    const { tally, budgets } = bound
    for (const budget of budgets) {
      if (!budget.hard) continue
      const spent = this.#spentIn(tally, budget.currency)
      if (spent + tally.held + more > budget.limit)
        return { bound, budget, needed, spent, held: tally.held + more - needed }
    }
    return null
  }
}

/** An amount in another currency; null where nobody says what it is worth there. */
export type Convert = (
  amount: Pico,
  between: { readonly from: string; readonly to: string; readonly at: number },
) => Pico | null

/** Without a table, a currency is worth something only in itself. */
export const convertNothing: Convert = (amount, { from, to }) => (from === to ? amount : null)
