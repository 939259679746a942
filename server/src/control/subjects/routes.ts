import type { routesApi } from '@paddock/contract/control/routes'
import { isoInstant, type Clock } from '../../base/clock.ts'
import type { Books } from '../../books/books.ts'
import type { BooksReader } from '../../books/reader.ts'
import type { RollupSum } from '../../books/rollup-sums.ts'
import { placementOf, type Leads } from '../../routing/leads.ts'
import type { RequestFacts } from '../../routing/request.ts'
import type { Explained, Router } from '../../routing/router.ts'
import { isRoute, type Candidate, type Route, type RoutingTable } from '../../routing/table.ts'
import { plainAmount } from '../amounts.ts'
import { ANY_REQUEST } from '../any-request.ts'
import { errorOf, textOf, type AskModel } from '../ask-model.ts'
import type { Handlers } from '../handlers.ts'
import { lastDayFrom } from '../span.ts'
import { sumsOf } from './overview.ts'

export type RoutesParts = {
  readonly routing: () => RoutingTable
  readonly router: Router
  readonly ask: AskModel
  readonly books: Pick<Books, 'find'>
  readonly clock: Clock
  readonly reader: Pick<BooksReader, 'sums'>
  readonly leads: Pick<Leads, 'of' | 'refresh'>
}

export function routesHandlers(parts: RoutesParts): Handlers<typeof routesApi> {
  const { routing, router, ask, books, leads } = parts
  return {
    list: async () => {
      const table = routing()
      await leads.refresh()
      const items = await Promise.all(
        table.routes.map(async (route) => {
          const day = await lastDay(parts, route.name ?? '')
          return { ...routeOf(route, { router, day }), lead: leadOf(parts, route), last_day: sumsOf(day) }
        }),
      )
      return { items, warnings: table.warnings }
    },
    models: () => Promise.resolve({ items: routing().offered }),
    explain: ({ body }) => {
      const request: RequestFacts = {
        ...ANY_REQUEST,
        stream: body.stream,
        hasImages: body.has_images,
        hasTools: body.has_tools,
        promptTokens: body.prompt_tokens,
        outputTokens: body.output_tokens,
        tags: body.tags,
        key: body.key ?? '',
        team: body.team ?? null,
        session: body.session ?? null,
      }
      const destination = routing().resolve(body.model)
      const led = destination.order.name === null ? null : leads.of(destination.order.name)
      const lead = led && placementOf(led, (model) => routing().find(model))
      return Promise.resolve({ items: router.explain(destination, lead ? { ...request, lead } : request) })
    },
    test: async ({ actor, body, note }) => {
      note({ target: body.model })
      const told = await ask(actor.organisationId, { ...body, outputTokensMax: body.output_tokens_max })
      const entry = told.requestId === null ? null : await books.find(told.requestId)
      const error = errorOf(told)
      return {
        ok: error === null,
        request_id: entry?.id ?? null,
        text: textOf(told),
        provider: entry?.provider ?? null,
        model: entry?.model ?? null,
        duration_ms: told.durationMs,
        usage: entry?.usage ?? null,
        cost: entry && plainAmount(entry.cost),
        error,
      }
    },
  }
}

/** Of all organisations. */
function lastDay({ reader, clock }: RoutesParts, route: string): Promise<RollupSum[]> {
  return reader.sums({ from: lastDayFrom(clock.now()), to: clock.now() + 1, route, by: 'model' })
}

function leadOf({ leads }: RoutesParts, { name }: Route) {
  const lead = name === null ? null : leads.of(name)
  return lead && { model: lead.model, since: isoInstant(lead.since), race: lead.race }
}

type Seen = { readonly router: Router; readonly day: readonly RollupSum[] }

function routeOf(route: Route, { router, day }: Seen) {
  const healthOf = new Map(explainAll(route, router).map(({ model, health }) => [model, health]))
  const weights = route.candidates.reduce((sum, { weight }) => sum + weight, 0)
  return {
    name: route.name ?? '',
    strategy: route.strategy,
    candidates: route.candidates.map((candidate) => ({
      model: candidate.model,
      weight: candidate.weight,
      when: candidate.when,
      share: route.strategy === 'weight' && weights > 0 ? candidate.weight / weights : null,
      health: isRoute(candidate.to) ? null : (healthOf.get(nameOf(candidate)) ?? null),
      last_day: isRoute(candidate.to) ? null : sumsOf(day.filter(({ name }) => name === nameOf(candidate))),
    })),
    missing: route.missing,
    attempts_max: route.attemptsMax,
    sticky: route.sticky,
  }
}

/** Nothing of a route of which nothing can be called. */
function explainAll(route: Route, router: Router): readonly Explained[] {
  const [first, ...rest] = route.targets
  return first === undefined
    ? []
    : router.explain({ route: route.name, targets: [first, ...rest], order: route }, ANY_REQUEST)
}

function nameOf({ to, model }: Candidate): string {
  return isRoute(to) ? model : `${to.provider.facts.id}/${to.model}`
}
