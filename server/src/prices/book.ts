/** The price book: what every model costs, at every instant, under every condition it knows, in the provider's own currency. */
import type { EffectivePrices } from '@paddock/contract/price-event'
import type { Quote } from '@paddock/contract/quote'
import { isoInstant } from '../base/clock.ts'
import { findCalendarGaps } from './check-calendars.ts'
import { classPrices, type ClassOptions, type ClassPrices } from './class-prices.ts'
import { isWithin, type CompiledRow } from './compile.ts'
import { factsOf, unitsIn, type QuoteRequest } from './facts.ts'
import { findChanges, type ChangeSpan, type PriceChange } from './changes.ts'
import { effectivePrices } from './effective.ts'
import { explainMiss } from './explain-miss.ts'
import {
  buildIndex,
  edgesOf,
  findCurrency,
  findRow,
  type BillingCurrency,
  type Index,
  type Search,
} from './find-row.ts'
import { loadBook, type LoadedBook } from './load.ts'
import type { OperatorRow } from './operator-row.ts'
import { refuseErrors, type Problem } from './problem.ts'
import { priceUsage, unpriced, type Cost } from './quote.ts'
import { readFolder } from './read-folder.ts'
import type { Alias, Level, PriceRow, Source } from './row.ts'

export type PriceBook = {
  /** What a usage costs. An unknown price is `unpriced`, with the reason in its notes; it is never zero. */
  quote(request: QuoteRequest): Quote
  /** The same without its lines, for every request. */
  cost(request: QuoteRequest): Cost
  /** How classes of a model's requests are priced: what many cost is worked out from their sum. */
  classPrices(model: string, options: ClassOptions): ClassPrices
  /** What a small standard request to a model pays at an instant; null where it has no price. */
  effective(model: string, at: number): EffectivePrices | null
  /** The instants at which prices of a model may change, past and to come, in no order. */
  edges(model: string): readonly number[]
  rows(filter?: RowFilter): readonly PriceRow[]
  /** By its id, also with the name of a variant behind "#". */
  row(id: string): PriceRow | null
  /** The models of a provider that have a price for what they are asked at this instant, by their own names. */
  models(provider: string, at: number): readonly string[]
  aliases(provider: string): readonly Alias[]
  changes(span: ChangeSpan): readonly PriceChange[]
  /** The currency in which a model is priced unless the caller names one; null for an unknown model. */
  currencyOf(model: string): string | null
  source(key: string): Source | null
  /** Prices that seem wrong and are used all the same. */
  readonly problems: readonly Problem[]
  /** Calendars that prices depend on and that end before next year does. */
  calendarGaps(now: number): readonly Problem[]
  /**
   * The newest knowledge in the book, in milliseconds since 1970. Given as `asOf`, it prices the same way again whatever
   * the book learns later.
   */
  readonly recordedUntil: number
  /** The same as the books write it. */
  readonly pricedAsOf: string
}

export type RowFilter = {
  readonly provider?: string | undefined
  readonly model?: string | undefined
  readonly currency?: string | undefined
  readonly level?: Level | undefined
  /** Only rows in force at this instant. */
  readonly at?: number | undefined
  /** Also rows that are known to be wrong. */
  readonly retracted?: boolean | undefined
}

export type PriceBookOptions = {
  readonly folder: string
  readonly operatorRows?: readonly OperatorRow[]
  readonly billingCurrency: BillingCurrency
}

/** Reads the folder. Throws `price_invalid` with every error in it: a book is used whole or not at all. */
export function openPriceBook({ folder, operatorRows = [], billingCurrency }: PriceBookOptions): PriceBook {
  return usePriceBook(loadBook(readFolder(folder), operatorRows), billingCurrency)
}

