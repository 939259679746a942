import type { PriceEvent } from '@paddock/contract/price-event'
import type { RacesSetting } from '@paddock/contract/races'
import type { Clock } from '../../base/clock.ts'
import type { BooksTables } from '../../books/tables.ts'
import { slotOf } from '../../books/whatif/grid.ts'
import type { Pricing } from '../../books/whatif/run.ts'
import { askWhatIf } from '../../books/whatif/what-if.ts'
import type { Leads } from '../../routing/leads.ts'
import { isRoute, type Route } from '../../routing/table.ts'
import { fullName } from '../../routing/target.ts'
import type { Store } from '../../store/store.ts'
import type { LiveRace } from './live-race.ts'
import { addProposal, noteRaceOf, type NewProposal, type Proposal } from './proposals.ts'
import { readRaces } from './race-rows.ts'
import { startRace, usualRace, type WantedRace } from './start.ts'
import type { RaceDatabase } from './tables.ts'

export type PriceLoopParts = {
  readonly store: Store
  readonly clock: Clock
  readonly leads: Leads
  readonly pricing: () => Pricing
  readonly routes: () => readonly Route[]
  readonly setting: () => RacesSetting
  readonly onProposal: (proposal: Proposal) => void
}

const DAY_MS = 86_400_000
const SPAN_DAYS = 30
/** After a race with a model, its route is left in peace with it for so long. */
const COOL_DOWN_MS = DAY_MS

/**
 * What follows from a new price: every route that lists the model and is led by another one is priced anew with its own traffic
 * of thirty days. Where that saves enough, a race is proposed, or started.
 */
export async function hearPrice(parts: PriceLoopParts, { model, changes }: PriceEvent): Promise<void> {
  const { on_price_drop: policy = 'propose' } = parts.setting()
  if (policy === 'ignore' || !hasFallen(changes)) return
  for (const route of parts.routes()) {
    const found = await proposalFor(parts, route, model)
    if (found === null) continue
    const tables: RaceDatabase = parts.store.tables()
    const proposal = await addProposal(tables, found, parts.clock.now())
    const race = policy === 'start' ? await startProposed(parts, proposal) : null
    parts.onProposal({ ...proposal, race: race?.id ?? null })
  }
}

/** Whether something about a model became cheaper. */
export function hasFallen(changes: PriceEvent['changes']): boolean {
  return changes.some(({ percent }) => percent !== null && percent.startsWith('-'))
}

async function startProposed({ store, clock }: PriceLoopParts, proposal: Proposal): Promise<LiveRace> {
  const tables: RaceDatabase = store.tables()
  const race = await startRace({ tables, clock, actor: 'price event' }, raceFor(proposal))
  await noteRaceOf(tables, proposal.id, race.id)
  return race
}

async function proposalFor(parts: PriceLoopParts, route: Route, challenger: string): Promise<NewProposal | null> {
  const { store, clock, leads, pricing } = parts
  const [first] = route.targets
  if (route.name === null || first === undefined || !lists(route, challenger)) return null
  const champion = leads.of(route.name)?.model ?? fullName(first)
  if (champion === challenger || (await isBusy(parts, route.name, challenger))) return null
  const now = clock.now()
  const [provider, name] = splitName(champion)
  const currency = pricing().prices.currencyOf(bookName(pricing(), champion))
  const { total } = await askWhatIf(
    { ...pricing(), tables: store.tables<BooksTables>() },
    {
      from: slotOf(now - SPAN_DAYS * DAY_MS).from,
      to: slotOf(now).from,
      model: bookName(pricing(), challenger),
      listAt: now,
      groupBy: null,
      traffic: { route: route.name, model: { provider, name } },
      currency,
    },
  )
  const { reported, percent, unpriced } = total
  // What has no price might be anything.
  if (!reported || percent === null || unpriced.after > 0) return null
  if (Number(percent) > -(parts.setting().saving_percent ?? SAVING_PERCENT)) return null
  const saving = { amount: reported.difference.replace('-', ''), currency: reported.currency, days: SPAN_DAYS }
  return { route: route.name, champion, challenger, saving, percent: percent.replace('-', '') }
}

const SAVING_PERCENT = 10

/** The usual race for a proposal. */
export function raceFor({ route, champion, challenger, saving }: NewProposal): WantedRace {
  return {
    ...usualRace({ route, champion, challengers: [challenger], currency: saving.currency }),
    expectedSaving: saving,
  }
}

/** Candidates of weight 0 are listed for this: nothing is sent to them until a race does. */
function lists({ candidates }: Route, model: string): boolean {
  return candidates.some(({ to }) => (isRoute(to) ? lists(to, model) : fullName(to) === model))
}

/** A race is open on the route, or one with this model has ended a short while ago. */
async function isBusy({ store, clock }: PriceLoopParts, route: string, challenger: string): Promise<boolean> {
  const races = (await readRaces(store.tables())).filter(({ config }) => config.route === route)
  return races.some(
    ({ endedAt, config }) =>
      endedAt === null || (config.challengers.includes(challenger) && clock.now() - endedAt < COOL_DOWN_MS),
  )
}

function bookName({ bookName: nameOf }: Pricing, model: string): string {
  return nameOf(...splitName(model))
}

function splitName(model: string): readonly [provider: string, name: string] {
  const slash = model.indexOf('/')
  return [model.slice(0, slash), model.slice(slash + 1)]
}
