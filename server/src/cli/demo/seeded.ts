import { uuidV7 } from '../../base/ids.ts'

/** Chance that comes again with its seed. */
export type Seeded = {
  /** From 0 to below 1. */
  fraction(): number
  below(limit: number): number
  /** True with this probability. */
  chance(probability: number): boolean
  pick<Item>(items: readonly [Item, ...Item[]]): Item
  /** How many come where so many are expected. */
  poisson(expected: number): number
  /** An id of an instant in milliseconds since 1970. */
  id(at: number): string
}

const WORD = 2 ** 32

/** The generator known as sfc32, which is quick and passes the usual batteries of tests. */
export function seededBy(seed: number): Seeded {
  let [a, b, c, count] = [seed | 0, 0x2545f491, 0x6c078965, 1]
  const word = (): number => {
    const sum = (a + b + count) | 0
    count = (count + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    return sum >>> 0
  }
  // The first words still look like the seed.
  for (let skipped = 0; skipped < 16; skipped += 1) word()
  const fraction = (): number => word() / WORD
  const below = (limit: number): number => Math.floor(fraction() * limit)
  return {
    fraction,
    below,
    chance: (probability) => fraction() < probability,
    pick: (items) => items[below(items.length)] ?? items[0],
    poisson: (expected) => poisson(expected, fraction),
    id: (at) => {
      const bytes = Buffer.allocUnsafe(16)
      for (let place = 0; place < 16; place += 4) bytes.writeUInt32BE(word(), place)
      return uuidV7(at, bytes)
    },
  }
}

/** Knuth's way, in parts: e to the minus of a large number would be zero. */
function poisson(expected: number, fraction: () => number): number {
  const part = Math.min(expected, 30)
  let product = fraction()
  let count = 0
  for (const limit = Math.exp(-part); product > limit; count += 1) product *= fraction()
  return expected > part ? count + poisson(expected - part, fraction) : count
}
