import type { Decimal } from './decimal.ts'
import type { Usage } from './usage.ts'

/** What a team or a key owes for a month, in one currency. */
export type Invoice = {
  /** The same whenever the invoice is made again: month, whose it is, currency. */
  readonly number: string
  readonly month: string
  /** The time zone in which the month begins and ends. */
  readonly zone: string
  readonly organisation_id: string
  readonly team_id: string
  /** Null where the invoice is for all keys of a team. */
  readonly key_id: string | null
  readonly currency: string
  readonly lines: readonly InvoiceLine[]
  /** The lines' amounts added up: what is to be paid. */
  readonly total: Decimal
  /** The entries' charges added up, to the last digit. */
  readonly exact: Decimal
  /** What rounding the lines has added (or taken away). */
  readonly residue: Decimal
  /** Requests whose end nobody knows are on no invoice until they have been adjusted. */
  readonly held_back: { readonly requests: number; readonly exact: Decimal }
}

export type InvoiceLine = {
  readonly provider: string
  readonly model: string
  readonly requests: number
  readonly usage: Usage
  /** Rounded half to even to the hundredth. */
  readonly amount: Decimal
  readonly exact: Decimal
}
