import type { TrialMark } from '@paddock/contract/entry'
import type { Clock } from '../../base/clock.ts'
import type { Entry } from '../../books/entry.ts'
import { parsePico } from '../../money/fixed-point.ts'
import type { Leads } from '../../routing/leads.ts'
import type { Store } from '../../store/store.ts'
import { assign } from './assignment.ts'
import { CostAhead, type RacePrices } from './cost-ahead.ts'
import { isOpen, type LiveRace } from './live-race.ts'
import { readOpenRaces } from './race-rows.ts'
import { RaceRecord } from './record.ts'
import type { Referee } from './referee.ts'
import { Shadows, type AnsweredPair, type AskAside } from './shadows.ts'
import { addSignal } from './signals.ts'
import type { RaceDatabase } from './tables.ts'
import type { Verdict } from './verdict-chain.ts'

/** The races of a running server: they assign its requests, listen to what is said of the answers, and decide. */
export type Races = {
  /** Who is to answer a request first on its route; null where the route decides alone. */
  lead(request: RaceRequest): Leading | null
  /** Keeps what somebody said of an answer. */
  rate(entry: Entry, rating: Rating): Promise<void>
  readonly shadowOf: Shadows['shadowOf']
  compared(pair: AnsweredPair): Promise<void>
  /** Takes up what was started and stopped, and looks at every open race. */
  tick(): Promise<void>
}

export type Leading = {
  readonly model: string
  readonly reason: string
  readonly trial: TrialMark | null
  /** Whether the answer is to be compared with what a challenger says. */
  readonly isCompared: boolean
}

export type RaceRequest = {
  readonly id: string
  readonly route: string
  readonly caller: { readonly organisationId: string; readonly keyId: string; readonly userId: string | null }
  readonly user: string | null
  readonly session: string | null
}

/** From 0 (bad) to 1 (good). */
export type Rating = { readonly reviewer: string; readonly value: number; readonly comment: string | null }

export type RacesParts = {
  readonly store: Store
  readonly clock: Clock
  readonly leads: Leads
  readonly prices: RacePrices
  /** How a race asks a judge. */
  readonly ask: AskAside
  readonly onVerdict: (verdict: Verdict, race: LiveRace) => void
}

/** A look may take this share of the time. */
const LOOK_SHARE = 0.05

export async function openRaces({ store, clock, leads, prices, ask, onVerdict }: RacesParts): Promise<Races> {
  const tables: RaceDatabase = store.tables()
  const referee: Referee = { tables, clock, leads, onVerdict }
  const costs = new CostAhead(prices)
  const records = new Map<string, RaceRecord>()
  const nextLook = new Map<string, number>()
  let byRoute = new Map<string, LiveRace>()
  const spent = new Map<string, number>()
  const shadows = new Shadows({
    tables,
    clock,
    ask,
    raceOf: (id) => [...byRoute.values()].find((race) => race.id === id) ?? null,
    spentOf: ({ id }) => spent.get(id) ?? 0,
    costOf: ({ cost: { amount, currency }, at }, { config }) => {
      const pico = amount === null ? null : parsePico(amount)
      if (pico === null || currency === null) return Infinity
      return prices.worth({ pico, currency }, { at: Date.parse(at), currency: config.currency }) ?? Infinity
    },
  })
  const takeUp = async (): Promise<void> => {
    const open = await readOpenRaces(tables)
    byRoute = new Map(open.map((race) => [race.config.route, race]))
    for (const id of records.keys()) if (!open.some((race) => race.id === id)) records.delete(id)
    await leads.refresh()
  }
  const lookAt = async (race: LiveRace): Promise<void> => {
    const began = clock.elapsed()
    if (began < (nextLook.get(race.id) ?? 0)) return
    const record = records.get(race.id) ?? new RaceRecord(tables, race.id)
    records.set(race.id, record)
    const costOf = costs.at(clock.now(), race.config.currency)
    await shadows.save(race)
    // Statistics are for those who race: a server that does not need not read them.
    const { look } = await import('./referee.ts')
    const after = await look(referee, { race, record, costOf })
    spent.set(race.id, costs.paid(record.caused, race.config.currency))
    if (isOpen(after)) byRoute.set(race.config.route, after)
    else byRoute.delete(race.config.route)
    nextLook.set(race.id, began + (clock.elapsed() - began) / LOOK_SHARE)
  }
  await takeUp()
  return {
    lead: (request) => leadOf({ race: byRoute.get(request.route), leads }, request),
    rate: async (entry, { reviewer, value, comment }) => {
      const race = entry.trial?.race ?? null
      await addSignal(tables, { trial: entry.id, race, source: 'user', reviewer, value, comment }, clock)
    },
    shadowOf: (entry, request) => shadows.shadowOf(entry, request),
    compared: (pair) => shadows.compared(pair),
    tick: async () => {
      await takeUp()
      for (const race of byRoute.values()) await lookAt(race)
    },
  }
}

type Known = { readonly race: LiveRace | undefined; readonly leads: Leads }

function leadOf({ race, leads }: Known, { id, route, caller, user, session }: RaceRequest): Leading | null {
  const { organisationId: organisation, keyId: key } = caller
  const assigned = race && assign(race, { request: id, organisation, key, user: user ?? caller.userId, session })
  if (race && assigned) {
    const trial = { race: race.id, ...assigned, mirror_of: null }
    const isCompared = race.config.mode === 'shadow' && race.promotion === null
    return { model: assigned.arm, reason: `assigned by race ${race.id}`, trial, isCompared }
  }
  const lead = leads.of(route)
  return lead && { model: lead.model, reason: `promoted by race ${lead.race}`, trial: null, isCompared: false }
}
