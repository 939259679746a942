import type { PriceEvent } from '@paddock/contract/price-event'
import type { Clock } from '../../base/clock.ts'
import { asPaddockError, type PaddockError } from '../../base/errors.ts'
import type { Entry } from '../../books/entry.ts'
import type { Pricing } from '../../books/whatif/run.ts'
import { watchPrices } from '../../books/watch-prices.ts'
import { promoteByHand, stopByHand } from '../../races/live/by-hand.ts'
import type { RacePrices } from '../../races/live/cost-ahead.ts'
import { openRaces, type Races } from '../../races/live/open-races.ts'
import { hearPrice, raceFor } from '../../races/live/price-loop.ts'
import { noteRaceOf, readProposals } from '../../races/live/proposals.ts'
import { readOpenRaces } from '../../races/live/race-rows.ts'
import { addSignal } from '../../races/live/signals.ts'
import { startRace, usualRace } from '../../races/live/start.ts'
import { statusOf } from '../../races/live/status.ts'
import type { RaceDatabase } from '../../races/live/tables.ts'
import { openLeads } from '../../routing/leads.ts'
import type { Store } from '../../store/store.ts'
import { demoRoutes } from './demo-routes.ts'
import { likedAt, RATED, RATED_BEFORE_MS, STORY_RACES, type StoryRace } from './race-story.ts'
import { seededBy, type Seeded } from './seeded.ts'
import { SPEEDS } from './story.ts'

/** What a server does beside requests: it watches prices, proposes races and decides them; and what people do about that. */
export type Loop = {
  /** Who is to answer a request first. */
  readonly lead: Races['lead']
  /** All that happens between these requests and those after `until`. */
  between(entries: readonly Entry[], until: number): Promise<void>
}

export type LoopParts = {
  readonly store: Store
  readonly pricing: Pricing
  readonly racePrices: RacePrices
  readonly seed: number
  readonly span: { readonly from: number; readonly to: number }
}

/** Chance of its own, so that ratings change nothing about who asks what. */
const RATINGS_SEED = 0x7ace

/** The same parts as a server's, on a clock that is moved from stretch to stretch. */
export async function openLoop(parts: LoopParts): Promise<Loop> {
  const { store, racePrices: prices, seed, span } = parts
  let now = span.from
  const clock: Clock = { now: () => now, elapsed: () => now }
  const leads = await openLeads({ store, clock })
  const races = await openRaces({ store, clock, leads, prices, ask: askNobody, onVerdict: () => undefined })
  const tables: RaceDatabase = store.tables()
  const people: People = { ...parts, clock, tables, leads, seeded: seededBy(seed ^ RATINGS_SEED) }
  const lookAtPrices = await priceLooks(people)
  await lookAtPrices(span.from)
  return {
    lead: (request) => races.lead(request),
    between: async (entries, until) => {
      await store.write((within: RaceDatabase) =>
        rate({ tables: within, clock, seeded: people.seeded }, entries, (at) => {
          now = at
        }),
      )
      now = until
      await lookAtPrices(until)
      for (const race of STORY_RACES) await act(people, race)
      await promoteWhatWaits(people)
      await races.tick()
    },
  }
}

type People = LoopParts & {
  readonly clock: Clock
  readonly tables: RaceDatabase
  readonly leads: Awaited<ReturnType<typeof openLeads>>
  readonly seeded: Seeded
}

/** Looks whenever a price may have changed since the last look, as a server does. */
async function priceLooks({ store, pricing, clock, leads, span }: People): Promise<(until: number) => Promise<void>> {
  const models = Object.keys(SPEEDS)
  const edges = models.flatMap((model) => pricing.prices.edges(model))
  const failures: PaddockError[] = []
  const events: PriceEvent[] = []
  const loop = {
    store,
    clock,
    leads,
    pricing: () => pricing,
    routes: () => demoRoutes(clock.now()),
    setting: () => ({}),
    onProposal: () => undefined,
  }
  const watch = watchPrices({
    store,
    clock,
    pricing: () => pricing,
    offered: () => models,
    onEvent: (event) => {
      events.push(event)
    },
    onFailure: (cause) => {
      failures.push(asPaddockError(cause))
    },
    later: () => () => undefined,
  })
  let looked = -Infinity
  return async (until) => {
    const isDue = looked === -Infinity || until === span.to || edges.some((at) => at > looked && at <= until)
    if (!isDue) return
    looked = until
    await watch.look()
    for (const failure of failures) throw failure
    for (const event of events.splice(0)) await hearPrice(loop, event)
  }
}

