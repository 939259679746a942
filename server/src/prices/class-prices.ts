/** Prices of whole classes of requests, so that a million of them can be priced by their sum. */
import type { MissingYear } from './calendar.ts'
import type { CompiledRow, Span } from './compile.ts'
import { isWithin } from './compile.ts'
import { COMPONENTS, type Component } from './component.ts'
import type { CompiledWhen, Facts, Interval } from './conditions.ts'
import { edgesOf, findRow, rowsEver, type Index, type Search } from './find-row.ts'
import { explainMiss } from './explain-miss.ts'
import { findPrice, noteDoubts, type Priced } from './quote.ts'
import { holdsEvenly, timeHolds, type CompiledTime } from './time.ts'

/** Requests whose counters lie in these ranges, at an instant that stands for an epoch. Of the standard tier, as all requests. */
export type RequestClass = {
  readonly at: number
  readonly input: Interval
  readonly output: Interval
  readonly context: Interval
  readonly thinking: boolean
}

export type ClassPrice =
  /** One row, and one price for each component that it prices. */
  | {
      readonly kind: 'priced'
      readonly currency: string
      readonly row: string
      readonly prices: ReadonlyMap<Component, Priced>
      readonly notes: readonly string[]
    }
  | { readonly kind: 'unpriced'; readonly note: string }
  /** Requests of this class differ in price: each must be quoted by itself. */
  | { readonly kind: 'mixed' }

export type ClassPrices = {
  /**
   * A text that is the same for spans throughout which the same rows are in force and the same prices by the clock hold;
   * null where that changes within the span.
   */
  epochOf(span: Span): string | null
  priceOf(requests: RequestClass): ClassPrice
}

export type ClassOptions = {
  /** Null: a request is priced by the list of its own instant. */
  readonly listAt: number | null
  readonly currency?: string | null
}

type Subject = {
  readonly index: Index
  readonly search: Omit<Search, 'at' | 'facts'>
  readonly listAt: number | null
  readonly rows: readonly CompiledRow[]
}

const NOBODY: MissingYear = () => undefined

/** How the classes of a model's requests are priced. The name is split: provider and name. */
export function classPrices(
  index: Index,
  { provider, name }: { readonly provider: string; readonly name: string },
  { listAt, currency = null }: ClassOptions,
): ClassPrices {
  const search = { provider, name, currency, asOf: null }
  const everything = { ...search, at: null, facts: null }
  const rows = rowsEver(index, everything)
  const subject: Subject = { index, search, listAt, rows }
  const edges = edgesOf(index, everything)
  return {
    epochOf: (span) => epochOf(subject, edges, span),
    priceOf: (requests) => priceClass(subject, requests),
  }
}

function epochOf({ listAt, rows }: Subject, edges: readonly number[], span: Span): string | null {
  const passed = listAt === null ? edges.filter((edge) => edge <= span.from).length : 0
  if (listAt === null && edges.some((edge) => edge > span.from && edge < span.to)) return null
  const times = timesOf(rows.filter(({ valid }) => isWithin(valid, listAt ?? span.from)))
  if (times.some((time) => !holdsEvenly(time, span))) return null
  const holding = times.map((time) => (timeHolds(time, span.from, NOBODY) ? '1' : '0'))
  return `${passed}:${holding.join('')}`
}

function timesOf(rows: readonly CompiledRow[]): CompiledTime[] {
  return rows.flatMap(conditionsOf).flatMap(({ time }) => time ?? [])
}

function conditionsOf({ when, variants }: CompiledRow): CompiledWhen[] {
  return [...(when === null ? [] : [when]), ...variants.map((variant) => variant.when)]
}

function priceClass({ index, search, listAt, rows }: Subject, requests: RequestClass): ClassPrice {
  const listed = listAt ?? requests.at
  const inForce = rows.filter(({ valid }) => isWithin(valid, listed))
  if (inForce.some((row) => row.row.tier_scope === 'marginal')) return { kind: 'mixed' }
  if (inForce.flatMap(conditionsOf).some((when) => splits(when, requests))) return { kind: 'mixed' }
  const notes = new Set<string>()
  const facts = factsOf(requests, (calendar, year) => notes.add(`the calendar ${calendar} has no days of ${year}`))
  const row = findRow(index, { ...search, at: listed, facts })
  if (row === null) return { kind: 'unpriced', note: explainMiss(index, { ...search, at: listed, facts }) }
  noteDoubts(row, notes)
  const prices = COMPONENTS.flatMap((component) => {
    const priced = findPrice(row, component, facts)
    return priced === null ? [] : [[component, priced] as const]
  })
  return { kind: 'priced', currency: row.row.currency, row: row.row.id, prices: new Map(prices), notes: [...notes] }
}

/** Any request of the class will do: no condition tells two of them apart. */
function factsOf({ at, input, output, context, thinking }: RequestClass, missingYear: MissingYear): Facts {
  const request = { inputTokens: input.min, outputTokens: output.min, contextWindow: context.min }
  return { at, ...request, thinking, modality: null, serviceTier: 'standard', missingYear }
}

function splits(when: CompiledWhen, { input, output, context }: RequestClass): boolean {
  return cuts(when.inputTokens, input) || cuts(when.outputTokens, output) || cuts(when.contextWindow, context)
}

/** Whether some of the range lies within the limits and some of it without. */
function cuts(limits: Interval | null, range: Interval): boolean {
  if (limits === null) return false
  const isInside = range.min >= limits.min && range.max <= limits.max
  const isOutside = range.max < limits.min || range.min > limits.max
  return !isInside && !isOutside
}
