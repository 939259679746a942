import { forgetMonths } from './books/retention/forget.ts'
import { latestMark } from './books/retention/latest-mark.ts'
import { addMonths, monthOf } from './books/retention/month.ts'
import type { BackgroundParts } from './background.ts'
import { openLeagues } from './leagues/leagues.ts'
import { neededFrom } from './races/live/needed-from.ts'

type ForgettingParts = Pick<BackgroundParts, 'live' | 'folder' | 'books' | 'clock' | 'log'>
type Forgetting = { readonly keepMonths: number; readonly isClosing: () => boolean }

/** Lets the entries of months that are older than wanted go, each month for itself, until the server is closing. */
export async function forgetOld(parts: ForgettingParts, { keepMonths, isClosing }: Forgetting): Promise<void> {
  const { live, folder, books, clock, log } = parts
  const { config, budgetRules } = live.current()
  const { zone } = config
  const { archive } = config.books
  const wanted = addMonths(monthOf(clock.now(), zone), -keepMonths)
  const needing = { rules: budgetRules, neededFrom: await neededFrom(folder.store.tables()) }
  const latest = latestMark(clock.now(), zone, needing)
  await books.drained()
  // Leagues count entries: those that are not counted yet must be before they go.
  await openLeagues({ store: folder.store, zone }).collect()
  const request = {
    before: wanted < latest ? wanted : latest,
    zone,
    archive: archive === null ? null : ({ folder: archive, format: 'csv' } as const),
  }
  for await (const { month, entries } of forgetMonths(folder.store, request)) {
    log.info('books.month_forgotten', { reason: month, count: entries })
    if (isClosing()) return
  }
}
