import type { Provider } from '../providers/provider.ts'
import type { CallProvider } from '../providers/call-provider.ts'

/** What is known about one model of a provider. An absent fact is an unknown one, and nothing is refused for it. */
export type ModelFacts = {
  readonly images?: boolean | undefined
  readonly maxOutputTokens?: number | undefined
  /** Of prompt and answer together. */
  readonly contextTokens?: number | undefined
}

/** A provider that is set up: its facts, the operator's key for it, and how to call it. */
export type ActiveProvider = {
  readonly facts: Provider
  /** The provider's name in the price book; that of its first key where this is a second one. */
  readonly bookName: string
  readonly apiKey: string | null
  /** More keys for the same provider: requests take turns among all of them. */
  readonly furtherKeys?: readonly string[]
  readonly call: CallProvider
  /** The models offered. */
  readonly models: readonly string[]
  /** Whether names beyond `models` are passed on too: true where the operator gave no list, so a new model works at once. */
  readonly open: boolean
  readonly modelFacts: ReadonlyMap<string, ModelFacts>
  /** Where the provider was found, for the operator: an environment variable, paddock.yaml, or built in. */
  readonly foundIn: string
}

/** Every key the provider can be called with; one null for a provider that is called without. */
export function keysOf({ apiKey, furtherKeys }: ActiveProvider): readonly (string | null)[] {
  return furtherKeys === undefined || furtherKeys.length === 0 ? [apiKey] : [apiKey, ...furtherKeys]
}
