import type { Decimal } from '@paddock/contract/decimal'
import type { Clock } from '../../base/clock.ts'
import { asPaddockError, type PaddockError } from '../../base/errors.ts'
import type { BudgetRules } from '../../books/budgets/rules.ts'
import { entryRow } from '../../books/entry-row.ts'
import { openLedger } from '../../books/ledger.ts'
import { watchPrices } from '../../books/watch-prices.ts'
import { importSpend } from '../../leagues/channels.ts'
import { dayNumber } from '../../leagues/day.ts'
import { openLeagues } from '../../leagues/leagues.ts'
import { DAY_MS } from '../../prices/zone.ts'
import { readPepper } from '../../store/data-folder.ts'
import { lockFolder } from '../../store/lock.ts'
import type { Store } from '../../store/store.ts'
import type { DemoPricing } from './answer.ts'
import { CHANNELS } from './company.ts'
import { noteArrivals, staffCompany } from './people.ts'
import { openReplay } from './replay.ts'
import { seededBy } from './seeded.ts'
import { dayOf, SPEEDS, ZONE } from './story.ts'

export type DemoParts = {
  readonly folder: string
  readonly store: Store
  readonly pricing: DemoPricing
  readonly budgets: BudgetRules
  readonly seed: number
  readonly span: { readonly from: number; readonly to: number }
  readonly onDay: (done: { readonly days: number; readonly entries: number }) => void
}

const WEEK_DAYS = 7

/**
 * Fills an empty data folder by the same code as a server's: entries through the ledger, which adds them up, price events
 * by the watch, leagues by counting. Returns how many entries there are.
 */
export async function makeDemo(parts: DemoParts): Promise<number> {
  const lock = lockFolder(parts.folder)
  try {
    const entries = await writeEntries(parts)
    await watchThePrices(parts)
    writeSpending(parts)
    await openLeagues({ store: parts.store, zone: ZONE }).collect()
    return entries
  } finally {
    lock.release()
  }
}

async function writeEntries({ folder, store, pricing, budgets, seed, span, onDay }: DemoParts): Promise<number> {
  const ledger = await openLedger(store)
  const seeded = seededBy(seed)
  const staffed = await staffCompany(store, seeded, readPepper(folder))
  noteArrivals(store, staffed, seeded)
  const replay = openReplay({ staffed, seeded, pricing, budgets })
  let entries = 0
  for (let day = span.from; day < span.to; day += DAY_MS) {
    const rows = replay.day(day).map(entryRow)
    const isLast = day + DAY_MS >= span.to
    // A journal that was never there has been brought in up to its beginning.
    ledger.write({ rows, checkpoint: { segment: '', position: 0 }, durable: isLast })
    entries += rows.length
    onDay({ days: (day - span.from) / DAY_MS + 1, entries })
  }
  return entries
}

/** As a server that ran all the time: it looks when it starts, and whenever a price may have changed. */
async function watchThePrices({ store, pricing, span }: DemoParts): Promise<void> {
  const models = Object.keys(SPEEDS)
  const edges = models.flatMap((model) => pricing.prices.edges(model))
  const looks = [span.from, ...edges.filter((at) => at > span.from && at < span.to), span.to]
  let now = span.from
  const failures: PaddockError[] = []
  const clock: Clock = { now: () => now, elapsed: () => now }
  const watch = watchPrices({
    store,
    clock,
    pricing: () => pricing,
    offered: () => models,
    onEvent: () => undefined,
    onFailure: (cause) => {
      failures.push(asPaddockError(cause))
    },
    later: () => () => undefined,
  })
  for (const at of [...new Set(looks)].toSorted((one, other) => one - other)) {
    now = at
    await watch.look()
    for (const failure of failures) throw failure
  }
  await watch.close()
}

/** What was spent on channels, once a week. */
function writeSpending({ store, span }: DemoParts): void {
  const first = dayNumber(dayOf(span.from))
  const days = (span.to - span.from) / DAY_MS
  const weeks = Array.from({ length: Math.ceil(days / WEEK_DAYS) }, (_, week) => first + week * WEEK_DAYS)
  const spends = weeks.flatMap((day) =>
    CHANNELS.flatMap(({ name: channel, weekly, currency, ads }) =>
      weekly === null ? [] : [{ day, channel, amount: weekly as Decimal, currency, ads }],
    ),
  )
  importSpend(store, spends)
}
