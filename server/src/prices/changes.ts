/** Price changes between two instants: what a price list was before and after each of its boundaries. */
import type { Decimal } from '@paddock/contract/decimal'
import { isoInstant } from '../base/clock.ts'
import { formatAtto, type Atto } from '../money/fixed-point.ts'
import { percentChange } from '../money/percent-change.ts'
import type { CompiledRate, CompiledRow, RateCard } from './compile.ts'
import { COMPONENTS, type Component } from './component.ts'
import { conditionHolds, describeWhen, type Facts } from './conditions.ts'
import { findRow, isKnown, type Index } from './find-row.ts'
import { groupBy } from './group-by.ts'
import { findPrice } from './quote.ts'
import { LEVELS } from './row.ts'

/** Prices are for the same number of units before and after: the number of the later one. */
export type PriceChange = {
  readonly model: string
  readonly component: Component
  /** Null: there was no price before, or there is none after. */
  readonly from: Decimal | null
  readonly to: Decimal | null
  readonly per: number
  readonly percent: Decimal | null
  readonly at: string
  readonly currency: string
  /** The condition of a price other than the reference price. */
  readonly when?: string
}

export type ChangeSpan = {
  readonly from: number
  /** Exclusive. */
  readonly to: number
  /** Also first prices and ends. */
  readonly all?: boolean
}

/** A small standard request, outside every time window: 1,000 tokens in, 1,000 out. */
export const REFERENCE: Omit<Facts, 'at'> = {
  inputTokens: 1000,
  outputTokens: 1000,
  contextWindow: 2000,
  thinking: false,
  modality: null,
  serviceTier: 'standard',
  missingYear: () => undefined,
}

type Subject = {
  readonly provider: string
  readonly name: string
  readonly currency: string
  readonly rows: readonly CompiledRow[]
}

export function findChanges(index: Index, { from, to, all = false }: ChangeSpan): PriceChange[] {
  const changes = subjectsOf(index).flatMap((subject) =>
    boundariesOf(subject)
      .filter((at) => at >= from && at < to)
      .flatMap((at) => changesAt(index, subject, at)),
  )
  const wanted = all ? changes : changes.filter((change) => change.from !== null && change.to !== null)
  return wanted.toSorted((left, right) => compareText(left.at, right.at) || compareText(left.model, right.model))
}

/** Every model by its own name, once for each currency it is listed in. */
function subjectsOf(index: Index): Subject[] {
  return [...index.rows.values()].flatMap((shelf) => {
    const rows = LEVELS.flatMap((level) => shelf[level] ?? []).filter((row) => isKnown(row, null))
    return [...groupBy(rows, ({ row }) => row.currency)].flatMap(([currency, own]) => {
      const first = own[0]?.row
      return first === undefined ? [] : { provider: first.provider, name: first.model, currency, rows: own }
    })
  })
}

function boundariesOf({ rows }: Subject): number[] {
  const instants = rows.flatMap(({ valid }) => [valid.from, valid.to])
  return [...new Set(instants.filter(Number.isFinite))]
}

/** A price that comes back after a gap is compared with the last one before the gap. */
function changesAt(index: Index, subject: Subject, at: number): PriceChange[] {
  const justBefore = rowAt(index, subject, at - 1)
  const after = rowAt(index, subject, at)
  const before = justBefore ?? (after === null ? null : lastRowBefore(index, subject, at))
  const about = { model: `${subject.provider}/${subject.name}`, at: isoInstant(at), currency: subject.currency }
  const reference = compareCards(about, referencePrices(before), referencePrices(after))
  const conditional = sharedConditions(before, after).flatMap(({ when, left, right }) =>
    compareCards({ ...about, when }, left, right),
  )
  return [...reference, ...conditional]
}

function rowAt(index: Index, { provider, name, currency }: Subject, at: number): CompiledRow | null {
  return findRow(index, { provider, name, at, currency, asOf: null, facts: { ...REFERENCE, at } })
}

function lastRowBefore(index: Index, subject: Subject, at: number): CompiledRow | null {
  const ends = subject.rows.map(({ valid }) => valid.to).filter((end) => end <= at)
  return ends.length === 0 ? null : rowAt(index, subject, Math.max(...ends) - 1)
}

/** What the reference request pays for each component that has a price of its own. */
export function referencePrices(row: CompiledRow | null): RateCard {
  if (row === null) return new Map()
  const timeless = { ...row, variants: row.variants.filter(({ when }) => when.time === null) }
  return new Map(
    COMPONENTS.flatMap((component) => {
      const priced = findPrice(timeless, component, { ...REFERENCE, at: 0 })
      return priced?.as === component ? [[component, priced.rate] as const] : []
    }),
  )
}

/** The conditions both rows have in the same words, but for those the reference request meets anyway. */
function sharedConditions(
  before: CompiledRow | null,
  after: CompiledRow | null,
): { when: string; left: RateCard; right: RateCard }[] {
  const earlier = new Map(before?.variants.map(({ variant, rates }) => [describeWhen(variant.when), rates]))
  return (after?.variants ?? []).flatMap(({ variant, when: compiled, rates }) => {
    const when = describeWhen(variant.when)
    const left = earlier.get(when)
    const isReference = compiled.time === null && conditionHolds(compiled, { ...REFERENCE, at: 0 })
    return left === undefined || isReference ? [] : { when, left, right: rates }
  })
}

type About = { readonly model: string; readonly at: string; readonly currency: string; readonly when?: string }

function compareCards({ model, ...about }: About, left: RateCard, right: RateCard): PriceChange[] {
  return COMPONENTS.flatMap((component) => {
    const earlier = left.get(component)
    const later = right.get(component)
    const per = later?.per ?? earlier?.per
    if (per === undefined || earlier?.atto === later?.atto) return []
    const from = earlier === undefined ? null : priceOf(earlier, per)
    const to = later === undefined ? null : priceOf(later, per)
    const percent = from === null || to === null ? null : percentChange(from, to)
    return { model, component, from, to, percent, ...about, per }
  })
}

function priceOf({ atto }: CompiledRate, per: number): Decimal {
  return formatAtto((atto * BigInt(per)) as Atto)
}

export function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}
