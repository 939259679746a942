import type { Strategy } from '@paddock/contract/routes'
import { unmetCondition } from './conditions.ts'
import type { Hindrance } from './health/breaker.ts'
import { rankByPrice } from './strategies/cheapest.ts'
import { rankBySpeed } from './strategies/fastest.ts'
import { rankByPriority } from './strategies/priority.ts'
import type { Placement, Rank, Senses, Unit } from './strategies/rank.ts'
import { rankByWeight } from './strategies/weight.ts'
import { isRoute, type Candidate, type Route } from './table.ts'
import { fullName, type Target } from './target.ts'

/** A candidate that does not come into question, and why; with what hinders it where that will pass. */
export type PassedOver = {
  readonly model: string
  readonly target: Target | null
  readonly reason: string
  readonly hindrance: Hindrance | null
}

export type Ordered = { readonly placed: readonly Placement[]; readonly passedOver: readonly PassedOver[] }

/** What ordering has to know beside what the strategies ask for. */
export type View = Senses & {
  hindrance(target: Target): Hindrance | null
  /** Whether the caller may call it. */
  isAllowed(target: Target): boolean
}

const RANKS: Readonly<Record<Strategy, Rank>> = {
  priority: rankByPriority,
  weight: rankByWeight,
  cheapest: rankByPrice,
  fastest: rankBySpeed,
}

/**
 * The targets of a route in the order they should be tried for a request, each once. A candidate that names a route is
 * ordered by that route's own strategy, and its targets stay together.
 */
export function orderRoute(route: Route, view: View): Ordered {
  const looked = route.candidates.map((candidate) => ({ candidate, ...look(candidate, view) }))
  const units = looked.flatMap(({ candidate, placed }) => unitOf(candidate, placed))
  return {
    placed: eachOnce(RANKS[route.strategy](units, view).flatMap(({ unit, reason }) => within(unit, reason))),
    passedOver: [
      ...looked.flatMap(({ passedOver }) => passedOver),
      ...route.missing.map(({ model, reason }) => ({ model, target: null, reason, hindrance: null })),
    ],
  }
}

function unitOf(candidate: Candidate, placed: readonly Placement[]): Unit[] {
  const [first] = placed
  return first ? [{ candidate, placed, first: first.target }] : []
}

function look({ model, to, weight, when }: Candidate, view: View): Ordered {
  const target = isRoute(to) ? null : to
  const passOver = (reason: string): Ordered => ({
    placed: [],
    passedOver: [{ model, target, reason, hindrance: null }],
  })
  if (weight === 0) return passOver('weight 0: listed only')
  const unmet = when && unmetCondition(when, view.request)
  if (unmet !== null) return passOver(unmet)
  if (isRoute(to)) return orderRoute(to, view)
  if (!view.isAllowed(to)) return passOver('this key may not call it')
  const hindrance = view.hindrance(to)
  return hindrance
    ? { placed: [], passedOver: [hindered(to, hindrance)] }
    : { placed: [{ target: to, reason: '' }], passedOver: [] }
}

/** A target that would come into question if it could be called now. */
export function hindered(target: Target, hindrance: Hindrance): PassedOver {
  return { model: fullName(target), target, reason: describeHindrance(hindrance), hindrance }
}

const HINDRANCES: Readonly<Record<Hindrance['kind'], string>> = {
  failing: 'failing',
  limited: 'limited by the provider',
  out_of_money: 'out of money at the provider',
}

export function describeHindrance({ kind, forMs }: Hindrance): string {
  return `${HINDRANCES[kind]}, tried again in ${Math.ceil(forMs / 1_000)} s`
}

/** The reason of a target's place; behind it the one of its place inside the route it comes from. */
function within({ candidate, placed }: Unit, reason: string): readonly Placement[] {
  return placed.map(({ target, reason: inner }) => ({
    target,
    reason: inner === '' ? reason : `${reason}; in ${candidate.model}: ${inner}`,
  }))
}

function eachOnce(placed: readonly Placement[]): readonly Placement[] {
  const seen = new Set<string>()
  return placed.filter(({ target }) => !seen.has(fullName(target)) && seen.add(fullName(target)))
}
