/** The exact price of a usage by one price row: a line for each component, added up exactly, rounded once. */
import type { Quote, QuoteLine } from '@paddock/contract/quote'
import { multiply, roundToPico, sumAtto } from '../money/amount.ts'
import { formatAtto, formatPico, type Atto } from '../money/fixed-point.ts'
import { cutIntoBands } from './bands.ts'
import type { CompiledRate, CompiledRow, CompiledVariant } from './compile.ts'
import { COMPONENT_FACTS, type Component } from './component.ts'
import { conditionHolds, describeWhen, type Facts } from './conditions.ts'
import type { Counted } from './facts.ts'

/** A line shows at least as many decimals as the amount below it. */
const LINE_PLACES_MIN = 12

/** What prices a component: a rate, the component it was made for, and the variant it stands in, if any. */
export type Priced = { readonly rate: CompiledRate; readonly as: Component; readonly variant: CompiledVariant | null }

/** Units of one component that share their price. */
type Part = { readonly component: Component; readonly units: number; readonly priced: Priced | null }

/** A quote without the lines that add up to it, which nobody reads of a request that is only booked. */
export type Cost = Pick<Quote, 'state' | 'amount' | 'currency' | 'rows'>

type Asked = { readonly facts: Facts; readonly notes: Set<string>; readonly hasLines: boolean }

export function priceUsage(row: CompiledRow, counted: readonly Counted[], { facts, notes, hasLines }: Asked): Quote {
  noteDoubts(row, notes)
  const parts = partsOf(row, counted, facts)
  const missing = missingPrices(row, parts, facts)
  if (missing.length > 0) return unpriced([...missing, ...notes])
  const amounts: Atto[] = []
  const lines: QuoteLine[] = []
  for (const { component, units, priced } of parts) {
    if (priced === null) continue
    const amount = multiply(units, priced.rate.atto)
    amounts.push(amount)
    if (hasLines) lines.push(lineOf({ row, component, units, priced, amount }))
    if (isOfAnotherTier(row, priced, facts))
      notes.add(`${component} has no ${facts.serviceTier} price of its own: the standard price is used`)
  }
  return {
    state: 'priced',
    amount: formatPico(roundToPico(sumAtto(amounts))),
    currency: row.row.currency,
    rows: [row.row.id],
    lines,
    notes: [...notes],
  }
}

export function unpriced(notes: readonly string[]): Quote {
  return { state: 'unpriced', amount: null, currency: null, rows: [], lines: [], notes }
}

/** The most specific variant that holds and prices the component, else the row itself, else the same for its stand-ins. */
export function findPrice(row: CompiledRow, component: Component, facts: Facts): Priced | null {
  let priced = findPriceAs(row, component, facts)
  if (priced !== null) return priced
  for (const as of COMPONENT_FACTS[component].standIns) {
    priced = findPriceAs(row, as, facts)
    if (priced !== null) return priced
  }
  return null
}

function findPriceAs(row: CompiledRow, as: Component, facts: Facts): Priced | null {
  for (const variant of row.variants) {
    const rate = variant.rates.get(as)
    if (rate !== undefined && conditionHolds(variant.when, facts)) return { rate, as, variant }
  }
  const rate = row.base.get(as)
  return rate === undefined ? null : { rate, as, variant: null }
}

function partsOf(row: CompiledRow, counted: readonly Counted[], facts: Facts): Part[] {
  const parts: Part[] = []
  const before = { prompt: 0, answer: 0 }
  for (const { component, side, units } of counted) {
    if (side === 'beside' || row.row.tier_scope === 'whole_request') {
      parts.push({ component, units, priced: findPrice(row, component, facts) })
      continue
    }
    for (const band of cutIntoBands(row.variants, { side, first: before[side] + 1, units }, facts))
      addPart(parts, { component, units: band.units, priced: findPrice(row, component, band.facts) })
    before[side] += units
  }
  return parts
}

/** Bands next to one another that pay the same price are one part. */
function addPart(parts: Part[], part: Part): void {
  const last = parts.at(-1)
  const isSame = last?.component === part.component && last.priced?.rate === part.priced?.rate
  if (isSame) parts.splice(-1, 1, { ...part, units: last.units + part.units })
  else parts.push(part)
}

const NOTHING_MISSING: readonly string[] = []

function missingPrices(row: CompiledRow, parts: readonly Part[], facts: Facts): readonly string[] {
  const { serviceTier } = facts
  if (serviceTier !== 'standard' && !row.serviceTiers.has(serviceTier)) {
    return [`${row.row.id} has no price for service_tier ${serviceTier}`]
  }
  const missing = parts.filter((part) => part.priced === null)
  if (missing.length === 0) return NOTHING_MISSING
  return [...new Set(missing.map((part) => part.component))].map((component) => {
    const elsewhere = row.variants
      .filter(({ rates }) => rates.has(component))
      .map(({ variant }) => describeWhen(variant.when))
    if (elsewhere.length === 0) return `${row.row.id} has no price for ${component}`
    const asked = `${facts.inputTokens} input_tokens and ${facts.outputTokens} output_tokens`
    return `${row.row.id} has no price for ${component} in a request of ${asked}, only for ${elsewhere.join('; ')}`
  })
}

export function noteDoubts({ row }: CompiledRow, notes: Set<string>): void {
  if (row.confidence === 'low') notes.add(`${row.id} has low confidence${row.note === null ? '' : `: ${row.note}`}`)
  if (row.basis === 'capacity') notes.add(`${row.id} is worked out from what the machines cost, not a list price`)
}

function isOfAnotherTier({ when }: CompiledRow, { variant }: Priced, { serviceTier }: Facts): boolean {
  return serviceTier !== 'standard' && ![when, variant?.when].some((each) => each?.serviceTier === serviceTier)
}

type LineParts = { row: CompiledRow; component: Component; units: number; priced: Priced; amount: Atto }

function lineOf({ row, component, units, priced, amount }: LineParts): QuoteLine {
  const line = {
    component,
    units,
    price: priced.rate.price,
    per: priced.rate.per,
    amount: formatAtto(amount, LINE_PLACES_MIN),
    row: priced.variant?.ref ?? row.row.id,
  }
  return priced.as === component ? line : { ...line, priced_as: priced.as }
}
