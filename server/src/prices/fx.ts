/** What one currency is worth in another, by the operator's dated table: to compare and to report, never to price. */
import type { FxSetting } from '@paddock/contract/fx'
import { divideHalfEven } from '../money/divide-half-even.ts'
import { ATTO_PLACES, parseAtto, type Pico } from '../money/fixed-point.ts'

/** From one currency to another, at an instant in milliseconds since 1970. */
export type Exchange = { readonly from: string; readonly to: string; readonly at: number }

/** The row that holds, and whether it is used backwards because it was written for the other direction. */
export type FxRate = { readonly row: FxSetting; readonly inverse: boolean }

export type FxTable = {
  /** The most recent rate of the two currencies, in either direction, that is valid by then; null where there is none. */
  find(exchange: Exchange): FxRate | null
  /** The amount in the other currency, rounded once, half to even; itself in its own; null where there is no rate. */
  convert(amount: Pico, exchange: Exchange): Pico | null
}

type Dated = { readonly row: FxSetting; readonly validFrom: number; readonly rate: bigint }

const ONE = 10n ** BigInt(ATTO_PLACES)

/** A day begins at midnight UTC. There are no chains: by way of a third currency nothing is worth anything. */
export function openFxTable(rows: readonly FxSetting[]): FxTable {
  const dated = rows
    .map((row): Dated => ({ row, validFrom: Date.parse(row.valid_from), rate: parseAtto(row.rate) ?? 0n }))
    .toSorted((one, other) => other.validFrom - one.validFrom)
  const find = ({ from, to, at }: Exchange): (Dated & FxRate) | null => {
    const valid = dated.filter(({ row, validFrom }) => validFrom <= at && joins(row, from, to))
    const newest = valid.filter(({ validFrom }) => validFrom === valid[0]?.validFrom)
    const found = newest.find(({ row }) => row.from === from) ?? newest[0]
    return found ? { ...found, inverse: found.row.from !== from } : null
  }
  return {
    find: (exchange) => {
      const found = find(exchange)
      return found && { row: found.row, inverse: found.inverse }
    },
    convert: (amount, exchange) => {
      if (exchange.from === exchange.to) return amount
      const found = find(exchange)
      if (found === null) return null
      const { rate, inverse } = found
      return (inverse ? divideHalfEven(amount * ONE, rate) : divideHalfEven(amount * rate, ONE)) as Pico
    },
  }
}

function joins(row: FxSetting, one: string, other: string): boolean {
  return (row.from === one && row.to === other) || (row.from === other && row.to === one)
}
