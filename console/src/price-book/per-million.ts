import { trimZeros } from '@paddock/webkit/format/format.ts'

export type Rate = { readonly price: string; readonly per: number }

const DIGITS = 12n

/** What a million costs, exactly: 0.0008 of a thousand is "0.8". Null where that has more than twelve decimals, or there is no price. */
export function perMillion(rate: Rate | undefined): string | null {
  if (rate === undefined) return null
  const [whole = '0', decimals = ''] = rate.price.split('.')
  // The price in units of its last digit, with room for a division.
  const scaled = BigInt(whole + decimals) * 10n ** DIGITS * 1_000_000n
  const per = BigInt(rate.per)
  if (scaled % per !== 0n) return null
  const places = decimals.length + Number(DIGITS)
  const digits = String(scaled / per).padStart(places + 1, '0')
  return trimZeros(`${digits.slice(0, -places)}.${digits.slice(-places)}`)
}

/** Counted in tokens, so that a price of a million says the most; the others are priced by the piece. */
export const TOKEN_COMPONENTS = [
  'input',
  'cached_input',
  'cache_write',
  'cache_write_1h',
  'output',
  'reasoning',
  'audio_input',
  'audio_output',
  'image_input',
  'image_output',
] as const

export function isOfTokens(component: string): boolean {
  return TOKEN_COMPONENTS.some((name) => name === component)
}
