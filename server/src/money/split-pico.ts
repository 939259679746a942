/** Totals in a database: a 64-bit integer of 1e-12 overflows at nine million, so a total is kept in two columns. */
import type { Pico } from './fixed-point.ts'

/** Whole units of the currency and what is left of 1e-12. Both columns may be added up row by row. */
export type SplitAmount = { readonly whole: bigint; readonly pico: bigint }

export const PICO_PER_WHOLE = 1_000_000_000_000n

/** The whole part is rounded down, so `pico` is never negative: -0.5 is -1 whole and half a unit in 1e-12. */
export function splitPico(amount: Pico): SplitAmount {
  const rest = amount % PICO_PER_WHOLE
  const pico = rest < 0n ? rest + PICO_PER_WHOLE : rest
  return { whole: (amount - pico) / PICO_PER_WHOLE, pico }
}

/** The amount of a pair or of a sum of pairs, whose `pico` may have outgrown one whole unit. */
export function joinPico({ whole, pico }: SplitAmount): Pico {
  return (whole * PICO_PER_WHOLE + pico) as Pico
}
