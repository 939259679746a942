import { setTimeout as sleep } from 'node:timers/promises'
import type { Amount, EntryRecord } from '@paddock/contract/entry'
import type { PriceEvent } from '@paddock/contract/price-event'
import type { Invoice } from '@paddock/contract/invoice'
import type { TokenUsage } from '@paddock/contract/usage'
import type { WhatIf } from '@paddock/contract/what-if'
import type { Kysely } from 'kysely'
import { isoInstant } from '../base/clock.ts'
import { parsePico, type Pico } from '../money/fixed-point.ts'
import type { Store } from '../store/store.ts'
import { sumCharged, type ChargedQuery, type ChargedTo } from './budgets/charged.ts'
import { bookedLines, type BookedLine, type BookedSpan } from './bills/booked.ts'
import { readEntryPage, type PageFilter } from './entry-page.ts'
import { entryOf, usageOf } from './entry-row.ts'
import type { Intent } from './entry.ts'
import { entryRows, type EntryFilter } from './entry-rows.ts'
import { makeInvoices, type InvoiceRequest } from './invoices/invoices.ts'
import type { JournalFiles } from './journal-files.ts'
import { findEntry, readCheckpoint } from './ledger.ts'
import { openInJournal } from './open-in-journal.ts'
import type { PriceUsage } from './orphan.ts'
import type { Grain, RollupRow } from './rollup.ts'
import { rollupConditions, type RollupFilter } from './rollup-filter.ts'
import { amountOf, rollupExtent, sumRollups, type RollupSum, type SumsFilter } from './rollup-sums.ts'
import { readPriceEvents, type EventFilter } from './price-events.ts'
import { repriceEntries, type RepriceBy, type Repriced, type RepriceFilter } from './reprice.ts'
import { completeFrom } from './retention/mark.ts'
import type { BooksTables } from './tables.ts'
import { verifyBooks, type Verification, type VerifyOptions } from './verify.ts'
import type { Pricing, WhatIfRequest } from './whatif/run.ts'
import { askWhatIf } from './whatif/what-if.ts'

export type RollupsFilter = RollupFilter & {
  readonly grain: Grain
  readonly from?: number | undefined
  readonly to?: number | undefined
}

/** Entries of one hour or day (UTC) that agree in everything named here, added up. */
export type RollupRecord = Pick<
  EntryRecord,
  'organisation_id' | 'team_id' | 'key_id' | 'provider' | 'model' | 'route' | 'state' | 'practice'
> & {
  readonly grain: Grain
  readonly start: string
  readonly requests: number
  readonly attempts: number
  readonly usage: TokenUsage
  readonly cost: Amount
  readonly charge: Amount
}

/** The books, for reading. */
export type BooksReader = {
  /** Entries by the instant they were accepted, oldest first unless asked otherwise; any number of them, a page in memory. */
  entries(filter?: EntryFilter): AsyncIterable<EntryRecord>
  /** The newest of them, newest first: quick however few of all entries fit. */
  page(filter: PageFilter): Promise<EntryRecord[]>
  find(id: string): Promise<EntryRecord | null>
  /** From when on entries are complete, in milliseconds since 1970: those before were forgotten. Zero where none were. */
  completeFrom(): Promise<number>
  rollups(filter: RollupsFilter): Promise<RollupRecord[]>
  /** Rollups added up by what is asked to be told apart: what charts and tables are made of. */
  sums(filter: SumsFilter): Promise<RollupSum[]>
  /** From which hour to which there are entries, in milliseconds since 1970. */
  extent(filter: RollupFilter): Promise<{ from: number; to: number } | null>
  /** What requests would have cost at other prices. */
  whatIf(request: WhatIfRequest, pricing: Pricing): Promise<WhatIf>
  /** What entries should have cost by the price book as it is now, and the corrections that bring them there. */
  reprice(filter: RepriceFilter, by: RepriceBy): AsyncIterable<Repriced>
  /** Changes of prices of the models in use, oldest first. */
  priceEvents(filter?: EventFilter): Promise<readonly PriceEvent[]>
  /** What the ledger has of charges. */
  charged(query: ChargedQuery): Promise<ChargedTo[]>
  /** The requests that a server is running, each with the most it may be charged; those without a price are left out. */
  running(): Promise<Running[]>
  /** What is owed to a provider by day and model, for comparing with its bill. */
  booked(span: BookedSpan): Promise<BookedLine[]>
  /** What each team or key owes for a month. */
  invoices(request: InvoiceRequest): Promise<Invoice[]>
  /** Adds everything up anew and compares. */
  verify(options?: VerifyOptions): Promise<Verification>
  /** Closes the store too. */
  close(): Promise<void>
}

