import { assert } from '../base/errors.ts'
import type { Level } from './counter-store.ts'
import type { RateHold } from './rate-hold.ts'
import type { Seat, Seats } from './seats.ts'

/** An admitted request. It ends once, whatever is called how often: its places become free and its tokens are settled. */
export type Permit = {
  /** How the limits stood when it was admitted. */
  readonly levels: readonly Level[]
  /** The request is over and used this many tokens, prompt and answers together. */
  settle(used: { readonly tokens: number }): void
  /** The request is over and nobody said what it used: the tokens that were held stay counted. */
  [Symbol.dispose](): void
}

export function openPermit(rates: RateHold, seats: Pick<Seats, 'leave'>, seat: Seat): Permit {
  return new OpenPermit(rates, seats, seat)
}

class OpenPermit implements Permit {
  readonly levels: readonly Level[]
  private readonly rates: RateHold
  private readonly seats: Pick<Seats, 'leave'>
  private readonly seat: Seat
  private isOpen = true

  constructor(rates: RateHold, seats: Pick<Seats, 'leave'>, seat: Seat) {
    this.levels = rates.levels
    this.rates = rates
    this.seats = seats
    this.seat = seat
  }

  settle({ tokens }: { readonly tokens: number }): void {
    assert(Number.isSafeInteger(tokens) && tokens >= 0, 'tokens are a whole number')
    if (this.end()) this.rates.settle(tokens)
  }

  [Symbol.dispose](): void {
    this.end()
  }

  private end(): boolean {
    const ends = this.isOpen
    this.isOpen = false
    if (ends) this.seats.leave(this.seat)
    return ends
  }
}
