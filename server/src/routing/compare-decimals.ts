import type { Decimal } from '@paddock/contract/decimal'

/** Digits behind the point that a Decimal has at most. */
const PLACES = 18

/** Orders decimal texts by what they stand for, exactly: below 0 when the first is smaller. */
export function compareDecimals(one: Decimal, other: Decimal): number {
  const [first, second] = [scaled(one), scaled(other)]
  return first < second ? -1 : first > second ? 1 : 0
}

function scaled(text: Decimal): bigint {
  const [whole = '0', fraction = ''] = text.split('.')
  return BigInt(whole + fraction.padEnd(PLACES, '0'))
}
