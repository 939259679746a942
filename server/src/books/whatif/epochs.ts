/** Which stretches of the clock can be priced together, and which must be looked at entry by entry. */
import type { WhatIfGroup } from '@paddock/contract/what-if'
import type { ClassPrices } from '../../prices/class-prices.ts'
import type { Span } from '../../prices/compile.ts'
import { DAY_MS, floorTo } from '../../prices/zone.ts'
import type { Cut } from './cells.ts'
import { slotsIn } from './grid.ts'

/** Stretches that the same prices hold for. `at` stands for all of them. */
export type Epoch = { readonly at: number; readonly stretches: readonly Stretch[] }

/** A slot of the clock or a day, and the cut whose cells are of such. */
export type Stretch = Span & { readonly cut: Cut }

export type Plan = {
  readonly epochs: readonly Epoch[]
  /** The number of the epoch by the start of a cell, for each cut of which cells are wanted. */
  readonly starts: ReadonlyMap<Cut, ReadonlyMap<number, number>>
  /** Stretches in which a price changes, and the ends of the span where it begins or ends inside of one. */
  readonly uneven: readonly Span[]
}

type Asked = {
  readonly from: number
  readonly to: number
  readonly groupBy: WhatIfGroup | null
  readonly currency?: string | null
  /** Cells by key are wanted. */
  readonly byKey: boolean
}

export function planEpochs(prices: ClassPrices, asked: Asked): Plan {
  const { from, to, groupBy, currency = null, byKey } = asked
  const isByDay = groupBy === 'day' || currency !== null
  const numbers = new Map<string, number>()
  const epochs: { at: number; stretches: Stretch[] }[] = []
  const starts = new Map<Cut, Map<number, number>>()
  const uneven: Span[] = []
  for (const stretch of byKey ? daysAndSlots(prices, asked) : slotsOf(asked, 'all')) {
    const name = stretch.from < from || stretch.to > to ? null : prices.epochOf(stretch)
    if (name === null) {
      uneven.push({ from: Math.max(from, stretch.from), to: Math.min(to, stretch.to) })
      continue
    }
    const fullName = isByDay ? `${name} ${floorTo(stretch.from, DAY_MS)}` : name
    const number = numbers.get(fullName) ?? epochs.push({ at: stretch.from, stretches: [] }) - 1
    numbers.set(fullName, number)
    epochs[number]?.stretches.push(stretch)
    const ofCut = starts.get(stretch.cut) ?? new Map<number, number>()
    starts.set(stretch.cut, ofCut.set(stretch.from, number))
  }
  return { epochs, starts, uneven }
}

function slotsOf(span: Span, cut: Cut): Stretch[] {
  return slotsIn(span).map((slot) => ({ ...slot, cut }))
}

/** Whole days where no price changes within them, else their stretches of the clock. */
function daysAndSlots(prices: ClassPrices, { from, to }: Span): Stretch[] {
  const stretches: Stretch[] = []
  for (let midnight = floorTo(from, DAY_MS); midnight < to; midnight += DAY_MS) {
    const day = { from: midnight, to: midnight + DAY_MS }
    const isWhole = day.from >= from && day.to <= to && prices.epochOf(day) !== null
    if (isWhole) stretches.push({ ...day, cut: 'key_day' })
    else stretches.push(...slotsOf({ from: Math.max(from, day.from), to: Math.min(to, day.to) }, 'key'))
  }
  return stretches
}
