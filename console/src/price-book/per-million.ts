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
