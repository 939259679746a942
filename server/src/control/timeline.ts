import { isoInstant } from '../base/clock.ts'
import { describeEvent } from '../books/price-events.ts'
import type { BooksReader } from '../books/reader.ts'
import type { RollupSum } from '../books/rollup-sums.ts'
import { formatPico, parsePico, type Pico } from '../money/fixed-point.ts'
import type { FxTable } from '../prices/fx.ts'
import { DAY_MS } from '../prices/zone.ts'
import type { LiveRace } from '../races/live/live-race.ts'
import { hasFallen } from '../races/live/price-loop.ts'
import { promotedSpans } from '../races/live/promoted.ts'
import { describeProposal, readProposals } from '../races/live/proposals.ts'
import { readRaces } from '../races/live/race-rows.ts'
import type { RaceDatabase } from '../races/live/tables.ts'
import { readVerdicts } from '../races/live/verdict-chain.ts'
import { addAmounts, type PlainAmount } from './amounts.ts'
import { amountsOf, savingRow, savingsOf, type Saving, type SavingsParts } from './savings.ts'
import type { Span } from './span.ts'

/** The loop as one picture: what prices did, what races made of it, and the bill beside what it would have been. */

export type TimelineParts = SavingsParts & {
  readonly reader: Pick<BooksReader, 'sums' | 'whatIf' | 'priceEvents'>
  readonly races: RaceDatabase
}

export type TimelineAsked = {
  /** Whole days. */
  readonly span: Span
  readonly now: number
  readonly organisation: string
  readonly route: string | undefined
  readonly currency: string | undefined
}

/**
 * By days (UTC), from rollups and price cells and never from single entries: `bill` is what was owed, and `counterfactual` is
 * the bill less what the traffic of promoted models cost, plus what that traffic would have cost at the old champion. Attempts
 * that gave no answer are owed in both.
 */
export async function timelineOf(parts: TimelineParts, asked: TimelineAsked) {
  const { span, now, organisation, route, currency } = asked
  const races = await readRaces(parts.races)
  const promoted = promotedSpans(races, now).filter((each) => route === undefined || each.route === route)
  const savings = await savingsOf(parts, promoted, { span, whose: { organisation } })
  const sums = await parts.reader.sums({
    ...span,
    organisation,
    grain: 'day',
    practice: false,
    by: route === undefined ? undefined : 'route',
  })
  const own = sums.filter(({ name }) => route === undefined || name === route)
  const starts = Array.from({ length: (span.to - span.from) / DAY_MS }, (_, index) => span.from + index * DAY_MS)
  const days = starts.map((start) => dayOf(start, own, savings))
  return {
    starts: starts.map(isoInstant),
    bill: linesOf(days.map(({ bill }) => bill)),
    counterfactual: linesOf(days.map(({ counterfactual }) => counterfactual)),
    reported: currency === undefined ? null : reportedOf(days, currency, parts.pricing().fx),
    savings: savings.map(savingRow),
    events: await eventsOf(parts, asked, races),
    as_of: isoInstant(now),
  }
}

type Day = { readonly start: number; readonly bill: PlainAmount[]; readonly counterfactual: PlainAmount[] }

function dayOf(start: number, sums: readonly RollupSum[], savings: readonly Saving[]): Day {
  const bill = addAmounts(sums.filter((sum) => sum.start === start).map(({ cost }) => cost))
  const name = isoInstant(start).slice(0, 10)
  const switched = savings.flatMap(({ sums: { groups } }) => groups.filter(({ group }) => group === name))
  // `difference` is what the same usage would have cost more, currency by currency.
  const counterfactual = addAmounts([...bill, ...switched.flatMap(({ difference }) => amountsOf(difference))])
  return { start, bill, counterfactual }
}

/** One line for each currency; a day without an amount in it is zero there. */
function linesOf(days: readonly (readonly PlainAmount[])[]) {
  const currencies = [...new Set(days.flatMap((day) => day.map(({ currency }) => currency)))].toSorted()
  return currencies.map((currency) => ({
    currency,
    amounts: days.map((day) => day.find((each) => each.currency === currency)?.amount ?? '0'),
  }))
}

/** By the rates of each day; null for a day where one is missing. */
function reportedOf(days: readonly Day[], currency: string, fx: FxTable) {
  const total = (amounts: readonly PlainAmount[], at: number): string | null => {
    let sum = 0n
    for (const { amount, currency: from } of amounts) {
      const pico = parsePico(amount)
      const worth = pico === null ? null : fx.convert(pico, { from, to: currency, at })
      if (worth === null) return null
      sum += worth
    }
    return formatPico(sum as Pico)
  }
  return {
    currency,
    bill: days.map(({ bill, start }) => total(bill, start)),
    counterfactual: days.map(({ counterfactual, start }) => total(counterfactual, start)),
  }
}

async function eventsOf({ reader, races }: TimelineParts, { span, route }: TimelineAsked, known: readonly LiveRace[]) {
  const isWanted = (of: string): boolean => route === undefined || of === route
  const proposals = (await readProposals(races, span)).filter((each) => isWanted(each.route))
  const drops = (await reader.priceEvents(span)).filter(
    (event) =>
      hasFallen(event.changes) &&
      (route === undefined || proposals.some(({ challenger }) => challenger === event.model)),
  )
  const routes = new Map(known.map(({ id, config }) => [id, config.route]))
  const verdicts = (await readVerdicts(races)).filter(({ at, race }) => {
    const instant = Date.parse(at)
    return instant >= span.from && instant < span.to && isWanted(routes.get(race) ?? '')
  })
  const events = [
    ...drops.map((event) => ({
      at: event.at,
      kind: 'price_drop' as const,
      route: null,
      race: null,
      model: event.model,
      actor: null,
      text: describeEvent(event),
    })),
    ...proposals.map((proposal) => ({
      at: proposal.at,
      kind: 'proposal' as const,
      route: proposal.route,
      race: proposal.race,
      model: proposal.challenger,
      actor: null,
      text: describeProposal(proposal),
    })),
    ...verdicts.map(({ at, kind, race, challenger, actor, reason }) => ({
      at,
      kind,
      route: routes.get(race) ?? null,
      race,
      model: challenger,
      actor,
      text: reason,
    })),
  ]
  return events.toSorted((one, other) => Date.parse(one.at) - Date.parse(other.at))
}
