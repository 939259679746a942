/** By how much a price changed, as people say it. */
import type { Decimal } from '@paddock/contract/decimal'
import { divideHalfEven } from './divide-half-even.ts'
import { parseAtto } from './fixed-point.ts'

const PLACES_MAX = 36

/**
 * The change from one price to another in percent, half to even, with one decimal: "-97.5". It has more decimals only
 * where one would lie: a change that would read "0.0", or a price left over that would read "-100.0". Null when the first
 * price is zero, for no percentage leads from nothing to something.
 */
export function percentChange(from: Decimal, to: Decimal): Decimal | null {
  const before = parseAtto(from)
  const after = parseAtto(to)
  if (before === null || after === null || before <= 0n || after < 0n) return null
  for (let places = 1; places < PLACES_MAX; places += 1) {
    const scale = 10n ** BigInt(places)
    const scaled = divideHalfEven((after - before) * 100n * scale, before)
    const hidesChange = scaled === 0n && after !== before
    const hidesRest = scaled === -100n * scale && after !== 0n
    if (!hidesChange && !hidesRest) return write(scaled, scale)
  }
  return null
}

function write(scaled: bigint, scale: bigint): Decimal {
  const size = scaled < 0n ? -scaled : scaled
  const places = scale.toString().length - 1
  const fraction = (size % scale).toString().padStart(places, '0')
  return `${scaled < 0n ? '-' : ''}${(size / scale).toString()}.${fraction}` as Decimal
}
