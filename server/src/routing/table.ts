import {
  findRouteProblems,
  type ConditionSetting,
  type HedgeSetting,
  type RouteSetting,
  type Strategy,
} from '@paddock/contract/routes'
import { PaddockError } from '../base/errors.ts'
import type { Provider } from '../providers/provider.ts'
import type { ActiveProvider } from './active-provider.ts'
import { boundedMap } from './bounded-map.ts'
import { nearestNames } from './nearest.ts'
import { fullName, type Target } from './target.ts'

export type { Target }

/** Where a name leads: the targets that may be called, as they are written, and the route that orders them for a request. */
export type Destination = {
  /** The route's name; null where a model was named. */
  readonly route: string | null
  readonly targets: readonly [Target, ...Target[]]
  readonly order: Route
}

/** A name with candidates, and how one of them is chosen. A model that is named itself is a route with one candidate. */
export type Route = {
  readonly name: string | null
  readonly strategy: Strategy
  readonly candidates: readonly Candidate[]
  /** Candidates that are written down but cannot be called, and why. */
  readonly missing: readonly { readonly model: string; readonly reason: string }[]
  /** What it may lead to, each once, in the order written. A candidate of weight 0 is listed for later use only. */
  readonly targets: readonly Target[]
  readonly attemptsMax: number
  readonly sticky: boolean
  readonly hedge: HedgeSetting | null
}

export type Candidate = {
  /** As it is written. */
  readonly model: string
  readonly to: Target | Route
  readonly weight: number
  readonly when: ConditionSetting | null
}

export function isRoute(to: Target | Route): to is Route {
  return 'candidates' in to
}

/** A name callers may ask for. */
export type OfferedModel = { readonly name: string; readonly provider: string; readonly route: boolean }

/** Which names lead where. Built whole from the configuration and replaced whole when that changes. */
export type RoutingTable = {
  readonly providers: readonly ActiveProvider[]
  readonly routes: readonly Route[]
  readonly offered: readonly OfferedModel[]
  /** A few of the names offered, for a caller that names none. */
  readonly firstNames: readonly string[]
  /** What the operator should know: candidates that are named but cannot be called, settings that do nothing yet. */
  readonly warnings: readonly string[]
  /** A route, a pinned `provider/model`, or a bare model that one of the providers offers. Throws `model_unknown`, `route_unavailable`. */
  resolve(name: string): Destination
  /** A pinned `provider/model`; null where none of the providers offers it. */
  find(name: string): Target | null
}

/** How many names are shown to a caller that names none. */
const NAMES_SHOWN = 10
/** The most attempts a request makes where its route does not say. */
const ATTEMPTS_MAX = 3
/** Models that were named and are remembered as destinations: callers choose names where a provider takes any. */
const PINNED_MAX = 10_000

export type TableParts = {
  readonly providers: readonly ActiveProvider[]
  readonly routes: readonly RouteSetting[]
  /** Every provider facts exist for, set up or not. */
  readonly known: readonly Provider[]
}

/** Throws `config_invalid` when routes contradict each other or one names a provider nobody knows. */
export function buildRoutingTable({ providers, routes, known }: TableParts): RoutingTable {
  const problems = findRouteProblems(routes).map(({ message }) => message)
  if (problems.length > 0) throw new PaddockError('config_invalid', { message: problems.join('\n') })
  const byId = new Map(providers.map((provider) => [provider.facts.id, provider]))
  const bare = indexBareModels(providers)
  const built = buildRoutes(routes, { byId, known })
  const pinned = pinner(byId)
  const offered = [
    ...routes.map((route) => ({ name: route.name, provider: 'paddock', route: true })),
    ...providers.flatMap((provider) =>
      provider.models.map((model) => ({
        name: fullName({ provider, model }),
        provider: provider.facts.id,
        route: false,
      })),
    ),
  ]
  return {
    providers,
    routes: [...built.values()],
    offered,
    firstNames: offered.slice(0, NAMES_SHOWN).map(({ name }) => name),
    warnings: [...built].flatMap(([name, route]) => warningsOf(name, route)),
    resolve: (name) => routed(built.get(name)) ?? pinned(name) ?? bare.get(name) ?? unknown(name, offered),
    find: (name) => pinned(name)?.targets[0] ?? null,
  }
}

function warningsOf(name: string, { missing, hedge, targets, attemptsMax }: Route): string[] {
  const idle = hedge !== null && (targets.length < 2 || attemptsMax < 2)
  return [
    ...missing.map(({ model, reason }) => `${model} is not used by route ${name}: ${reason}.`),
    ...(idle ? [`The hedge of route ${name} does nothing: it has nobody else to ask, or may not.`] : []),
  ]
}

