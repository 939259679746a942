/** Which stretches of the clock can be priced together, and which must be looked at entry by entry. */
import type { WhatIfGroup } from '@paddock/contract/what-if'
import type { ClassPrices } from '../../prices/class-prices.ts'
import type { Span } from '../../prices/compile.ts'
import { DAY_MS, floorTo } from '../../prices/zone.ts'
import { slotsIn } from './grid.ts'

/** Stretches that the same prices hold for. `at` stands for all of them. */
export type Epoch = { readonly at: number; readonly slots: readonly Span[] }

export type Plan = {
  readonly epochs: readonly Epoch[]
  /** The number of the epoch by the start of a stretch. */
  readonly epochOfStart: ReadonlyMap<number, number>
  /** Stretches in which a price changes, and the ends of the span where it begins or ends inside of one. */
  readonly uneven: readonly Span[]
}

type Asked = {
  readonly from: number
  readonly to: number
  readonly groupBy: WhatIfGroup | null
  readonly currency?: string | null
}

export function planEpochs(prices: ClassPrices, { from, to, groupBy, currency = null }: Asked): Plan {
  const isByDay = groupBy === 'day' || currency !== null
  const slotsByName = new Map<string, Span[]>()
  const uneven: Span[] = []
  for (const slot of slotsIn({ from, to })) {
    const name = slot.from < from || slot.to > to ? null : prices.epochOf(slot)
    if (name === null) uneven.push({ from: Math.max(from, slot.from), to: Math.min(to, slot.to) })
    else pushTo(slotsByName, isByDay ? `${name} ${floorTo(slot.from, DAY_MS)}` : name, slot)
  }
  const epochs = [...slotsByName.values()].map((slots) => ({ at: slots[0]?.from ?? from, slots }))
  const epochOfStart = epochs.flatMap(({ slots }, number) => slots.map((slot) => [slot.from, number] as const))
  return { epochs, epochOfStart: new Map(epochOfStart), uneven }
}

function pushTo(groups: Map<string, Span[]>, name: string, slot: Span): void {
  const group = groups.get(name)
  if (group === undefined) groups.set(name, [slot])
  else group.push(slot)
}
