import type { Decimal } from '@paddock/contract/decimal'
import { NO_USAGE } from '@paddock/contract/usage'
import type { Clock } from '../base/clock.ts'
import { openAttempts, type Attempts, type Budgets } from './attempts.ts'
import { hedgeAfterMs, isWithinCap } from './hedge.ts'
import type { Hindrance } from './health/breaker.ts'
import { openHealth, type Health, type Picked } from './health/health.ts'
import { HEDGES, openRetryBudget } from './health/retry-budget.ts'
import { openMeasures, type Measures, type Speed } from './measures.ts'
import { describeHindrance, hindered, orderRoute, type Ordered, type View } from './order.ts'
import type { Outcome } from './outcome.ts'
import type { Money, PriceOf, Worth } from './price.ts'
import type { Random } from './random.ts'
import { refusalFor } from './refusal.ts'
import type { RequestFacts } from './request.ts'
import { openSessions, type Kept, type Sessions } from './sessions.ts'
import type { Placement } from './strategies/rank.ts'
import type { Destination } from './table.ts'
import { fullName, type Target } from './target.ts'

/** Decides where each request goes, and learns from how its attempts end. Outlives every change of the configuration. */
export type Router = {
  /**
   * The targets for a request in the order in which they are to be tried, each with the reason of its place. Throws, before
   * anything is spent, `provider_overloaded`, `provider_rate_limited`, `provider_out_of_money` or `route_unavailable` when
   * none can be called now.
   */
  orderTargets(destination: Destination, request: RequestFacts): Itinerary
  /** The attempts of that request. */
  attempts(itinerary: Itinerary): Attempts
  /**
   * Every candidate of a destination, with the reason why it has its place or none, at the prices of an instant: now, if
   * none is named. Changes nothing.
   */
  explain(destination: Destination, request: RequestFacts, at?: number): readonly Explained[]
  /** How fast a target answered lately; null where nothing was seen. */
  speed(target: Target): Speed | null
  /** Forgets everything that speaks against a provider: its bill is paid, its key changed. */
  revive(providerId: string): void
}

export type Itinerary = {
  readonly destination: Destination
  readonly request: RequestFacts
  /** What the request's conversation is remembered under; null where it is not. */
  readonly session: string | null
  readonly placed: readonly [Placement, ...Placement[]]
}

export type Explained = {
  /** From 1 upwards; null for a candidate that would not be tried. */
  readonly place: number | null
  readonly model: string
  /** What the request would cost there, in its provider's own currency. */
  readonly price: Decimal | null
  readonly currency: string | null
  /** The share of its prompts that was measured to be read from the provider's cache, 0 to 1. */
  readonly cached_share: number
  readonly health: string
  readonly reason: string
}

export type RouterParts = {
  readonly clock: Clock
  readonly random: Random
  readonly priceOf: PriceOf
  readonly worth: Worth
}

/** Chance that takes no sides: an explanation shows the likeliest order. */
const NO_CHANCE: Random = () => 0.5

export function openRouter(parts: RouterParts): Router {
  const memory: Memory = {
    ...parts,
    health: openHealth(),
    measures: openMeasures(),
    sessions: openSessions(),
    budgets: new Map(),
    now: () => parts.clock.elapsed(),
  }
  return {
    orderTargets: (destination, request) => {
      const trip = tripOf(destination, request, parts.clock.now())
      const { placed, passedOver } = order(memory, trip, memory.random)
      if (!isSomewhere(placed)) throw refusalFor(destination.route, passedOver)
      return { destination, request, session: trip.session, placed }
    },
    attempts: (itinerary) => attemptsOf(memory, itinerary),
    explain: (destination, request, at) => explain(memory, tripOf(destination, request, at ?? parts.clock.now())),
    speed: (target) => memory.measures.speed(fullName(target), memory.now()),
    revive: (providerId) => {
      memory.health.revive(providerId)
    },
  }
}

