/** Corrections: entries of their own that bring what was booked to what it should have been. No entry is ever changed. */
import type { Amount, EntryKind, EntryRecord } from '@paddock/contract/entry'
import { NO_USAGE } from '@paddock/contract/usage'
import { sql, type Kysely } from 'kysely'
import { isoInstant } from '../base/clock.ts'
import { formatPico, parsePico, type Pico } from '../money/fixed-point.ts'
import { entryOf } from './entry-row.ts'
import { entryRows } from './entry-rows.ts'
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

/** The corrections an entry has: what the price of it was corrected by, and how many there are of any kind. */
type Corrected = { readonly sums: Sums; count: number }

/**
 * Prices the entries of a span again, as the price book is now. What was corrected by an earlier run counts as booked, so a
 * second run finds nothing; corrections by hand are left as they are. Practice, which nobody pays, is left out.
 */
export async function* repriceEntries(
  tables: Kysely<BooksTables>,
  filter: RepriceFilter,
  { pricing, now }: { readonly pricing: Pricing; readonly now: number },
): AsyncGenerator<Repriced, void, undefined> {
  const corrected = await readCorrections(tables, filter)
  for await (const row of entryRows(tables, filter)) {
    if (row.kind !== 'request' || row.practice === 1n) continue
    const entry = entryOf(row)
    const quote = pricing.prices.quote({
      model: pricing.bookName(entry.provider, entry.model),
      at: Date.parse(entry.at),
      usage: entry.usage,
    })
    if (quote.state === 'unpriced') {
      yield { entry, corrections: [], unpriced: quote.notes[0] ?? '' }
      continue
    }
    const known = corrected.get(entry.id) ?? { sums: new Map(), count: 0 }
    const differences = differencesOf(entry.cost, known.sums, quote)
    const reason = `repriced by ${quote.rows.join(' ')}`
    const priced_as_of = isoInstant(pricing.prices.recordedUntil)
    const corrections = differences.map((amount, index) => ({
      ...correctionOf(entry, { kind: 'reprice', amount, number: known.count + index + 1, reason, now }),
      price_rows: quote.rows,
      priced_as_of,
    }))
    yield { entry, corrections, unpriced: null }
  }
}

export type CorrectionParts = {
  readonly kind: Exclude<EntryKind, 'request'>
  readonly amount: Amount
  /** The first, second … correction of the entry: its id is made of it, so that writing it again writes nothing. */
  readonly number: number
  readonly reason: string
  /** When it was made; it counts where the corrected request counts. */
  readonly now: number
}

/** A caller who was charged what the request cost is charged the correction too. */
export function correctionOf(entry: EntryRecord, { kind, amount, number, reason, now }: CorrectionParts): EntryRecord {
  const isPassedOn = entry.charge.amount === entry.cost.amount && entry.charge.currency === entry.cost.currency
  return {
    ...entry,
    id: `${entry.id}.${number}`,
    kind,
    adjusts: entry.id,
    reason,
    state: 'ok',
    error: null,
    ended_at: isoInstant(now),
    usage: NO_USAGE,
    usage_method: 'none: corrects another entry',
    cost: amount,
    charge: isPassedOn ? amount : { amount: null, currency: null },
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
    .select(['adjusts', 'kind', 'cost_currency', 'cost_pico'])
    .where('adjusts', 'is not', null)
    .where('at', '>=', BigInt(from))
    .where('at', '<', BigInt(to))
    .execute()
  for (const { adjusts, kind, cost_currency, cost_pico } of rows) {
    const known = corrected.get(adjusts ?? '') ?? { sums: new Map<string, bigint>(), count: 0 }
    corrected.set(adjusts ?? '', known)
    known.count += 1
    if (kind === 'reprice') add(known.sums, cost_currency, cost_pico)
  }
  return corrected
}

/** What is missing to the right amount, currency by currency; a wrong currency is taken back in full. */
function differencesOf(booked: Amount, corrected: Sums, right: { amount: string; currency: string }): Amount[] {
  const missing: Sums = new Map([...corrected].map(([currency, sum]) => [currency, -sum]))
  add(missing, right.currency, parsePico(right.amount))
  const cost: bigint | null = booked.amount === null ? null : parsePico(booked.amount)
  add(missing, booked.currency, cost === null ? null : -cost)
  return [...missing]
    .filter(([, sum]) => sum !== 0n)
    .map(([currency, sum]) => ({ amount: formatPico(sum as Pico), currency }))
}

function add(sums: Sums, currency: string | null, pico: bigint | null): void {
  if (currency !== null && pico !== null) sums.set(currency, (sums.get(currency) ?? 0n) + pico)
}
