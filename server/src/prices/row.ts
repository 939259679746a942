/** The shapes of the price book: a row says what one model costs in one currency over one span of time. */
import type { Decimal } from '@paddock/contract/decimal'
import type { Component } from './component.ts'

/** Whose word a price is; an earlier level wins over a later one. */
export const LEVELS = ['override', 'contract', 'shipped', 'feed'] as const
export type Level = (typeof LEVELS)[number]

export const SERVICE_TIERS = ['standard', 'batch', 'flex', 'priority', 'fast'] as const
export type ServiceTier = (typeof SERVICE_TIERS)[number]

export const MODALITIES = ['text', 'image', 'audio', 'video'] as const
export type Modality = (typeof MODALITIES)[number]

export const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const
type Weekday = (typeof WEEKDAYS)[number]

/** A range of tokens with its operators spelled out, so that nobody has to know whether a limit is inside. */
export type Bounds = { readonly gt?: number; readonly gte?: number; readonly lt?: number; readonly lte?: number }

/** When a price holds on the clock and in the calendar of a zone. A window that crosses midnight belongs to the day it starts on. */
export type TimeCondition = {
  readonly zone: string
  /** "09:00-12:00": from inclusive, to exclusive. Left out: the whole day. */
  readonly windows?: readonly string[]
  readonly weekdays?: readonly Weekday[]
  /** First day, and the day after the last. */
  readonly from?: string
  readonly to?: string
  /** The name of a calendar whose days are left out, or are the only ones. */
  readonly not_on?: string
  readonly only_on?: string
}

/** Everything named must hold. */
export type When = {
  readonly input_tokens?: Bounds
  readonly output_tokens?: Bounds
  readonly context_window?: Bounds
  readonly thinking?: boolean
  readonly modality?: Modality
  readonly service_tier?: ServiceTier
  readonly time?: TimeCondition
}

/** The price of `per` units of a component. */
export type Rate = {
  readonly price: Decimal
  readonly per: number
  readonly source?: readonly string[]
  readonly note?: string
}

export type Rates = Readonly<Partial<Record<Component, Rate>>>

/** Prices that take the place of the row's own while their condition holds. */
export type Variant = {
  readonly name: string
  readonly when: When
  readonly rates: Rates
  readonly source?: readonly string[]
  readonly note?: string
}

/** Which tokens a price with a token range is for: all of the request when it lies in the range, or only those inside the range. */
type TierScope = 'whole_request' | 'marginal'

type Confidence = 'high' | 'medium' | 'low'

/** Immutable: a correction is a new row with a higher revision. Instants are ISO 8601 in UTC. */
export type PriceRow = {
  readonly id: string
  readonly level: Level
  readonly provider: string
  readonly model: string
  /** `prefix`: the row is for every model whose name begins with `model`. */
  readonly match: 'exact' | 'prefix'
  readonly currency: string
  readonly rates: Rates
  readonly variants: readonly Variant[]
  readonly tier_scope: TierScope
  readonly when: When | null
  /** The price applies from this instant, up to but without the other; null is an open end. */
  readonly valid_from: string | null
  readonly valid_to: string | null
  /** When we learnt of the row, and when we learnt that it is wrong. Null: known from the beginning; still believed. */
  readonly recorded_at: string | null
  readonly retracted_at: string | null
  readonly revision: number
  /** A price a provider lists, or one worked out from what the machines cost. */
  readonly basis: 'list' | 'capacity'
  /** Set when the prices are those of another model at an instant. */
  readonly same_as: { readonly model: string; readonly at: string } | null
  readonly source: readonly string[]
  readonly confidence: Confidence
  /** True when two sources or the provider's own page state the price. */
  readonly verified: boolean
  /** How the first day is known: stated, release, seen, bracket or scheduled. */
  readonly from_basis: string | null
  /** The two days between which the price changed, where the day itself is not known. */
  readonly change_between: readonly string[] | null
  readonly promo: boolean
  readonly note: string | null
}

/** Another name a provider gives a model, for a span of time. */
export type Alias = {
  readonly provider: string
  readonly alias: string
  readonly target: string
  readonly match: 'exact' | 'prefix'
  readonly valid_from: string | null
  readonly valid_to: string | null
  readonly source: readonly string[]
  readonly note: string | null
}

/** Where a price was read. */
export type Source = { readonly what: string; readonly url: string; readonly kind: string }
