import { keysOf, type ActiveProvider } from '../active-provider.ts'

/** The providers that are spoken to otherwise than before: what was held against them may no longer hold. */
export function changedProviders(before: readonly ActiveProvider[], after: readonly ActiveProvider[]): string[] {
  const known = new Map(before.map((provider) => [provider.facts.id, wayTo(provider)]))
  return after.filter((provider) => known.get(provider.facts.id) !== wayTo(provider)).map(({ facts }) => facts.id)
}

function wayTo(provider: ActiveProvider): string {
  const { baseUrl, dialect } = provider.facts
  return JSON.stringify([baseUrl, dialect, keysOf(provider)])
}