export function usePriceBook(loaded: LoadedBook, billingCurrency: BillingCurrency): PriceBook {
  refuseErrors(loaded.problems)
  const index = buildIndex(loaded, billingCurrency)
  const byId = new Map(loaded.rows.map(({ row }) => [row.id, row]))
  const recordedUntil = newestKnowledge(loaded.rows)
  return {
    quote: (request) => quote(index, request, true),
    cost: (request) => quote(index, request, false),
    classPrices: (model, options) => classPrices(index, splitModel(model), options),
    effective: (model, at) => effectivePrices(index, { ...splitModel(model), at }),
    edges: (model) => edgesOf(index, { ...splitModel(model), at: null, currency: null, asOf: null, facts: null }),
    rows: (filter = {}) => loaded.rows.filter((row) => passes(row, filter)).map(({ row }) => row),
    row: (id) => byId.get(id.split('#', 1)[0] ?? id) ?? null,
    models: (provider, at) => modelsOf(loaded, provider, at),
    aliases: (provider) => loaded.aliases.map(({ alias }) => alias).filter((alias) => alias.provider === provider),
    changes: (span) => findChanges(index, span),
    currencyOf: (model) => currencyOf(index, model),
    source: (key) => loaded.sources.get(key) ?? null,
    problems: loaded.problems,
    calendarGaps: (now) => findCalendarGaps(loaded, now),
    recordedUntil,
    pricedAsOf: isoInstant(recordedUntil),
  }
}

function quote(index: Index, request: QuoteRequest, hasLines: boolean): Quote {
  const { usage } = request
  const counted = unitsIn(usage.extra === undefined ? usage : { ...usage, ...usage.extra })
  const notes = new Set<string>()
  const facts = factsOf(request, counted, (calendar, year) => {
    notes.add(`the calendar ${calendar} has no days of ${year}: no day of that year was taken to be in it`)
  })
  const { provider, name } = splitModel(request.model)
  const { at, listAt = at, currency = null, asOf = null } = request
  const search: Search = { provider, name, at: listAt, currency, asOf, facts }
  const row = findRow(index, search)
  return row === null
    ? unpriced([explainMiss(index, search), ...notes])
    : priceUsage(row, counted, { facts, notes, hasLines })
}

function currencyOf(index: Index, model: string): string | null {
  return findCurrency(index, { ...splitModel(model), at: null, currency: null, asOf: null, facts: null })
}

/** "provider/name"; the name may have slashes of its own. */
export function splitModel(model: string): { readonly provider: string; readonly name: string } {
  const slash = model.indexOf('/')
  return slash < 0 ? { provider: '', name: model } : { provider: model.slice(0, slash), name: model.slice(slash + 1) }
}

function passes({ row, valid, known }: CompiledRow, filter: RowFilter): boolean {
  return (
    (filter.provider === undefined || row.provider === filter.provider) &&
    (filter.model === undefined || row.model === filter.model) &&
    (filter.currency === undefined || row.currency === filter.currency) &&
    (filter.level === undefined || row.level === filter.level) &&
    (filter.at === undefined || isWithin(valid, filter.at)) &&
    (filter.retracted === true || known.to === Infinity)
  )
}

/** What a request to a model is billed by; all else is billed beside. */
const ANSWERED = ['input', 'output', 'image', 'audio_second', 'character', 'search_unit'] as const

function modelsOf({ rows }: LoadedBook, provider: string, at: number): string[] {
  const offered = rows.filter(({ row, valid, known, base, variants }) => {
    const answers = [base, ...variants.map(({ rates }) => rates)].some((rates) =>
      ANSWERED.some((component) => rates.has(component)),
    )
    return row.provider === provider && row.match === 'exact' && answers && known.to === Infinity && isWithin(valid, at)
  })
  return [...new Set(offered.map(({ row }) => row.model))].toSorted()
}

function newestKnowledge(rows: readonly CompiledRow[]): number {
  const instants = rows.flatMap(({ known }) => [known.from, known.to]).filter(Number.isFinite)
  return instants.reduce((newest, instant) => Math.max(newest, instant), 0)
}
