/**
 * Watches the prices of the models in use: an event whenever one changes, at the instant it does, and at the next start for
 * what changed while nothing ran.
 */
import type { PriceEvent } from '@paddock/contract/price-event'
import { isoInstant, type Clock } from '../base/clock.ts'
import { splitModel } from '../prices/book.ts'
import { compareEffective } from '../prices/effective.ts'
import { DAY_MS } from '../prices/zone.ts'
import type { Store } from '../store/store.ts'
import { readLooks, storeLook, type Look } from './price-events.ts'
import type { BooksTables } from './tables.ts'
import { slotOf } from './whatif/grid.ts'
import { readModels } from './whatif/read-cells.ts'
import type { Pricing } from './whatif/run.ts'
import { askWhatIf } from './whatif/what-if.ts'

export type WatchParts = {
  readonly store: Store
  readonly clock: Clock
  readonly pricing: () => Pricing
  /** Models that can be called, beside those that were: "provider/model". */
  readonly offered: () => readonly string[]
  /** Told of each event once it is stored. Whoever must not miss one reads the table. */
  readonly onEvent: (event: PriceEvent) => void
  /** Told when looking failed; it is tried again at the next occasion. */
  readonly onFailure: (cause: unknown) => void
  /** Acts later; the function it gives calls that off. */
  readonly later: (act: () => void, ms: number) => () => void
}

export type PriceWatch = {
  /** Looks at all prices now. Ask for it at the start, and when the price book has changed. */
  look(): Promise<void>
  close(): Promise<void>
}

const MONTH_MS = 30 * DAY_MS
/** New models come into use, and timers do not wait for months. */
const LOOK_EVERY_MS = 3_600_000
/** The database may be busy with somebody else's write. */
const TRY_AGAIN_MS = 10_000

export function watchPrices(parts: WatchParts): PriceWatch {
  let looking = Promise.resolve()
  let callOff = (): void => undefined
  let isClosed = false
  const lookOnce = async (): Promise<void> => {
    if (isClosed) return
    callOff()
    const next = await lookAtAll(parts).catch((cause: unknown) => {
      parts.onFailure(cause)
      return parts.clock.now() + TRY_AGAIN_MS
    })
    const waitMs = Math.min(LOOK_EVERY_MS, Math.max(0, next - parts.clock.now()))
    if (!isClosed) callOff = parts.later(() => void look(), waitMs)
  }
  // One after the other: two at a time would both find the same change.
  const look = (): Promise<void> => (looking = looking.then(lookOnce))
  return {
    look,
    close: async () => {
      isClosed = true
      callOff()
      await looking
    },
  }
}

/** Returns the next instant at which a price may change. */
async function lookAtAll(parts: WatchParts): Promise<number> {
  const { store, clock, pricing, offered } = parts
  const now = clock.now()
  const tables = store.tables<BooksTables>()
  const used = await readModels(tables, { from: now - MONTH_MS, to: now + 1 }, { practice: false })
  const models = new Set([...used.map(({ provider, model }) => `${provider}/${model}`), ...offered()])
  const looks = await readLooks(tables)
  for (const model of models) await lookAt(parts, { model, last: looks.get(model) ?? null, now })
  const { prices } = pricing()
  const edges = [...models].flatMap((model) => prices.edges(bookNameOf(pricing(), model)))
  return edges.filter((edge) => edge > now).reduce((next, edge) => Math.min(next, edge), Infinity)
}

type Looked = { readonly model: string; readonly last: Look | null; readonly now: number }

async function lookAt(parts: WatchParts, looked: Looked): Promise<void> {
  const { model, now } = looked
  const pricing = parts.pricing()
  const look = { at: now, prices: pricing.prices.effective(bookNameOf(pricing, model), now) }
  const events: PriceEvent[] = []
  for (const change of changesSince(pricing, looked)) events.push(await eventOf(parts, looked, change))
  storeLook(parts.store, model, { look, events })
  for (const event of events) parts.onEvent(event)
}

type Change = { readonly at: number } & Pick<PriceEvent, 'cause' | 'before' | 'after' | 'changes'>

/** At every edge since the last look; and if the book now says otherwise about that look's instant, the book was changed. */
function changesSince(pricing: Pricing, { model, last, now }: Looked): Change[] {
  if (last === null) return []
  const name = bookNameOf(pricing, model)
  const { prices } = pricing
  const priceAt = (at: number): Look['prices'] => prices.effective(name, at)
  const edges = [...new Set(prices.edges(name))].filter((edge) => edge > last.at && edge <= now)
  return [
    { at: now, cause: 'book', before: last.prices, after: priceAt(last.at) } as const,
    ...edges
      .toSorted((one, other) => one - other)
      .map((edge) => ({ at: edge, cause: 'dated', before: priceAt(edge - 1), after: priceAt(edge) }) as const),
  ]
    .map((change) => ({ ...change, changes: compareEffective(change.before, change.after) }))
    .filter(({ changes }) => changes.length > 0)
}

async function eventOf({ store, pricing }: WatchParts, { model, now }: Looked, change: Change): Promise<PriceEvent> {
  const { provider, name } = splitModel(model)
  const { at, cause, before, after, changes } = change
  // Whole stretches of the clock, so that sums are enough.
  const span = { from: slotOf(at - MONTH_MS).from, to: slotOf(at).from }
  const request = { ...span, model: null, listAt: at, groupBy: null, traffic: { model: { provider, name } } }
  const { total } = await askWhatIf({ tables: store.tables<BooksTables>(), ...pricing() }, request)
  return { at: isoInstant(at), noted_at: isoInstant(now), model, cause, before, after, changes, month: total }
}

function bookNameOf({ bookName }: Pricing, model: string): string {
  const { provider, name } = splitModel(model)
  return bookName(provider, name)
}
