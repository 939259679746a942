/** A proposed price against the price book: what it would change, and what is odd about it. */
import { createHash } from 'node:crypto'
import type { EffectiveChange, EffectivePrices } from '@paddock/contract/price-event'
import type { PriceProposal, ProposalDoubt } from '@paddock/contract/price-proposal'
import { isoInstant } from '../base/clock.ts'
import { rateOf } from '../money/amount.ts'
import { splitModel, usePriceBook, type PriceBook } from './book.ts'
import { compareEffective } from './effective.ts'
import { loadBook } from './load.ts'

export type Proposed = {
  readonly model: string
  readonly row: Readonly<Record<string, unknown>>
  readonly source: string
}

/** A price that changes by more than a half is more often a mistake than a price war. */
const PERCENT_MAX = 50
/** What a dollar was worth in yuan since 2015, with room: no list of a provider implies another rate. */
const CNY_PER_USD = { min: 6n, max: 8n } as const

/**
 * The proposal, or null where the book says the same. Throws `price_invalid` where the row is none. Prices the feed does not
 * list are no difference: it knows fewer conditions than the book.
 */
export function judgeProposal(book: PriceBook, { model, row, source }: Proposed, now: number): PriceProposal | null {
  const proposed = usePriceBook(
    loadBook({ books: [], calendars: [] }, [{ raw: row, place: `${source}: ${model}` }]),
    () => null,
  )
  const after = proposed.effective(model, now)
  const before = book.effective(model, now)
  const changes = compareEffective(before, after).filter(({ to }) => to !== null)
  if (after === null || changes.length === 0) return null
  return {
    id: createHash('sha256')
      .update(JSON.stringify([model, source, row]))
      .digest('hex')
      .slice(0, 10),
    status: 'open',
    model,
    row,
    changes,
    doubts: [...doubtsAbout(before, changes), ...currencyDoubts(book, model, { after, now })],
    outranked_by: before !== null && book.row(before.row)?.level !== 'feed' ? before.row : null,
    source,
    proposed_at: isoInstant(now),
    decided_at: null,
    decided_by: null,
  }
}

type Doubt = PriceProposal['doubts'][number]

function doubtsAbout(before: EffectivePrices | null, changes: readonly EffectiveChange[]): Doubt[] {
  if (before === null)
    return [doubt('unknown_model', 'The price book has no price of it now: is it the name callers use?')]
  return changes.flatMap(({ component, from, to, percent }) => {
    const change = `${component} ${from} -> ${to}`
    if (from !== null && from !== '0' && to === '0') return [doubt('free', `${change}: it cost something until now.`)]
    if (percent === null || Math.abs(Number(percent)) <= PERCENT_MAX) return []
    return [doubt('large_change', `${change} is ${percent} %.`)]
  })
}

/** Where the book has the model in CNY too, the two lists must be worth about the same. */
function currencyDoubts(
  book: PriceBook,
  model: string,
  { after, now }: { after: EffectivePrices; now: number },
): Doubt[] {
  const { provider, name } = splitModel(model)
  const rows = after.currency === 'USD' ? book.rows({ provider, model: name, currency: 'CNY', at: now }) : []
  return rows.flatMap(({ id, rates }) =>
    after.prices.flatMap(({ component, when, price, per }) => {
      const listed = Object.entries(rates).find(([each]) => each === component)?.[1]
      const yuan = listed === undefined ? null : rateOf(listed.price, listed.per)
      const dollars = rateOf(price, per)
      if (when !== null || yuan === null || dollars === null || yuan === 0n || dollars === 0n) return []
      if (yuan >= dollars * CNY_PER_USD.min && yuan <= dollars * CNY_PER_USD.max) return []
      return [doubt('currency', `${component}: ${listed?.price} CNY in ${id} and ${price} USD are not worth the same.`)]
    }),
  )
}

function doubt(kind: ProposalDoubt, reason: string): Doubt {
  return { doubt: kind, reason }
}
