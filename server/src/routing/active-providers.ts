import type { ProviderSetting } from '@paddock/contract/config'
import type { TaskPaths } from '@paddock/contract/tasks'
import { excerpt, PaddockError } from '../base/errors.ts'
import type { CallProvider } from '../providers/call-provider.ts'
import type { Provider } from '../providers/provider.ts'
import type { ActiveProvider } from './active-provider.ts'
import type { OpenedKey } from './entered-keys.ts'
import type { MadeProvider } from './made-providers.ts'

export type Sources = {
  /** The facts of every provider that is known. */
  readonly known: readonly Provider[]
  /** The providers of paddock.yaml. */
  readonly settings: Readonly<Record<string, ProviderSetting>>
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Keys that were entered in the console, by provider. */
  readonly entered?: ReadonlyMap<string, OpenedKey>
  /** Providers that were made in the console. */
  readonly made?: readonly MadeProvider[]
  /** How a provider is called. */
  readonly call: CallProvider
  /** The models a provider is known to offer now. */
  readonly listModels: (providerId: string) => readonly string[]
}

/**
 * The providers that are set up: those of paddock.yaml, and those whose key (or, for keyless ones, base URL) stands in the
 * environment or was entered in the console. The file wins over the console, and that over the environment. Throws `config_invalid` when a provider lacks what it needs.
 */
export function findActiveProviders(sources: Sources): ActiveProvider[] {
  const fromFile = Object.entries(sources.settings).map(([id, setting]) => fromSetting(id, setting, sources))
  const taken = new Set(fromFile.map((active) => active.facts.id))
  const made = (sources.made ?? []).filter(({ id }) => !taken.has(id)).flatMap((each) => madeHere(each, sources))
  for (const { facts } of made) taken.add(facts.id)
  const entered = sources.known
    .flatMap((facts) => enteredFor(facts, sources))
    .filter(({ facts }) => !taken.has(facts.id))
  for (const { facts } of entered) taken.add(facts.id)
  const fromEnvironment = sources.known.flatMap((facts) => inEnvironment(facts, sources))
  return [...fromFile, ...made, ...entered, ...fromEnvironment.filter((active) => !taken.has(active.facts.id))]
}

/** What is called with a key is not called without one, and its key goes to no other address than it was entered for. */
function madeHere(made: MadeProvider, sources: Sources): ActiveProvider[] {
  const { id, baseUrl, needsKey } = made
  const key = sources.entered?.get(id)
  if (needsKey && key?.baseUrl !== baseUrl) return []
  const setting = { ...settingOf(made), ...(needsKey && key ? { api_key: key.key } : {}) }
  return [{ ...fromSetting(id, setting, sources), foundIn: 'the console' }]
}

function settingOf({ dialect, baseUrl, currency, models }: MadeProvider): ProviderSetting {
  return { dialect, base_url: baseUrl, currency, models: [...models] }
}

/** The facts of one that was made, whether it can be called or not. */
export function factsOfMade(made: MadeProvider): Provider {
  return newProvider(made.id, settingOf(made))
}

/** A key is sent to the address it was entered for, wherever the environment moves its provider. */
function enteredFor(facts: Provider, { entered, call, listModels }: Sources): ActiveProvider[] {
  const found = entered?.get(facts.id)
  if (!found) return []
  return [
    {
      facts: { ...facts, baseUrl: trimSlash(found.baseUrl) },
      bookName: facts.id,
      apiKey: found.key,
      call,
      models: listModels(facts.id),
      open: true,
      modelFacts: new Map(),
      foundIn: 'the console',
    },
  ]
}

