import { divideHalfEven } from '../../money/divide-half-even.ts'
import type { Pico } from '../../money/fixed-point.ts'

/** An amount as a bill writes it, and how far rounding or cutting off may have moved it. */
export type BilledAmount = { readonly amount: Pico; readonly step: Pico }

const PICO_PLACES = 12
const PLACES_MAX = 60
/** A hundredth: who writes "7" may mean 7.00, and rounds to no less. */
const STEP_PLACES_MIN = 2

/**
 * Reads "1234.5", "¥1,234.50", "1.234,50", "-0.2", "(0.20)" and "1e-05". Null for what is none of these, or could be two:
 * "1,234" is a thousand in one country and one and a quarter in another, and only `decimalComma` can tell.
 */
export function readAmount(text: string, decimalComma: boolean | null): BilledAmount | null {
  const bare = text.replace(/[\s ¥￥$€£]|^(CNY|USD|EUR|RMB)|(元|CNY|USD|EUR)$/gi, '')
  const negative = /^\((.*)\)$/.exec(bare)
  const plain = normalize(negative?.[1] ?? bare, decimalComma)
  const parts = plain === null ? null : /^([+-]?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/.exec(plain)
  if (parts === null) return null
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = parts
  const places = fraction.length - Number(exponent)
  if (Math.abs(places) > PLACES_MAX) return null
  const size = toPico(BigInt(whole + fraction), places)
  const isNegative = (sign === '-') !== (negative !== null)
  return { amount: (isNegative ? -size : size) as Pico, step: toPico(1n, Math.max(places, STEP_PLACES_MIN)) as Pico }
}

/** With a point before the decimals and nothing between the thousands. */
function normalize(text: string, decimalComma: boolean | null): string | null {
  if (!text.includes(',')) return decimalComma === true ? text.replaceAll('.', '') : text
  const point = /^[+-]?\d{1,3}(,\d{3})+(\.\d*)?$/.test(text)
  const comma = /^[+-]?\d{1,3}(\.\d{3})*,\d*$/.test(text) || /^[+-]?\d+,\d*$/.test(text)
  const isComma = decimalComma ?? (point && comma ? null : comma)
  if (isComma === null || (isComma ? !comma : !point)) return null
  return isComma ? text.replaceAll('.', '').replace(',', '.') : text.replaceAll(',', '')
}

/** Half to even, where a bill writes more than twelve decimals, as programs do that reckon with floats. */
function toPico(digits: bigint, places: number): bigint {
  if (places <= PICO_PLACES) return digits * 10n ** BigInt(PICO_PLACES - places)
  return divideHalfEven(digits, 10n ** BigInt(places - PICO_PLACES))
}
