/** The price of a sum of requests that no price tells apart. */
import { ATTO_PER_PICO } from '../../money/amount.ts'
import { USAGE_COUNTERS } from '@paddock/contract/usage'
import type { Atto } from '../../money/fixed-point.ts'
import type { ClassPrice, ClassPrices, RequestClass } from '../../prices/class-prices.ts'
import { bandAbove } from './grid.ts'
import type { CellSum } from './read-cells.ts'
import { groupOf, talliesOf, type Run } from './run.ts'

type Cell = { readonly cell: CellSum; readonly at: number; readonly prices: ClassPrices }

/** False where the requests of the cell differ in price, and each must be looked at by itself. */
export function priceCell(run: Run, { cell, at, prices }: Cell): boolean {
  if (cell.extra === 1n) return false
  const { assumptions } = run.result
  const price = prices.priceOf(classOf(cell, at))
  if (price.kind === 'mixed') return false
  const tallies = talliesOf(run, { isPractice: cell.practice === 1n, group: groupOf(run, cell.group_name, at) })
  if (price.kind === 'unpriced') {
    for (const tally of tallies) tally.unpricedAfter += cell.requests
    if (cell.requests > 0n) assumptions.unpriced(price.note)
    return true
  }
  const amount = amountOf(cell, price)
  if (amount === null) return false
  for (const tally of tallies) tally.after(price.currency, at, amount.atto)
  if (amount.isFiner) run.result.rounded += cell.requests
  assumptions.notePrices(price.notes)
  if (cell.cached_input > 0n)
    assumptions.cached(run.target, cell.cached_input, price.prices.get('cached_input')?.as === 'cached_input')
  return true
}

function classOf(cell: CellSum, at: number): RequestClass {
  return {
    at,
    input: bandAbove('input', Number(cell.input_above)),
    output: bandAbove('output', Number(cell.output_above)),
    context: bandAbove('context', Number(cell.context_above)),
    thinking: cell.thinking === 1n,
  }
}

/** Null where some of what was used has no price: which of the requests used it, the sum does not say. */
function amountOf(
  cell: CellSum,
  { prices }: Extract<ClassPrice, { kind: 'priced' }>,
): { atto: Atto; isFiner: boolean } | null {
  let atto = 0n
  let isFiner = false
  for (const component of USAGE_COUNTERS) {
    const units = cell[component]
    if (units === 0n) continue
    const rate = prices.get(component)?.rate.atto
    if (rate === undefined) return null
    atto += units * rate
    isFiner ||= rate % ATTO_PER_PICO !== 0n
  }
  return { atto: atto as Atto, isFiner }
}
