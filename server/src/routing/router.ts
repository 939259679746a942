import type { Decimal } from '@paddock/contract/decimal'
import { NO_USAGE, type Usage } from '@paddock/contract/usage'
import type { Clock } from '../base/clock.ts'
import { openAttempts, type Attempts } from './attempts.ts'
import { hedgeAfterMs } from './hedge.ts'
import type { Hindrance } from './health/breaker.ts'
import { openHealth, type Health, type Picked } from './health/health.ts'
import { openRetryBudget, type RetryBudget } from './health/retry-budget.ts'
import { openMeasures, type Measures } from './measures.ts'
import { describeHindrance, hindered, orderRoute, type Ordered, type View } from './order.ts'
import type { Outcome } from './outcome.ts'
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
  /** Every candidate of a destination, with the reason why it has its place or none. Changes nothing. */
  explain(destination: Destination, request: RequestFacts): readonly Explained[]
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
  readonly price: Decimal | null
  readonly health: string
  readonly reason: string
}

/**
 * What a usage costs at a target now, in one currency for all targets, so that prices can be compared; null where it has no
 * price or none in that currency.
 */
export type PriceOf = (target: Target, usage: Usage) => Decimal | null

export type RouterParts = { readonly clock: Clock; readonly random: Random; readonly priceOf: PriceOf }

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
      const trip = tripOf(destination, request)
      const { placed, passedOver } = order(memory, trip, memory.random)
      const [first, ...rest] = placed
      if (!first) throw refusalFor(destination.route, passedOver)
      return { ...trip, placed: [first, ...rest] }
    },
    attempts: (itinerary) => attemptsOf(memory, itinerary),
    explain: (destination, request) => explain(memory, tripOf(destination, request)),
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
  readonly budgets: Map<string, RetryBudget>
  readonly now: () => number
}

type Trip = Omit<Itinerary, 'placed'>

function tripOf(destination: Destination, request: RequestFacts): Trip {
  return { destination, request, session: sessionName(destination, request) }
}

/** A conversation belongs to a caller and to what was asked for: others may use the same name for another one. */
function sessionName({ order: route, targets }: Destination, { session, key }: RequestFacts): string | null {
  if (session === null || !route.sticky) return null
  return JSON.stringify([key, route.name ?? fullName(targets[0]), session])
}

function order(memory: Memory, trip: Trip, random: Random): Ordered {
  const { health, measures, now } = memory
  const { destination, request } = trip
  const allowed = new Set(destination.targets.map(fullName))
  const hindrance = (target: Target): Hindrance | null => health.hindrance(target, now())
  const ordered = orderRoute(destination.order, {
    request,
    random,
    price: (target) => expectedPrice(memory, target, request),
    cachedShare: (target) => measures.cachedShare(fullName(target), now()),
    speed: (target) => measures.speed(fullName(target), now()),
    hindrance: request.noFallback ? () => null : hindrance,
    isAllowed: (target) => allowed.has(fullName(target)),
  })
  const kept = withKept(ordered, findKept(memory, trip))
  return request.noFallback ? firstOnly(kept, hindrance) : kept
}

/** For a caller that wants the first candidate or nothing: another one is a fallback also when the first is not well. */
function firstOnly({ placed: [first], passedOver }: Ordered, hindranceOf: View['hindrance']): Ordered {
  const hindrance = first && hindranceOf(first.target)
  if (!first || !hindrance) return { placed: first ? [first] : [], passedOver }
  return { placed: [], passedOver: [hindered(first.target, hindrance)] }
}

/** What a request would cost at a target, with as much of its prompt cached as was measured there. */
function expectedPrice({ measures, priceOf, now }: Memory, target: Target, request: RequestFacts): Decimal | null {
  const { ways } = request
  if (ways) return ways.map((usage) => priceOf(target, usage)).find((price) => price !== null) ?? null
  const cached = Math.round(request.promptTokens * measures.cachedShare(fullName(target), now()))
  const input = request.promptTokens - cached
  return priceOf(target, { ...NO_USAGE, input, cached_input: cached, output: request.outputTokens })
}

/** The target that answered a conversation last goes first, as long as it has a place at all. */
function withKept({ placed, passedOver }: Ordered, kept: Kept | null): Ordered {
  const found = kept && placed.find(({ target }) => fullName(target) === kept.target)
  if (!found) return { placed, passedOver }
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
    health: memory.health,
    budget: budgetOf(memory, placed[0].target.provider.facts.id),
    now: memory.now,
    onEnd: (picked, outcome) => {
      learn(memory, itinerary, { picked, outcome })
    },
  })
}

function hedgeOf(memory: Memory, { destination, request, placed: [first, second] }: Itinerary): number | null {
  const { hedge } = destination.order
  if (hedge === null || second === undefined) return null
  return hedgeAfterMs(hedge, {
    firstByteMsP95: memory.measures.firstByteMsP95(fullName(first.target)),
    secondPrice: expectedPrice(memory, second.target, request),
  })
}

function budgetOf({ budgets }: Memory, provider: string): RetryBudget {
  const budget = budgets.get(provider) ?? openRetryBudget()
  budgets.set(provider, budget)
  return budget
}

type Ended = { readonly picked: Picked; readonly outcome: Outcome }

function learn({ measures, sessions, now }: Memory, { session }: Trip, { picked, outcome }: Ended): void {
  const target = fullName(picked.target)
  if (outcome.kind === 'failed') measures.failed(target, now())
  if (outcome.kind !== 'answered') return
  measures.answered(target, outcome, now())
  if (session !== null) sessions.keep(session, { target, apiKey: picked.apiKey }, now())
}

function explain(memory: Memory, trip: Trip): readonly Explained[] {
  const { placed, passedOver } = order(memory, trip, NO_CHANCE)
  return [
    ...placed.map(({ target, reason }, index) => ({ place: index + 1, ...stateOf(memory, target, trip), reason })),
    ...passedOver.map(({ model, target, reason }) => ({
      place: null,
      ...(target ? stateOf(memory, target, trip) : { model, price: null, health: 'not called' }),
      reason,
    })),
  ]
}

function stateOf(memory: Memory, target: Target, { request }: Trip): Pick<Explained, 'model' | 'price' | 'health'> {
  const hindrance = memory.health.hindrance(target, memory.now())
  return {
    model: fullName(target),
    price: expectedPrice(memory, target, request),
    health: hindrance ? describeHindrance(hindrance) : 'good',
  }
}
