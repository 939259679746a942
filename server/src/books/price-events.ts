/** The price events there were, and what each model cost when it was last looked at. */
import type { EffectivePrices, PriceEvent } from '@paddock/contract/price-event'
import type { Kysely } from 'kysely'
import { isoInstant } from '../base/clock.ts'
import type { Store } from '../store/store.ts'
import { rowChecksum } from './row-checksum.ts'
import type { BooksTables } from './tables.ts'

export type PriceEventRow = {
  readonly model: string
  readonly at: bigint
  /** The whole event as JSON: it is only ever read back. */
  readonly event: string
  /** Of all other columns; null in rows of before there were checksums. */
  readonly checksum: bigint | null
}

export type PriceWatchRow = {
  readonly model: string
  readonly looked_at: bigint
  readonly prices: string
  readonly checksum: bigint | null
}

/** What a model cost when it was looked at. */
export type Look = { readonly at: number; readonly prices: EffectivePrices | null }

export async function readLooks(tables: Kysely<BooksTables>): Promise<ReadonlyMap<string, Look>> {
  const rows = await tables.selectFrom('price_watch').selectAll().execute()
  return new Map(
    rows.map(({ model, looked_at, prices }) => [
      model,
      { at: Number(looked_at), prices: JSON.parse(prices) as EffectivePrices | null },
    ]),
  )
}

/** Events and the look behind them, all or nothing: an event is neither lost nor made twice. */
export function storeLook(
  store: Store,
  model: string,
  { look, events }: { look: Look; events: readonly PriceEvent[] },
): void {
  store.batch({ durable: events.length > 0 }, (run) => {
    for (const event of events) {
      const row = { model, at: BigInt(Date.parse(event.at)), event: JSON.stringify(event) }
      run(INSERT_EVENT, [row.model, row.at, row.event, rowChecksum('price_events', row)])
    }
    const row = { model, looked_at: BigInt(look.at), prices: JSON.stringify(look.prices) }
    run(KEEP_LOOK, [row.model, row.looked_at, row.prices, rowChecksum('price_watch', row)])
  })
}

export type EventFilter = { readonly from?: number; readonly to?: number }

/** Oldest first. */
export async function readPriceEvents(
  tables: Kysely<BooksTables>,
  { from = 0, to = Number.MAX_SAFE_INTEGER }: EventFilter,
): Promise<PriceEvent[]> {
  const rows = await tables
    .selectFrom('price_events')
    .selectAll()
    .where('at', '>=', BigInt(from))
    .where('at', '<', BigInt(to))
    .orderBy('at')
    .orderBy('model')
    .execute()
  return rows.map(({ event }) => JSON.parse(event) as PriceEvent)
}

/** An event in a few words, for a log: "input 1 -> 0.5 CNY (-50.0 %)". */
export function describeEvent({ at, before, after, changes }: PriceEvent): string {
  const currencies = [...new Set([before?.currency, after?.currency].filter((each) => each !== undefined))].join(' -> ')
  const said = changes.map(({ component, when, from, to, percent }) => {
    const change = `${component} ${from ?? 'no price'} -> ${to ?? 'no price'}`
    return `${change}${percent === null ? '' : ` (${percent} %)`}${when === null ? '' : ` when ${when}`}`
  })
  return `${said.join(', ')} ${currencies} from ${isoInstant(Date.parse(at))}`
}

const INSERT_EVENT =
  'INSERT INTO price_events (model, at, event, checksum) VALUES (?, ?, ?, ?) ON CONFLICT (model, at) DO NOTHING'
const KEEP_LOOK = `INSERT INTO price_watch (model, looked_at, prices, checksum) VALUES (?, ?, ?, ?)
  ON CONFLICT (model) DO UPDATE
  SET looked_at = excluded.looked_at, prices = excluded.prices, checksum = excluded.checksum`
