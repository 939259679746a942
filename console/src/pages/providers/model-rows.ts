import type { Answer } from '@paddock/webkit/api/operation.ts'
import type { Provider } from './provider.ts'

type Found = Answer<'providers.models'>['items'][number]

export type ModelRow = {
  readonly name: string
  readonly offered: boolean
  /** Null: not asked, or the provider does not list it. */
  readonly priced: boolean | null
  readonly speed: Provider['speeds'][number] | null
}

/** What callers are offered, in its order, then what the provider lists beside that. */
export function modelRows(
  { models, speeds }: Pick<Provider, 'models' | 'speeds'>,
  found: readonly Found[] = [],
): ModelRow[] {
  const foundOf = new Map(found.map((one) => [one.name, one]))
  const speedOf = new Map(speeds.map((one) => [one.model, one]))
  const names = new Set([...models, ...foundOf.keys()])
  return [...names].map((name) => ({
    name,
    offered: foundOf.get(name)?.offered ?? models.includes(name),
    priced: foundOf.get(name)?.priced ?? null,
    speed: speedOf.get(name) ?? null,
  }))
}

/** Names as somebody types or pastes them: with spaces, commas or line ends between them, each once. */
export function namesIn(typed: string): string[] {
  return [...new Set(typed.split(/[\s,;，、；]+/).filter((name) => name !== ''))]
}
