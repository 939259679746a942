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
  const units: Unit[] = []
  const passedOver: PassedOver[] = []
  for (const candidate of route.candidates) {
    const looked = look(candidate, view)
    const first = looked.placed[0]
    if (first) units.push({ candidate, placed: looked.placed, first: first.target })
    if (looked.passedOver.length > 0) passedOver.push(...looked.passedOver)
  }
  for (const { model, reason } of route.missing) passedOver.push({ model, target: null, reason, hindrance: null })
  const placed: Placement[] = []
  for (const { unit, reason } of RANKS[route.strategy](units, view)) place(unit, reason, placed)
  return { placed, passedOver }
}

const NOWHERE: readonly Placement[] = []
const NOBODY: readonly PassedOver[] = []

function look(candidate: Candidate, view: View): Ordered {
  const { to, weight, when } = candidate
  if (weight === 0) return passOver(candidate, 'weight 0: listed only')
  const unmet = when && unmetCondition(when, view.request)
  if (unmet !== null) return passOver(candidate, unmet)
  if (isRoute(to)) return orderRoute(to, view)
  if (!view.isAllowed(to)) return passOver(candidate, 'this key may not call it')
  const hindrance = view.hindrance(to)
  return hindrance
    ? { placed: NOWHERE, passedOver: [hindered(to, hindrance)] }
    : { placed: [{ target: to, reason: '' }], passedOver: NOBODY }
}

function passOver({ model, to }: Candidate, reason: string): Ordered {
  const target = isRoute(to) ? null : to
  return { placed: NOWHERE, passedOver: [{ model, target, reason, hindrance: null }] }
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

/** Adds targets that are not there yet, each with the reason of its place; behind it the one inside the route it comes from. */
function place({ candidate, placed: inside }: Unit, reason: string, placed: Placement[]): void {
  for (const { target, reason: inner } of inside) {
    if (isAmong(placed, target)) continue
    placed.push({ target, reason: inner === '' ? reason : `${reason}; in ${candidate.model}: ${inner}` })
  }
}

function isAmong(placed: readonly Placement[], target: Target): boolean {
  for (const each of placed) if (fullName(each.target) === fullName(target)) return true
  return false
}
