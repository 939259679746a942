/** What requests cost and would cost, added up as the cells and entries come in. */
import type { Decimal } from '@paddock/contract/decimal'
import type { WhatIfSums } from '@paddock/contract/what-if'
import { roundToPico } from '../../money/amount.ts'
import { formatPico, type Atto, type Pico } from '../../money/fixed-point.ts'
import { percentChange } from '../../money/percent-change.ts'
import type { FxTable } from '../../prices/fx.ts'
import { DAY_MS, floorTo } from '../../prices/zone.ts'

/** The currency of a report, by the rates of the day on which requests were made. */
export type Reporting = { readonly currency: string; readonly fx: FxTable }

type Amounts = Map<string, { readonly currency: string; readonly day: number; sum: bigint }>

export class Tally {
  requests = 0n
  unpricedBefore = 0n
  unpricedAfter = 0n
  readonly #before: Amounts = new Map()
  readonly #after: Amounts = new Map()

  before(currency: string, at: number, amount: Pico): void {
    add(this.#before, { currency, day: floorTo(at, DAY_MS) }, amount)
  }

  after(currency: string, at: number, amount: Atto): void {
    add(this.#after, { currency, day: floorTo(at, DAY_MS) }, amount)
  }

  written(reporting: Reporting | null): WhatIfSums {
    const before = byCurrency(this.#before)
    const after = new Map([...byCurrency(this.#after)].map(([currency, sum]) => [currency, roundToPico(sum as Atto)]))
    const reported = reporting && this.#report(reporting)
    const [only] = before.keys()
    const isOne = only !== undefined && before.size === 1 && after.size === 1 && after.has(only)
    return {
      requests: Number(this.requests),
      before: writeAll(before),
      after: writeAll(after),
      difference: writeAll(difference(before, after)),
      percent: isOne
        ? percentOf(before.get(only) ?? 0n, after.get(only) ?? 0n)
        : reported === null || reported === undefined
          ? null
          : percentChange(reported.before, reported.after),
      unpriced: { before: Number(this.unpricedBefore), after: Number(this.unpricedAfter) },
      ...(reporting && { reported }),
    }
  }

  #report({ currency, fx }: Reporting): NonNullable<WhatIfSums['reported']> | null {
    const total = (amounts: Amounts, toPico: (sum: bigint) => bigint): bigint | null => {
      let total = 0n
      for (const { currency: from, day, sum } of amounts.values()) {
        const worth = fx.convert(toPico(sum) as Pico, { from, to: currency, at: day })
        if (worth === null) return null
        total += worth
      }
      return total
    }
    const before = total(this.#before, (sum) => sum)
    const after = total(this.#after, (sum) => roundToPico(sum as Atto))
    if (before === null || after === null) return null
    return { currency, before: write(before), after: write(after), difference: write(after - before) }
  }
}

function add(amounts: Amounts, { currency, day }: { currency: string; day: number }, amount: bigint): void {
  const name = `${currency} ${day}`
  const known = amounts.get(name)
  if (known === undefined) amounts.set(name, { currency, day, sum: amount })
  else known.sum += amount
}

function byCurrency(amounts: Amounts): Map<string, bigint> {
  const sums = new Map<string, bigint>()
  for (const { currency, sum } of amounts.values()) sums.set(currency, (sums.get(currency) ?? 0n) + sum)
  return sums
}

function difference(before: ReadonlyMap<string, bigint>, after: ReadonlyMap<string, bigint>): Map<string, bigint> {
  const currencies = new Set([...before.keys(), ...after.keys()])
  return new Map([...currencies].map((each) => [each, (after.get(each) ?? 0n) - (before.get(each) ?? 0n)]))
}

function percentOf(before: bigint, after: bigint): Decimal | null {
  return percentChange(write(before), write(after))
}

function writeAll(sums: ReadonlyMap<string, bigint>): Record<string, Decimal> {
  const sorted = [...sums].toSorted(([left], [right]) => (left < right ? -1 : 1))
  return Object.fromEntries(sorted.map(([currency, sum]) => [currency, write(sum)]))
}

function write(sum: bigint): Decimal {
  return formatPico(sum as Pico)
}