function fromSetting(id: string, setting: ProviderSetting, sources: Sources): ActiveProvider {
  const known = sources.known.find((facts) => facts.id === id)
  const facts = known ? withSetting(known, setting, sources) : newProvider(id, setting)
  const [apiKey = null, ...furtherKeys] = keysInSetting(setting, known && firstSet(known.keyEnv, sources))
  if (facts.auth === 'bearer' && apiKey === null && known) {
    throw new PaddockError('config_invalid', {
      message: `providers.${id} has no key. Write api_key: \${${facts.keyEnv[0] ?? 'NAME'}} there, or set ${facts.keyEnv.join(' or ')} in the environment.`,
    })
  }
  return {
    facts,
    bookName: id,
    apiKey,
    furtherKeys,
    call: sources.call,
    models: setting.models ?? sources.listModels(id),
    open: setting.models === undefined,
    modelFacts: new Map(
      Object.entries(setting.model_facts ?? {}).map(([model, each]) => [
        model,
        { images: each.images, maxOutputTokens: each.max_output_tokens, contextTokens: each.context_tokens },
      ]),
    ),
    foundIn: 'paddock.yaml',
  }
}

/** The keys the file gives, each once; without any, the one in the environment. */
function keysInSetting({ api_key, api_keys = [] }: ProviderSetting, inEnvironment?: Found | null): string[] {
  const given = new Set([...(api_key === undefined ? [] : [api_key]), ...api_keys])
  return given.size === 0 && inEnvironment ? [inEnvironment.value] : [...given]
}

function withSetting(facts: Provider, setting: ProviderSetting, sources: Sources): Provider {
  const { base_url } = setting
  return {
    ...inDialect(facts, setting.dialect ?? facts.dialect),
    baseUrl: base_url === undefined ? baseUrlOf(facts, facts.id, sources) : trimSlash(base_url),
    currency: setting.currency ?? facts.currency,
    zone: setting.zone ?? facts.zone,
    abortBills: setting.abort_bills ?? facts.abortBills,
    ...tasksIn(setting),
  }
}

/** Where who speaks one of these dialects has its other endpoints, if it has them. */
const HAVE_USUAL_PATHS: ReadonlySet<Provider['dialect']> = new Set(['openai-chat', 'openai-responses'])
const USUAL_PATHS: TaskPaths = {
  embeddings: '/embeddings',
  rerank: '/rerank',
  images: '/images/generations',
  speech: '/audio/speech',
  transcriptions: '/audio/transcriptions',
}

function tasksIn({ tasks }: ProviderSetting): Pick<Provider, 'tasks'> {
  if (tasks === undefined) return {}
  return { tasks: Object.fromEntries(Object.entries(tasks).filter(([, path]) => path !== undefined)) }
}

/** What a provider differs in is said of one dialect; of another that it speaks, only its codes hold as well. */
function inDialect({ spelling, ...facts }: Provider, dialect: Provider['dialect']): Provider {
  if (spelling === undefined) return { ...facts, dialect }
  const { filterCodes = [] } = spelling
  return { ...facts, dialect, spelling: dialect === facts.dialect ? spelling : { filterCodes } }
}

/** A provider nobody wrote facts for: what the operator says, and cautious assumptions for the rest. */
function newProvider(id: string, setting: ProviderSetting): Provider {
  if (setting.base_url === undefined) {
    throw new PaddockError('config_invalid', {
      message: `providers.${id} is not a known provider, so it needs base_url: everything before /chat/completions, such as http://127.0.0.1:8000/v1.`,
    })
  }
  const dialect = setting.dialect ?? 'openai-chat'
  return {
    id,
    name: { en: id, zh: id, ja: id },
    dialect,
    baseUrl: trimSlash(setting.base_url),
    auth: keysInSetting(setting).length === 0 ? 'none' : 'bearer',
    keyEnv: [],
    baseUrlEnv: [],
    currency: setting.currency ?? 'USD',
    zone: setting.zone ?? 'UTC',
    usage: { streamOption: true, reasoningInOutput: true },
    failures: { money: 'common', overload: 'common', filter: 'common' },
    ...(HAVE_USUAL_PATHS.has(dialect) ? { tasks: USUAL_PATHS } : {}),
    ...tasksIn(setting),
    abortBills: setting.abort_bills ?? 'unknown',
    pricedAt: 'accepted',
    evidence: ['paddock.yaml'],
    unverified: [],
  }
}

