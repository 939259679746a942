import Big from 'big.js'

export type Money = { readonly amount: string | null; readonly currency: string | null }
export type Sums = { add(money: Money): void; written(): Record<string, string> }

/** Sums by currency, by a decimal library that shares nothing with ours. */
export function oracleSums(): Sums {
  const sums = new Map<string, Big>()
  return {
    add: ({ amount, currency }) => {
      if (amount !== null && currency !== null) sums.set(currency, (sums.get(currency) ?? new Big(0)).plus(amount))
    },
    written: () => inOrder([...sums].map(([currency, sum]) => [currency, sum.toFixed(12)])),
  }
}

export function inOrder(sums: readonly [string, string][]): Record<string, string> {
  return Object.fromEntries(sums.toSorted(([left], [right]) => (left < right ? -1 : 1)))
}
