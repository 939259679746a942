import { randomInt } from 'node:crypto'

/** Random numbers that come again: the seed is printed when a test fails, and PADDOCK_TEST_SEED brings the same run back. */
export type Seeded = {
  readonly seed: number
  /** From 0 to below 1. */
  fraction(): number
  below(limit: number): number
  between(low: number, high: number): number
  pick<Item>(items: readonly Item[]): Item
}

export function seeded(): Seeded {
  const given = process.env['PADDOCK_TEST_SEED']
  return seededBy(given === undefined ? randomInt(2 ** 31) : Number(given))
}

/** Always the same numbers: for simulations whose results are compared with figures. */
export function seededBy(seed: number): Seeded {
  let state = seed
  // mulberry32 (Tommy Ettinger): small, and good enough to choose cases by.
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number): number => Math.floor(next() * limit)
  return {
    seed,
    fraction: next,
    below,
    between: (low, high) => low + below(high - low + 1),
    pick: (items) => {
      const item = items[below(items.length)]
      if (item === undefined) throw new Error('nothing to pick from')
      return item
    },
  }
}
