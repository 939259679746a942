/** Corrections: entries of their own that bring what was booked to what it should have been. No entry is ever changed. */
import type { Amount, EntryKind, EntryRecord } from '@paddock/contract/entry'
import type { Quote } from '@paddock/contract/quote'
import { NO_USAGE } from '@paddock/contract/usage'
import { sql, type Kysely } from 'kysely'
import { isoInstant } from '../base/clock.ts'
import { formatPico, parsePico, type Pico } from '../money/fixed-point.ts'
import { entryOf } from './entry-row.ts'
import { entryRows } from './entry-rows.ts'
import { requireEntries } from './retention/mark.ts'
import type { BooksTables } from './tables.ts'
import type { Pricing } from './whatif/run.ts'

export type RepriceFilter = {
  readonly from: number
  readonly to: number
  /** provider/model, or a model's own name. */
  readonly model?: string | undefined
}

/** What came of an entry: corrections to write, none if it is right, or the reason why the price book has no price for it. */
export type Repriced = {
  readonly entry: EntryRecord
  readonly corrections: readonly EntryRecord[]
  readonly unpriced: string | null
}

/** Amounts by currency. */
type Sums = Map<string, bigint>

/** The corrections an entry has: what its cost and charge were repriced by, and how many there are of any kind. */
type Corrected = { readonly cost: Sums; readonly charge: Sums; count: number }

export type RepriceBy = {
  readonly pricing: Pricing
  /** What the caller of an entry is charged where it costs so much, by the rules as they are now. */
  readonly charge: (entry: EntryRecord, cost: Amount) => Amount
  readonly now: number
}

const NONE: Amount = { amount: null, currency: null }

/**
 * Prices the entries of a span again, as the price book is now. What was corrected by an earlier run counts as booked, so a
 * second run finds nothing; corrections by hand are left as they are. Practice, which nobody pays, is left out.
 */
export async function* repriceEntries(
  tables: Kysely<BooksTables>,
  filter: RepriceFilter,
  by: RepriceBy,
): AsyncGenerator<Repriced, void, undefined> {
  await requireEntries(tables, filter.from, 'Repricing')
  const corrected = await readCorrections(tables, filter)
  for await (const row of entryRows(tables, filter)) {
    if (row.kind !== 'request' || row.practice === 1n) continue
    const entry = entryOf(row)
    const quote = by.pricing.prices.quote({
      model: by.pricing.bookName(entry.provider, entry.model),
      at: Date.parse(entry.at),
      usage: entry.usage,
    })
    if (quote.state === 'unpriced') {
      yield { entry, corrections: [], unpriced: quote.notes[0] ?? '' }
      continue
    }
    const known = corrected.get(entry.id) ?? { cost: new Map(), charge: new Map(), count: 0 }
    yield { entry, corrections: correctionsOf(entry, { quote, known, by }), unpriced: null }
  }
}

type Priced = {
  readonly quote: Extract<Quote, { state: 'priced' }>
  readonly known: Corrected
  readonly by: RepriceBy
}

/** One for each currency in which something is missing. */
function correctionsOf(entry: EntryRecord, { quote, known, by }: Priced): EntryRecord[] {
  const { pricing, now } = by
  const costs = differencesOf(entry.cost, known.cost, quote)
  // Where today's rules do not give what was charged, they are other ones: the charge stays as it was agreed.
  const isSameRule = isSame(by.charge(entry, entry.cost), entry.charge)
  const charges = isSameRule ? differencesOf(entry.charge, known.charge, by.charge(entry, quote)) : []
  const reason = `repriced by ${quote.rows.join(' ')}`
  const priced = { price_rows: quote.rows, priced_as_of: isoInstant(pricing.prices.recordedUntil) }
  return Array.from({ length: Math.max(costs.length, charges.length) }, (_, index) => {
    const amounts = { cost: costs[index] ?? NONE, charge: charges[index] ?? NONE }
    const number = known.count + index + 1
    return { ...correctionOf(entry, { kind: 'reprice', ...amounts, number, reason, now }), ...priced }
  })
}

export function isSame(one: Amount, other: Amount): boolean {
  return one.amount === other.amount && one.currency === other.currency
}

export type CorrectionParts = {
  readonly kind: Exclude<EntryKind, 'request'>
  readonly cost: Amount
  readonly charge: Amount
  /** The first, second … correction of the entry: its id is made of it, so that writing it again writes nothing. */
  readonly number: number
  readonly reason: string
  /** When it was made; it counts where the corrected request counts. */
  readonly now: number
}

export function correctionOf(entry: EntryRecord, parts: CorrectionParts): EntryRecord {
  const { kind, cost, charge, number, reason, now } = parts
  return {
    ...entry,
    id: `${entry.id}.${number}`,
    kind,
    adjusts: entry.id,
    reason,
    // Beside what it corrects, in every sum by state; but it does have an amount.
    state: entry.state === 'unpriced' ? 'ok' : entry.state,
    error: null,
    ended_at: isoInstant(now),
    usage: NO_USAGE,
    usage_method: 'none: corrects another entry',
    cost,
    charge,
    price_rows: [],
    first_byte_ms: null,
    duration_ms: 0,
    attempts: [],
  }
}

/** How many corrections of any kind an entry has. */
export async function countCorrections(tables: Kysely<BooksTables>, id: string): Promise<number> {
  const { rows } = await sql<{ count: bigint }>`
    SELECT COUNT(*) AS count FROM entries WHERE adjusts = ${id}`.execute(tables)
  return Number(rows[0]?.count ?? 0n)
}

/** A correction stands at the instant of what it corrects, so those of a span are in the span. */
async function readCorrections(
  tables: Kysely<BooksTables>,
  { from, to }: RepriceFilter,
): Promise<ReadonlyMap<string, Corrected>> {
  const corrected = new Map<string, Corrected>()
  const rows = await tables
    .selectFrom('entries')
    .select(['adjusts', 'kind', 'cost_currency', 'cost_pico', 'charge_currency', 'charge_pico'])
    .where('adjusts', 'is not', null)
    .where('at', '>=', BigInt(from))
    .where('at', '<', BigInt(to))
    .execute()
  for (const { adjusts, kind, ...amounts } of rows) {
    const none = { cost: new Map<string, bigint>(), charge: new Map<string, bigint>(), count: 0 }
    const known = corrected.get(adjusts ?? '') ?? none
    corrected.set(adjusts ?? '', known)
    known.count += 1
    if (kind !== 'reprice') continue
    add(known.cost, amounts.cost_currency, amounts.cost_pico)
    add(known.charge, amounts.charge_currency, amounts.charge_pico)
  }
  return corrected
}

/** What is missing to the right amount, currency by currency; a wrong currency is taken back in full. */
function differencesOf(booked: Amount, corrected: Sums, right: Amount): Amount[] {
  const missing: Sums = new Map([...corrected].map(([currency, sum]) => [currency, -sum]))
  add(missing, right.currency, picoOf(right))
  add(missing, booked.currency, -(picoOf(booked) ?? 0n))
  return [...missing]
    .filter(([, sum]) => sum !== 0n)
    .map(([currency, sum]) => ({ amount: formatPico(sum as Pico), currency }))
}

function picoOf({ amount }: Amount): bigint | null {
  return amount === null ? null : parsePico(amount)
}

function add(sums: Sums, currency: string | null, pico: bigint | null): void {
  if (currency !== null && pico !== null) sums.set(currency, (sums.get(currency) ?? 0n) + pico)
}
