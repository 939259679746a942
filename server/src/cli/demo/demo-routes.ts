import { PROVIDERS } from '../../providers/all.ts'
import type { ActiveProvider } from '../../routing/active-provider.ts'
import { buildRoutingTable, type Route } from '../../routing/table.ts'
import { splitModel } from '../../prices/book.ts'
import { routesAt, SPEEDS } from './story.ts'

/** The routes as a server would have had them at an instant, whose providers were all set up then. */
export function demoRoutes(at: number): readonly Route[] {
  return buildRoutingTable({ providers: demoProviders(), routes: routesAt(at), known: PROVIDERS }).routes
}

function demoProviders(): ActiveProvider[] {
  const names = Object.keys(SPEEDS).map(splitModel)
  return PROVIDERS.filter(({ id }) => names.some(({ provider }) => provider === id)).map((facts) => ({
    facts,
    bookName: facts.id,
    apiKey: null,
    call: callNobody,
    models: names.filter(({ provider }) => provider === facts.id).map(({ name }) => name),
    open: false,
    modelFacts: new Map(),
    foundIn: 'the demo',
  }))
}

function callNobody(): never {
  throw new Error('a demo calls nobody')
}