/** What the router remembers and perceives. */
type Memory = RouterParts & {
  readonly health: Health
  readonly measures: Measures
  readonly sessions: Sessions
  /** One for each provider that requests go to first. */
  readonly budgets: Map<string, Budgets>
  readonly now: () => number
}

type Trip = Omit<Itinerary, 'placed'>

/** A trip at the prices of an instant. */
type DatedTrip = Trip & { readonly at: number }

function tripOf(destination: Destination, request: RequestFacts, at: number): DatedTrip {
  return { destination, request, session: sessionName(destination, request), at }
}

function isSomewhere(placed: readonly Placement[]): placed is readonly [Placement, ...Placement[]] {
  return placed.length > 0
}

/** A conversation belongs to a caller and to what was asked for: others may use the same name for another one. */
function sessionName({ order: route, targets }: Destination, { session, key }: RequestFacts): string | null {
  if (session === null || !route.sticky) return null
  return JSON.stringify([key, route.name ?? fullName(targets[0]), session])
}

/** What ordering sees of the world on one trip. */
class Sight implements View {
  readonly random: Random
  private readonly memory: Memory
  private readonly trip: DatedTrip

  constructor(memory: Memory, trip: DatedTrip, random: Random) {
    this.memory = memory
    this.trip = trip
    this.random = random
  }

  get request(): RequestFacts {
    return this.trip.request
  }

  price(target: Target): Money | null {
    return expectedPrice(this.memory, target, this.trip)
  }

  worth(price: Money, currency: string): Decimal | null {
    return this.memory.worth(price, { currency, at: this.trip.at })
  }

  cachedShare(target: Target): number {
    return this.memory.measures.cachedShare(fullName(target), this.memory.now())
  }

  speed(target: Target): Speed | null {
    return this.memory.measures.speed(fullName(target), this.memory.now())
  }

  hindrance(target: Target): Hindrance | null {
    return this.request.noFallback ? null : hindranceNow(this.memory, target)
  }

  isAllowed(target: Target): boolean {
    const { targets } = this.trip.destination
    return targets.includes(target) || targets.some((each) => fullName(each) === fullName(target))
  }
}

function hindranceNow({ health, now }: Memory, target: Target): Hindrance | null {
  return health.hindrance(target, now())
}

function order(memory: Memory, trip: DatedTrip, random: Random): Ordered {
  const { destination, request } = trip
  const ordered = orderRoute(destination.order, new Sight(memory, trip, random))
  const kept = withLead(memory, withKept(ordered, findKept(memory, trip)), request)
  return request.noFallback ? firstOnly(memory, kept) : kept
}

/** A conversation changes over at once when its route has a new leader: going back must be as quick. */
function withLead(memory: Memory, ordered: Ordered, { lead, noFallback }: RequestFacts): Ordered {
  if (lead === undefined) return ordered
  const name = fullName(lead.target)
  const placed = ordered.placed.filter(({ target }) => fullName(target) !== name)
  const passedOver = ordered.passedOver.filter(({ model }) => model !== name)
  const hindrance = noFallback ? null : hindranceNow(memory, lead.target)
  return hindrance === null
    ? { placed: [lead, ...placed], passedOver }
    : { placed, passedOver: [...passedOver, hindered(lead.target, hindrance)] }
}

/** For a caller that wants the first candidate or nothing: another one is a fallback also when the first is not well. */
function firstOnly(memory: Memory, { placed: [first], passedOver }: Ordered): Ordered {
  const hindrance = first && hindranceNow(memory, first.target)
  if (!first || !hindrance) return { placed: first ? [first] : [], passedOver }
  return { placed: [], passedOver: [hindered(first.target, hindrance)] }
}

/** What a request would cost at a target, with as much of its prompt cached as was measured there. */
function expectedPrice(
  { measures, priceOf, now }: Memory,
  target: Target,
  { request, at }: Pick<DatedTrip, 'request' | 'at'>,
): Money | null {
  if (request.ways)
    return request.ways.map((usage) => priceOf(target, { usage, at })).find((price) => price !== null) ?? null
  const cached = Math.round(request.promptTokens * measures.cachedShare(fullName(target), now()))
  const input = request.promptTokens - cached
  const usage = { ...NO_USAGE, input, cached_input: cached, output: request.outputTokens }
  return priceOf(target, { usage, at })
}

