import type { TaskName, TaskPaths } from '@paddock/contract/tasks'
import type { Dialect } from '../dialects/dialect.ts'
import type { DialectFacts } from '../dialects/facts.ts'

/**
 * Who serves models. A provider is facts, not code: where its API is, how it is asked, how it counts and how it fails.
 * If a provider seems to need a function, the missing fact belongs in this shape, so that every provider declares it.
 */
export type Provider = {
  /** The first half of a model's name: "deepseek" in "deepseek/deepseek-chat". */
  readonly id: string
  readonly name: { readonly en: string; readonly zh: string; readonly ja: string }
  readonly dialect: Dialect
  /** Everything before the path of its dialect: /chat/completions, /messages, /models/… */
  readonly baseUrl: string
  /** Whether a key is needed, sent when one is found, or never sent. */
  readonly auth: 'bearer' | 'optional' | 'none'
  /** Environment variables that may hold the key, first one found wins. Empty: no key is ever sent. */
  readonly keyEnv: readonly string[]
  /** Environment variables that move the base URL; finding one switches on a provider that needs no key. */
  readonly baseUrlEnv: readonly string[]
  /** The currency the provider bills in: it chooses between price rows where a model is listed in several. */
  readonly currency: string
  /** The IANA zone in which the provider counts days. */
  readonly zone: string
  readonly usage: UsageFacts
  /** What it serves beside conversations, spelled the OpenAI way (rerank the Cohere way), and where; left out where nothing is known. */
  readonly tasks?: TaskPaths
  /** Where it tells what is left of the money that was paid in; left out where it is not known to. */
  readonly balance?: BalanceFacts
  /** In what the provider differs from its dialect; left out where nothing is known to. */
  readonly spelling?: Omit<DialectFacts, 'usage'>
  /** How its errors tell what they mean, where their status does not; left out where it does. */
  readonly errors?: ErrorFacts
  /** How the failures that must not be mistaken for one another are known with it. */
  readonly failures: Readonly<Record<'money' | 'overload' | 'filter', Telling>>
  /** What a provider charges when the caller hangs up: what was produced, the whole answer, or nobody knows. */
  readonly abortBills: 'produced' | 'full' | 'unknown'
  /** Which instant's price applies. */
  readonly pricedAt: 'accepted' | 'completed'
  /** Set for the built-in provider of recorded answers, which is never called over the network and never billed. */
  readonly practice?: true
  /** Where the facts were read: pages, repositories, packages. */
  readonly evidence: readonly string[]
  /** Names of the facts above that no source was read for: do not rely on them before trying. */
  readonly unverified: readonly FactName[]
}

/** An endpoint that tells a balance: GET, with the key. */
export type BalanceFacts = {
  /** At the origin of the base URL. */
  readonly path: `/${string}`
  /** The field of the answer that holds it: an object, or a list with one for each currency. */
  readonly in: string
  readonly amount: string
  /** Left out where it is in the currency the provider bills in. */
  readonly currency?: string
}

/** Put together once for each provider: they are asked for by every request. */
const spelled = new WeakMap<Provider, DialectFacts>()

/** What its dialect has to know of a provider. */
export function dialectFacts(provider: Provider): DialectFacts {
  const known = spelled.get(provider)
  if (known) return known
  const facts = { ...provider.spelling, usage: provider.usage }
  spelled.set(provider, facts)
  return facts
}

/** How a provider of an OpenAI-like dialect reports usage. */
export type UsageFacts = {
  /** Whether `stream_options.include_usage` is understood; where it is not, asking for it could be refused. */
  readonly streamOption: boolean
  /** Whether `completion_tokens` already contains the reasoning tokens. */
  readonly reasoningInOutput: boolean
}

/**
 * What an error can mean: nothing left to pay with, too much asked of the provider by everybody or with this key, a key
 * that is not taken, a prompt that is too long, or a request that is wrong in another way. That content is forbidden is
 * told by the `filterCodes` of the spelling.
 */
export type ErrorMeaning = 'money' | 'overload' | 'rate' | 'auth' | 'tooLong' | 'refused'

/** What an error is known by; one of them is enough. */
export type ErrorMarks = {
  /** HTTP statuses that mean this with this provider, whatever they mean elsewhere. */
  readonly statuses?: readonly number[]
  /** Codes, types and reasons, as they are written; numbers by their digits. */
  readonly codes?: readonly string[]
  /** Words of the message, in lower case. */
  readonly words?: readonly string[]
}

export type ErrorFacts = Readonly<Partial<Record<ErrorMeaning, ErrorMarks>>>

/**
 * How a failure is told: by marks among the facts of the provider, as everybody tells it (402; 503 or 529; 451; names that
 * many share), never because there is no such thing with it, or in a way that no source was read for.
 */
export type Telling = 'marked' | 'common' | 'none' | 'unverified'

/** The name of a fact, as `unverified` lists it: `currency`, `usage.streamOption`, or `keyEnv.1` for the second variable. */
export type FactName =
  | Exclude<
      keyof Provider,
      'id' | 'usage' | 'tasks' | 'balance' | 'spelling' | 'errors' | 'failures' | 'practice' | 'evidence' | 'unverified'
    >
  | `spelling.${keyof NonNullable<Provider['spelling']>}`
  | `errors.${ErrorMeaning}`
  | `usage.${keyof UsageFacts}`
  | `tasks.${TaskName}`
  | `keyEnv.${number}`