export type Running = { readonly intent: Intent; readonly amount: Pico; readonly currency: string }

export type ReaderOptions = {
  readonly store: Store
  readonly price: PriceUsage
  readonly files: JournalFiles
  readonly pause?: (ms: number) => Promise<unknown>
}

export function openReader({ store, files, price, pause = sleep }: ReaderOptions): BooksReader {
  const tables = store.tables<BooksTables>()
  return {
    entries: (filter = {}) => readEntries(tables, filter),
    page: (filter) => readEntryPage(tables, filter),
    find: (id) => findEntry(tables, id),
    completeFrom: async () => Number(await completeFrom(tables)),
    rollups: (filter) => readRollups(tables, filter),
    sums: (filter) => sumRollups(tables, filter),
    extent: (filter) => rollupExtent(tables, filter),
    whatIf: (request, pricing) => askWhatIf({ tables, ...pricing }, request),
    priceEvents: (filter = {}) => readPriceEvents(tables, filter),
    reprice: (filter, by) => repriceEntries(tables, filter, by),
    charged: (query) => sumCharged(tables, query),
    running: async () => {
      const open = await openInJournal(files, await readCheckpoint(tables))
      return open.flatMap(({ intent }) => priced(intent, price))
    },
    booked: (span) => bookedLines(tables, span),
    invoices: (request) => makeInvoices(tables, request),
    verify: (options = {}) => verifyBooks({ tables, files, pause }, options),
    close: () => store.close(),
  }
}

function priced(intent: Intent, price: PriceUsage): Running[] {
  const { amount, currency } = price(intent, intent.hold).charge
  const pico = amount === null ? null : parsePico(amount)
  return pico === null || currency === null ? [] : [{ intent, amount: pico, currency }]
}

async function* readEntries(
  tables: Kysely<BooksTables>,
  filter: EntryFilter,
): AsyncGenerator<EntryRecord, void, undefined> {
  for await (const row of entryRows(tables, filter)) yield entryOf(row)
}

async function readRollups(tables: Kysely<BooksTables>, filter: RollupsFilter): Promise<RollupRecord[]> {
  let query = tables.selectFrom('rollups').selectAll().where('grain', '=', filter.grain)
  if (filter.from !== undefined) query = query.where('start', '>=', BigInt(filter.from))
  if (filter.to !== undefined) query = query.where('start', '<', BigInt(filter.to))
  for (const condition of rollupConditions(filter)) query = query.where(condition)
  return (await query.orderBy('start').execute()).map(rollupOf)
}

function rollupOf(row: RollupRow): RollupRecord {
  return {
    grain: row.grain,
    start: isoInstant(Number(row.start)),
    organisation_id: row.organisation_id,
    team_id: row.team_id,
    key_id: row.key_id,
    provider: row.provider,
    model: row.model,
    route: row.route === '' ? null : row.route,
    state: row.state,
    practice: row.practice === 1n,
    requests: Number(row.requests),
    attempts: Number(row.attempts),
    usage: usageOf(row),
    cost: amountOf(row.cost_currency, { whole: row.cost_whole, pico: row.cost_pico }),
    charge: amountOf(row.charge_currency, { whole: row.charge_whole, pico: row.charge_pico }),
  }
}