function routed(route: Route | undefined): Destination | undefined {
  if (!route) return undefined
  const [first, ...rest] = route.targets
  if (first) return { route: route.name, targets: [first, ...rest], order: route }
  const why = route.missing.map(({ model, reason }) => `${model}: ${reason}.`)
  throw new PaddockError('route_unavailable', {
    message: `The route ${route.name} has no candidate that can be called now. ${why.join(' ')}`,
  })
}

function targetsOf(candidates: readonly Candidate[]): readonly Target[] {
  const targets = new Map<string, Target>()
  for (const { to, weight } of candidates) {
    if (weight === 0) continue
    for (const target of isRoute(to) ? to.targets : [to]) {
      if (!targets.has(fullName(target))) targets.set(fullName(target), target)
    }
  }
  return [...targets.values()]
}

function onlyTo(target: Target): Destination {
  const candidate = { model: fullName(target), to: target, weight: 1, when: null }
  return {
    route: null,
    targets: [target],
    order: {
      name: null,
      strategy: 'priority',
      candidates: [candidate],
      missing: [],
      targets: [target],
      attemptsMax: ATTEMPTS_MAX,
      sticky: true,
      hedge: null,
    },
  }
}

/** Bare names: "deepseek-chat" leads to the first provider that offers it. */
function indexBareModels(providers: readonly ActiveProvider[]): Map<string, Destination> {
  const index = new Map<string, Destination>()
  for (const provider of providers) {
    for (const model of provider.models) {
      if (!index.has(model)) index.set(model, onlyTo({ provider, model }))
    }
  }
  return index
}

function pinner(byId: ReadonlyMap<string, ActiveProvider>): (name: string) => Destination | undefined {
  const known = boundedMap<Destination>(PINNED_MAX)
  return (name) => {
    const found = known.get(name)
    if (found) return found
    const target = findTarget(name, byId)
    const destination = target && onlyTo(target)
    if (destination) known.set(name, destination)
    return destination
  }
}

function findTarget(name: string, byId: ReadonlyMap<string, ActiveProvider>): Target | undefined {
  const slash = name.indexOf('/')
  if (slash <= 0) return undefined
  const provider = byId.get(name.slice(0, slash))
  const model = name.slice(slash + 1)
  if (!provider || model === '' || !(provider.open || provider.models.includes(model))) return undefined
  return { provider, model }
}

type Known = { readonly byId: ReadonlyMap<string, ActiveProvider>; readonly known: readonly Provider[] }

/** Every route by its name, each built once. There is no cycle in them: that was looked for before. */
function buildRoutes(settings: readonly RouteSetting[], known: Known): ReadonlyMap<string, Route> {
  const byName = new Map(settings.map((setting) => [setting.name, setting]))
  const built = new Map<string, Route>()
  const build = (setting: RouteSetting): Route => {
    const before = built.get(setting.name)
    if (before) return before
    const lead = (model: string): Target | Route | undefined => {
      const inner = byName.get(model)
      return inner ? build(inner) : findTarget(model, known.byId)
    }
    const route = buildRoute(setting, lead, known)
    built.set(setting.name, route)
    return route
  }
  return new Map(settings.map((setting) => [setting.name, build(setting)]))
}

function buildRoute(setting: RouteSetting, lead: (model: string) => Target | Route | undefined, known: Known): Route {
  const candidates: Candidate[] = []
  const missing: Route['missing'][number][] = []
  for (const { model, weight = 1, when = null } of setting.candidates) {
    const to = lead(model)
    if (to) candidates.push({ model, to, weight, when })
    else missing.push({ model, reason: whyNot(setting.name, model, known) })
  }
  return {
    name: setting.name,
    strategy: setting.strategy ?? 'priority',
    candidates,
    missing,
    targets: targetsOf(candidates),
    attemptsMax: setting.attempts_max ?? ATTEMPTS_MAX,
    sticky: setting.sticky ?? true,
    hedge: setting.hedge ?? null,
  }
}

/** Why a candidate cannot be called: a provider without a key is a warning, a name nobody knows is a mistake. */
function whyNot(route: string, model: string, { byId, known }: Known): string {
  const id = model.slice(0, Math.max(0, model.indexOf('/')))
  const facts = known.find((each) => each.id === id)
  if (facts && !byId.has(id)) {
    return `${id} has no key (set ${[...facts.keyEnv, ...facts.baseUrlEnv].join(' or ')})`
  }
  throw new PaddockError('config_invalid', {
    message: `Route ${route} names ${model}, which no provider offers. Write provider/model with one of: ${[...byId.keys()].join(', ')}.`,
  })
}

function unknown(name: string, offered: readonly OfferedModel[]): never {
  const near = nearestNames(
    name,
    offered.map((each) => each.name),
  )
  const hint = near.length === 0 ? '' : ` Did you mean ${near.join(' or ')}?`
  throw new PaddockError('model_unknown', {
    message: `There is no model or route of this name here.${hint} GET /v1/models lists all.`,
    param: '/model',
  })
}
