import { assert } from '../base/errors.ts'
import type { Level } from './counter-store.ts'
import type { RateHold } from './rate-hold.ts'

/** An admitted request. It ends once, whatever is called how often: its places become free and its tokens are settled. */
export type Permit = {
  /** How the limits stood when it was admitted. */
  readonly levels: readonly Level[]
  /** The request is over and used this many tokens, prompt and answers together. */
  settle(used: { readonly tokens: number }): void
  /** The request is over and nobody said what it used: the tokens that were held stay counted. */
  [Symbol.dispose](): void
}

export function openPermit(rates: RateHold, leave: () => void): Permit {
  let isOpen = true
  const end = (): boolean => {
    const ends = isOpen
    isOpen = false
    if (ends) leave()
    return ends
  }
  return {
    levels: rates.levels,
    settle: ({ tokens }) => {
      assert(Number.isSafeInteger(tokens) && tokens >= 0, 'tokens are a whole number')
      if (end()) rates.settle(tokens)
    },
    [Symbol.dispose]: () => {
      end()
    },
  }
}
