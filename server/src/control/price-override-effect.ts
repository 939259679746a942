import type { EffectiveChange } from '@paddock/contract/price-event'
import type { WhatIfSums } from '@paddock/contract/what-if'
import type { BooksReader } from '../books/reader.ts'
import { slotOf } from '../books/whatif/grid.ts'
import type { Pricing } from '../books/whatif/run.ts'
import { splitModel, type PriceBook } from '../prices/book.ts'
import { compareEffective } from '../prices/effective.ts'
import { LEVELS, type PriceRow } from '../prices/row.ts'
import { DAY_MS } from '../prices/zone.ts'
import type { RoutingTable } from '../routing/table.ts'

/** What a price would do that nobody has set yet. */

export type EffectParts = {
  readonly reader: Pick<BooksReader, 'sums' | 'whatIf'>
  readonly pricing: () => Pricing
  readonly routing: () => RoutingTable
}

export type ModelEffect = {
  readonly model: string
  readonly changes: readonly EffectiveChange[]
  readonly month: WhatIfSums
}

type Asked = { readonly row: PriceRow; readonly book: PriceBook; readonly now: number }

const MONTH_MS = 30 * DAY_MS

/**
 * The models in use or on offer that would have another price, with the traffic of thirty days repriced as price events do it:
 * by the book with the row, at the instant from which it holds.
 */
export async function effectsOf(parts: EffectParts, { row, book, now }: Asked): Promise<ModelEffect[]> {
  const { reader, pricing } = parts
  const at = Math.max(now, row.valid_from === null ? now : Date.parse(row.valid_from))
  const effects: ModelEffect[] = []
  for (const model of await modelsOf(parts, row.provider, now)) {
    const { provider, name } = splitModel(model)
    const { prices, bookName } = pricing()
    const booked = bookName(provider, name)
    const changes = compareEffective(prices.effective(booked, at), book.effective(booked, at))
    if (changes.length === 0) continue
    const { total } = await reader.whatIf(
      {
        from: slotOf(now - MONTH_MS).from,
        to: now,
        model: null,
        listAt: at,
        groupBy: null,
        traffic: { model: { provider, name } },
      },
      { ...pricing(), prices: book },
    )
    effects.push({ model, changes, month: total })
  }
  return effects.toSorted((one, other) => other.month.requests - one.month.requests)
}

/** Those called within thirty days, and those on offer, that the book has under this provider. */
async function modelsOf({ reader, pricing, routing }: EffectParts, bookProvider: string, now: number) {
  const span = { from: now - MONTH_MS, to: now }
  const used = await reader.sums({ ...span, by: 'model', practice: false })
  const offered = routing().providers.flatMap(({ facts, models }) =>
    facts.practice === true ? [] : models.map((model) => `${facts.id}/${model}`),
  )
  const names = new Set([...used.flatMap(({ name }) => name ?? []), ...offered])
  return [...names].filter((each) => {
    const { provider, name } = splitModel(each)
    return splitModel(pricing().bookName(provider, name)).provider === bookProvider
  })
}

/** The rows that would count for the same names, at some instant of the row's span, if it were not there. */
export function outrankedBy(row: PriceRow, book: PriceBook): PriceRow[] {
  return book
    .rows({ provider: row.provider })
    .filter((other) => other.id !== row.id && sharesNames(row, other) && meets(row, other) && isBelow(row, other))
}

function sharesNames(row: PriceRow, other: PriceRow): boolean {
  if (row.match === 'exact' && other.match === 'exact') return row.model === other.model
  const [longer, shorter] = row.model.length >= other.model.length ? [row, other] : [other, row]
  return shorter.match === 'prefix' && longer.model.startsWith(shorter.model)
}

function meets(row: PriceRow, other: PriceRow): boolean {
  const isBefore = (end: string | null, start: string | null): boolean => end !== null && start !== null && end <= start
  return !isBefore(row.valid_to, other.valid_from) && !isBefore(other.valid_to, row.valid_from)
}

function isBelow(row: PriceRow, other: PriceRow): boolean {
  return LEVELS.indexOf(other.level) > LEVELS.indexOf(row.level)
}