type Rating = Pick<People, 'tables' | 'clock' | 'seeded'>

/** How long people take to say what they think of an answer. */
const RATED_AFTER_MS = 4_000

async function rate(
  { tables, clock, seeded }: Rating,
  entries: readonly Entry[],
  moveClock: (at: number) => void,
): Promise<void> {
  for (const entry of entries) {
    const { id, route, state, provider, model, trial, key_id, end_user } = entry
    if (state !== 'ok' || route === null || end_user === null || !isRated(entry)) continue
    if (seeded.below(100) >= (RATED[route] ?? 0)) continue
    const value = Number(seeded.chance(likedAt(route, `${provider}/${model}`)))
    moveClock(Date.parse(entry.ended_at) + RATED_AFTER_MS)
    const said = { source: 'user', reviewer: `key:${key_id}`, value, comment: null } as const
    await addSignal(tables, { trial: id, race: trial?.race ?? null, ...said }, clock)
  }
}

function isRated({ route, at, trial }: Entry): boolean {
  const asked = Date.parse(at)
  return (
    trial !== undefined ||
    STORY_RACES.some((race) => race.route === route && asked >= race.at - RATED_BEFORE_MS && asked < race.at)
  )
}

async function act(people: People, race: StoryRace): Promise<void> {
  const { clock, tables, leads, span } = people
  if (clock.now() === race.at && race.at > span.from) await start(people, race)
  if (clock.now() !== race.stop?.at) return
  const running = (await readOpenRaces(tables)).find(({ config }) => config.route === race.route)
  const referee = { tables, clock, leads, onVerdict: () => undefined }
  if (running) await stopByHand(referee, running, { actor: race.actor, reason: race.stop.reason })
}

/** From its proposal, where it has one; a demo that begins after the price has fallen has none, and no race. */
async function start({ tables, clock, seed, seeded, pricing, leads }: People, race: StoryRace): Promise<void> {
  const { route, proposed, actor, wanted } = race
  const proposal = (await readProposals(tables)).findLast(
    (each) => each.route === route && each.challenger === proposed && each.race === null,
  )
  if (proposed !== null && proposal === undefined) return
  const first = demoRoutes(clock.now()).find(({ name }) => name === route)?.targets[0]
  const champion = leads.of(route)?.model ?? (first ? `${first.provider.facts.id}/${first.model}` : '')
  const currency = pricing.prices.currencyOf(champion) ?? 'USD'
  const usual = proposal ? raceFor(proposal) : usualRace({ route, champion, challengers: wanted.challengers, currency })
  const drawn = { id: seeded.id(clock.now()), seed: `demo ${seed} ${route}` }
  const started = await startRace({ tables, clock, actor, drawn }, { ...usual, ...wanted })
  if (proposal) await noteRaceOf(tables, proposal.id, started.id)
}

const DAY_MS = 86_400_000
/** Noon in China, in UTC. */
const NOON_MS = 4 * 3_600_000

/** At noon somebody looks whether a race waits for a word. */
async function promoteWhatWaits(people: People): Promise<void> {
  const { clock, tables, leads, racePrices: prices } = people
  if (clock.now() % DAY_MS !== NOON_MS) return
  const referee = { tables, clock, leads, onVerdict: () => undefined }
  for (const race of await readOpenRaces(tables)) {
    if (race.state !== 'promotable') continue
    const actor = STORY_RACES.find(({ route }) => route === race.config.route)?.actor ?? ''
    const evidence = await statusOf(race, { tables, prices, now: clock.now() })
    await promoteByHand(referee, race, { actor, challenger: null, evidence })
  }
}

function askNobody(): never {
  throw new Error('no judge is asked in a demo')
}
