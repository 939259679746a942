import type { Decimal } from '@paddock/contract/decimal'
import type { BudgetRules } from '../../books/budgets/rules.ts'
import { entryRow } from '../../books/entry-row.ts'
import { openLedger } from '../../books/ledger.ts'
import { importSpend } from '../../leagues/channels.ts'
import { dayNumber } from '../../leagues/day.ts'
import { openLeagues } from '../../leagues/leagues.ts'
import { DAY_MS } from '../../prices/zone.ts'
import type { RacePrices } from '../../races/live/cost-ahead.ts'
import { readPepper } from '../../store/data-folder.ts'
import { lockFolder } from '../../store/lock.ts'
import type { Store } from '../../store/store.ts'
import type { DemoPricing } from './answer.ts'
import { CHANNELS } from './company.ts'
import { openLoop } from './loop.ts'
import { noteArrivals, staffCompany } from './people.ts'
import { openReplay } from './replay.ts'
import { seededBy } from './seeded.ts'
import { dayOf, ZONE } from './story.ts'

export type DemoParts = {
  readonly folder: string
  readonly store: Store
  readonly pricing: DemoPricing
  readonly racePrices: RacePrices
  readonly budgets: BudgetRules
  readonly seed: number
  readonly span: { readonly from: number; readonly to: number }
  readonly onDay: (done: { readonly days: number; readonly entries: number }) => void
}

const WEEK_DAYS = 7

/**
 * Fills an empty data folder by the same code as a server's: entries through the ledger, which adds them up, price events
 * by the watch, races by the referee, leagues by counting. Returns how many entries there are.
 */
export async function makeDemo(parts: DemoParts): Promise<number> {
  const lock = lockFolder(parts.folder)
  try {
    const entries = await writeEntries(parts)
    writeSpending(parts)
    await openLeagues({ store: parts.store, zone: ZONE }).collect()
    return entries
  } finally {
    lock.release()
  }
}

async function writeEntries(parts: DemoParts): Promise<number> {
  const { folder, store, pricing, budgets, seed, span, onDay } = parts
  const ledger = await openLedger(store)
  const loop = await openLoop(parts)
  const seeded = seededBy(seed)
  const staffed = await staffCompany(store, seeded, readPepper(folder))
  noteArrivals(store, staffed, seeded)
  const replay = openReplay({ staffed, seeded, pricing, budgets, lead: loop.lead })
  let entries = 0
  for (let day = span.from; day < span.to; day += DAY_MS) {
    for (const stretch of replay.day(day)) {
      const rows = stretch.entries.map(entryRow)
      const isLast = stretch.until >= span.to
      // A journal that was never there has been brought in up to its beginning.
      ledger.write({ rows, checkpoint: { segment: '', position: 0 }, durable: isLast })
      entries += rows.length
      await loop.between(stretch.entries, stretch.until)
    }
    onDay({ days: (day - span.from) / DAY_MS + 1, entries })
  }
  return entries
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
