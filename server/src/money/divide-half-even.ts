/** Division to the nearest whole number; a tie goes to the even one, so that many roundings do not drift. */
export function divideHalfEven(numerator: bigint, denominator: bigint): bigint {
  if (denominator <= 0n) throw new RangeError('the denominator must be positive')
  const quotient = numerator / denominator
  const rest = numerator % denominator
  const twice = 2n * (rest < 0n ? -rest : rest)
  const away = twice > denominator || (twice === denominator && quotient % 2n !== 0n)
  if (!away) return quotient
  return numerator < 0n ? quotient - 1n : quotient + 1n
}
