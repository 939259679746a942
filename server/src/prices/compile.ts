/** A price row made ready for use: instants as numbers, prices as rates of one unit, conditions compiled. */
import { assert } from '../base/errors.ts'
import { rateOf } from '../money/amount.ts'
import type { Atto } from '../money/fixed-point.ts'
import type { Calendars } from './calendar.ts'
import type { Component } from './component.ts'
import { compileWhen, type CompiledWhen } from './conditions.ts'
import type { Alias, PriceRow, Rate, Rates, ServiceTier, Variant } from './row.ts'

/** Where something is written: file, line and column. Asked for only when there is something to say about it. */
export type PlaceOf = () => string

/** A span of time, the end not included. */
export type Span = { readonly from: number; readonly to: number }

export type PlacedRow = { readonly row: PriceRow; readonly place: PlaceOf }

export type CompiledRate = Rate & { readonly atto: Atto }
export type RateCard = ReadonlyMap<Component, CompiledRate>

export type CompiledVariant = {
  readonly variant: Variant
  /** The row's id and the variant's name: what a line of a quote refers to. */
  readonly ref: string
  readonly when: CompiledWhen
  readonly rates: RateCard
}

export type CompiledRow = {
  readonly row: PriceRow
  readonly valid: Span
  readonly known: Span
  readonly when: CompiledWhen | null
  readonly base: RateCard
  /** The most specific first. */
  readonly variants: readonly CompiledVariant[]
  /** The tiers of service that the row or some variant of it is for. */
  readonly serviceTiers: ReadonlySet<ServiceTier>
  readonly place: PlaceOf
}

export type CompiledAlias = { readonly alias: Alias; readonly valid: Span; readonly place: PlaceOf }

export function compileRow({ row, place }: PlacedRow, calendars: Calendars): CompiledRow {
  const variants = row.variants.map((variant) => ({
    variant,
    ref: `${row.id}#${variant.name}`,
    when: compileWhen(variant.when, calendars),
    rates: compileRates(variant.rates),
  }))
  return {
    row,
    valid: spanOf(row.valid_from, row.valid_to),
    known: spanOf(row.recorded_at, row.retracted_at),
    when: row.when === null ? null : compileWhen(row.when, calendars),
    base: compileRates(row.rates),
    variants: variants.toSorted((left, right) => right.when.specificity - left.when.specificity),
    serviceTiers: new Set([row, ...row.variants].flatMap(({ when }) => when?.service_tier ?? [])),
    place,
  }
}

export function compileAlias(alias: Alias, place: PlaceOf): CompiledAlias {
  return { alias, valid: spanOf(alias.valid_from, alias.valid_to), place }
}

export function isWithin({ from, to }: Span, at: number): boolean {
  return at >= from && at < to
}

export function spansMeet(left: Span, right: Span): boolean {
  return left.from < right.to && right.from < left.to
}

function spanOf(from: string | null, to: string | null): Span {
  return { from: from === null ? -Infinity : Date.parse(from), to: to === null ? Infinity : Date.parse(to) }
}

function compileRates(rates: Rates): RateCard {
  return new Map(Object.entries(rates).map(([component, rate]) => [component as Component, compileRate(rate)]))
}

function compileRate(rate: Rate): CompiledRate {
  const atto = rateOf(rate.price, rate.per)
  assert(atto !== null, `the price ${rate.price} of ${rate.per} units was checked to be exact`)
  return { ...rate, atto }
}