/** The target that answered a conversation last goes first, as long as it has a place at all. */
function withKept(ordered: Ordered, kept: Kept | null): Ordered {
  if (kept === null) return ordered
  const { placed, passedOver } = ordered
  const found = placed.find(({ target }) => fullName(target) === kept.target)
  if (!found) return ordered
  const first = { target: found.target, reason: 'answered this session last' }
  return { placed: [first, ...placed.filter((each) => each !== found)], passedOver }
}

function findKept({ sessions, now }: Memory, { session }: Trip): Kept | null {
  return session === null ? null : sessions.find(session, now())
}

function attemptsOf(memory: Memory, itinerary: Itinerary): Attempts {
  const { destination, placed } = itinerary
  return openAttempts({
    route: destination.route,
    placed,
    attemptsMax: destination.order.attemptsMax,
    kept: findKept(memory, itinerary),
    hedgeAfterMs: () => hedgeOf(memory, itinerary),
    isAffordable: (target) => isAffordable(memory, itinerary, target),
    health: memory.health,
    budgets: budgetsOf(memory, placed[0].target.provider.facts.id),
    now: memory.now,
    onEnd: (picked, outcome) => {
      learn(memory, itinerary, { picked, outcome })
    },
  })
}

function hedgeOf(memory: Memory, { destination, request, placed: [first, second] }: Itinerary): number | null {
  const { hedge } = destination.order
  if (hedge === null || second === undefined) return null
  return hedgeAfterMs(hedge, memory.measures.silenceMsP95(fullName(first.target), request.stream))
}

function isAffordable(memory: Memory, { destination, request }: Itinerary, target: Target): boolean {
  const { hedge } = destination.order
  const at = memory.clock.now()
  return hedge !== null && isWithinCap(hedge, expectedPrice(memory, target, { request, at }))
}

function budgetsOf({ budgets }: Memory, provider: string): Budgets {
  const found = budgets.get(provider)
  if (found) return found
  const opened = { retries: openRetryBudget(), hedges: openRetryBudget(HEDGES) }
  budgets.set(provider, opened)
  return opened
}

type Ended = { readonly picked: Picked; readonly outcome: Outcome }

function learn({ measures, sessions, now }: Memory, { session, request }: Trip, { picked, outcome }: Ended): void {
  const target = fullName(picked.target)
  if (outcome.kind === 'failed') measures.failed(target, now())
  if (outcome.kind === 'neutral' && outcome.silentMs !== undefined)
    measures.silent(target, { ms: outcome.silentMs, stream: request.stream })
  if (outcome.kind !== 'answered') return
  measures.answered(target, outcome, now())
  if (session !== null) sessions.keep(session, { target, apiKey: picked.apiKey }, now())
}

function explain(memory: Memory, trip: DatedTrip): readonly Explained[] {
  const { placed, passedOver } = order(memory, trip, NO_CHANCE)
  return [
    ...placed.map(({ target, reason }, index) => ({ place: index + 1, ...stateOf(memory, target, trip), reason })),
    ...passedOver.map(({ model, target, reason }) => ({
      place: null,
      ...(target ? stateOf(memory, target, trip) : { ...UNKNOWN, model }),
      reason,
    })),
  ]
}

type State = Omit<Explained, 'place' | 'reason'>

const UNKNOWN: Omit<State, 'model'> = { price: null, currency: null, cached_share: 0, health: 'not called' }

function stateOf(memory: Memory, target: Target, trip: DatedTrip): State {
  const { health, measures, now } = memory
  const hindrance = health.hindrance(target, now())
  const price = expectedPrice(memory, target, trip)
  return {
    model: fullName(target),
    price: price?.amount ?? null,
    currency: price?.currency ?? null,
    cached_share: measures.cachedShare(fullName(target), now()),
    health: hindrance ? describeHindrance(hindrance) : 'good',
  }
}