/** A provider found in the environment, and once more for any second key of it: OPENAI_EAST_API_KEY makes the provider openai-east. */
function inEnvironment(facts: Provider, sources: Sources): ActiveProvider[] {
  const key = firstSet(facts.keyEnv, sources)
  // A provider that can do without a key is switched on by its address.
  const found = facts.auth === 'bearer' ? key : (firstSet(facts.baseUrlEnv, sources) ?? key)
  const first = found === null ? [] : [activate(facts, { ...found, apiKey: key?.value ?? null }, sources)]
  return [...first, ...furtherKeys(facts, sources)]
}

type Found = { readonly name: string; readonly value: string }
/** What a provider was found by; `id` where it is not the first key of its provider. */
type Activation = Found & { readonly apiKey: string | null; readonly id?: string }

function activate(facts: Provider, found: Activation, sources: Sources): ActiveProvider {
  const id = found.id ?? facts.id
  const listed = (sources.environment[`${environmentPrefix(id)}_MODELS`] ?? '')
    .split(',')
    .map((model) => model.trim())
    .filter((model) => model !== '')
  const open = listed.length === 0
  return {
    facts: { ...facts, id, baseUrl: baseUrlOf(facts, id, sources) },
    bookName: facts.id,
    apiKey: found.apiKey,
    call: sources.call,
    models: open ? sources.listModels(facts.id) : listed,
    open,
    modelFacts: new Map(),
    foundIn: found.name,
  }
}

function furtherKeys(facts: Provider, sources: Sources): ActiveProvider[] {
  const prefix = environmentPrefix(facts.id)
  const plain = `${prefix}_API_KEY`
  // Alone, a name with a suffix may be the key of something else, and that key must not be sent: LLAMA_CLOUD_API_KEY.
  if (firstSet(facts.keyEnv.includes(plain) ? [plain] : facts.keyEnv, sources) === null) return []
  const pattern = new RegExp(`^${prefix}_([A-Z0-9]+)_API_KEY$`)
  return Object.entries(sources.environment).flatMap(([name, value]) => {
    const suffix = pattern.exec(name)?.[1]
    if (suffix === undefined || value === undefined || value === '' || facts.keyEnv.includes(name)) return []
    const id = `${facts.id}-${suffix.toLowerCase()}`
    return [activate(facts, { name, value, apiKey: value, id }, sources)]
  })
}

/** Where a provider is called: where the environment moves it, else at its usual address. */
function baseUrlOf(facts: Provider, id: string, sources: Sources): string {
  const moved = firstSet([`${environmentPrefix(id)}_BASE_URL`, ...facts.baseUrlEnv], sources)
  return moved ? wholeUrl(moved, facts.baseUrl) : trimSlash(facts.baseUrl)
}

/** An empty variable says nothing: that is how Docker Compose hands on one that is not set. */
function firstSet(names: readonly string[], { environment }: Pick<Sources, 'environment'>): Found | null {
  for (const name of names) {
    const value = environment[name]
    if (value !== undefined && value !== '') return { name, value }
  }
  return null
}

function environmentPrefix(id: string): string {
  return id.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')
}

/** A base URL as people write it: perhaps without a scheme, perhaps without the path that the provider's usual one has. */
function wholeUrl({ name, value }: Found, usual: string): string {
  const text = /^https?:\/\//i.test(value) ? value : `http://${wholeAddress(value, new URL(usual).port)}`
  if (!URL.canParse(text)) {
    throw new PaddockError('config_invalid', {
      message: `${name} must be a whole URL such as https://api.example.com/v1; got "${excerpt(value)}".`,
    })
  }
  const url = new URL(text)
  return trimSlash(url.pathname === '/' ? url.origin + new URL(usual).pathname : text)
}

/** An address without a scheme, as a server is told where to listen: no host is this machine, no port the usual one. */
function wholeAddress(address: string, usualPort: string): string {
  const [, host = '', port, path = ''] = /^([^/]*?)(:\d+)?(\/.*)?$/.exec(address) ?? []
  return `${host || 'localhost'}${port ?? (usualPort && `:${usualPort}`)}${path}`
}

function trimSlash(url: string): string {
  return url.endsWith('/') ? url.slice(0, -1) : url
}
