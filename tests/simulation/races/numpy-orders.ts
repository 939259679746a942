const MASK_128 = (1n << 128n) - 1n
const MASK_64 = (1n << 64n) - 1n
const MULTIPLIER = 0x2360ed051fc65da44385df649fccf645n
const DOUBLE = 2 ** -53

/** Where NumPy's `default_rng(seed)` begins: `bit_generator.state`. */
export type Pcg64 = { readonly state: bigint; readonly increment: bigint }

/**
 * Random orders as NumPy makes them: `default_rng(seed).random((orders, items)).argsort(1)`. The generator is PCG64, XSL-RR
 * (M. O'Neill, "PCG", HMC-CS-2014-0905), and a fraction its upper 53 bits.
 */
export function numpyOrders({ state, increment }: Pcg64, orders: number, items: number): number[][] {
  let now = state
  const fraction = (): number => {
    now = (now * MULTIPLIER + increment) & MASK_128
    const folded = (now >> 64n) ^ (now & MASK_64)
    const turned = now >> 122n
    const bits = ((folded >> turned) | (folded << (64n - turned))) & MASK_64
    return Number(bits >> 11n) * DOUBLE
  }
  return Array.from({ length: orders }, () => {
    const fractions = Array.from({ length: items }, fraction)
    return fractions.map((_, item) => item).toSorted((one, other) => (fractions[one] ?? 0) - (fractions[other] ?? 0))
  })
}
