import type { RouteSetting } from '@paddock/contract/config'
import { PaddockError } from '../base/errors.ts'
import type { Provider } from '../providers/provider.ts'
import type { ActiveProvider } from './active-provider.ts'
import { nearestNames } from './nearest.ts'

/** One place a request can be sent to. */
export type Target = { readonly provider: ActiveProvider; readonly model: string }

/** Where a name leads: the targets in the order they are tried, and the route, if the name is one's. */
export type Destination = { readonly route: string | null; readonly targets: readonly [Target, ...Target[]] }

/** A name callers may ask for. */
export type OfferedModel = { readonly name: string; readonly provider: string; readonly route: boolean }

/** Which names lead where. Built whole from the configuration and replaced whole when that changes. */
export type RoutingTable = {
  readonly providers: readonly ActiveProvider[]
  readonly offered: readonly OfferedModel[]
  /** A few of the names offered, for a caller that names none. */
  readonly firstNames: readonly string[]
  /** What the operator should know: candidates that are named but cannot be called. */
  readonly warnings: readonly string[]
  /** A route, a pinned `provider/model`, or a bare model that one of the providers offers. Throws `model_unknown`, `route_unavailable`. */
  resolve(name: string): Destination
}

/** How many names are shown to a caller that names none. */
const NAMES_SHOWN = 10

export type TableParts = {
  readonly providers: readonly ActiveProvider[]
  readonly routes: readonly RouteSetting[]
  /** Every provider facts exist for, set up or not. */
  readonly known: readonly Provider[]
}

/** Throws `config_invalid` when a route names a provider nobody knows. */
export function buildRoutingTable({ providers, routes, known }: TableParts): RoutingTable {
  const byId = new Map(providers.map((provider) => [provider.facts.id, provider]))
  const bare = indexBareModels(providers)
  const leads = new Map<string, Lead>()
  for (const route of routes) {
    if (leads.has(route.name)) {
      throw new PaddockError('config_invalid', {
        message: `Two routes are called ${route.name}. Give one of them another name.`,
      })
    }
    leads.set(route.name, leadOf(route, { byId, known }))
  }
  const offered = [
    ...routes.map((route) => ({ name: route.name, provider: 'paddock', route: true })),
    ...providers.flatMap((provider) =>
      provider.models.map((model) => ({
        name: `${provider.facts.id}/${model}`,
        provider: provider.facts.id,
        route: false,
      })),
    ),
  ]
  return {
    providers,
    offered,
    firstNames: offered.slice(0, NAMES_SHOWN).map(({ name }) => name),
    warnings: [...leads.values()].flatMap((lead) => lead.warnings),
    resolve: (name) => followLead(leads.get(name)) ?? pinned(name, byId) ?? bare.get(name) ?? unknown(name, offered),
  }
}

/** Where a route leads, and what the operator should know about the candidates that cannot be used. */
type Lead = { readonly route: string; readonly targets: readonly Target[]; readonly warnings: readonly string[] }

function followLead(lead: Lead | undefined): Destination | undefined {
  if (!lead) return undefined
  const [first, ...rest] = lead.targets
  if (first) return { route: lead.route, targets: [first, ...rest] }
  throw new PaddockError('route_unavailable', {
    message: `The route ${lead.route} has no candidate that can be called now. ${lead.warnings.join(' ')}`,
  })
}

/** Bare names: "deepseek-chat" leads to the first provider that offers it. */
function indexBareModels(providers: readonly ActiveProvider[]): Map<string, Destination> {
  const index = new Map<string, Destination>()
  for (const provider of providers) {
    for (const model of provider.models) {
      if (!index.has(model)) index.set(model, { route: null, targets: [{ provider, model }] })
    }
  }
  return index
}

function pinned(name: string, byId: ReadonlyMap<string, ActiveProvider>): Destination | undefined {
  const slash = name.indexOf('/')
  if (slash <= 0) return undefined
  const provider = byId.get(name.slice(0, slash))
  const model = name.slice(slash + 1)
  if (!provider || model === '' || !(provider.open || provider.models.includes(model))) return undefined
  return { route: null, targets: [{ provider, model }] }
}

function leadOf(
  route: RouteSetting,
  { byId, known }: { byId: ReadonlyMap<string, ActiveProvider>; known: readonly Provider[] },
): Lead {
  const targets: Target[] = []
  const warnings: string[] = []
  // A candidate of weight 0 is listed for later use (a race's challenger) and gets no traffic.
  for (const { model, weight } of route.candidates) {
    const target = pinned(model, byId)?.targets[0]
    if (!target) warnings.push(whyNot(route.name, model, { byId, known }))
    else if (weight !== 0) targets.push(target)
  }
  return { route: route.name, targets, warnings }
}

/** Why a candidate cannot be called: a provider without a key is a warning, a name nobody knows is a mistake. */
function whyNot(
  route: string,
  model: string,
  { byId, known }: { byId: ReadonlyMap<string, ActiveProvider>; known: readonly Provider[] },
): string {
  const id = model.slice(0, Math.max(0, model.indexOf('/')))
  const facts = known.find((each) => each.id === id)
  if (facts && !byId.has(id)) {
    return `${model} is not used by route ${route}: ${id} has no key (set ${[...facts.keyEnv, ...facts.baseUrlEnv].join(' or ')}).`
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
