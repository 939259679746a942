import { existsSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Decimal } from '@paddock/contract/decimal'
import type { Clock } from './base/clock.ts'
import type { Config } from './base/config.ts'
import { PaddockError } from './base/errors.ts'
import { enteredBudgetsMigrations, type EnteredBudget } from './books/budgets/entered-budgets.ts'
import { readBudgetRules, type BudgetRules } from './books/budgets/rules.ts'
import { readCharging, type Charging } from './books/charge.ts'
import { onceMigrations } from './books/once/tables.ts'
import type { PriceUsage } from './books/orphan.ts'
import { booksMigrations } from './books/tables.ts'
import type { Pricing } from './books/whatif/run.ts'
import { openDirectory, type Directory } from './callers/directory.ts'
import { auditMigrations } from './callers/audit-log.ts'
import { openLinks } from './callers/links.ts'
import { openPeople } from './callers/people.ts'
import { peopleMigrations } from './callers/people-tables.ts'
import { callersMigrations } from './callers/tables.ts'
import { chatsMigrations } from './chats/tables.ts'
import { leaguesMigrations } from './leagues/tables.ts'
import { readLimitRules, type LimitRules } from './limits/rules.ts'
import { formatAtto, formatPico, parseAtto, parsePico } from './money/fixed-point.ts'
import { openPriceBook, type PriceBook } from './prices/book.ts'
import { openFxTable, type FxTable } from './prices/fx.ts'
import { overrideRows, readOverrides } from './prices/overrides.ts'
import { acceptedRows, proposalsFile, readProposals } from './prices/proposals.ts'
import { PROVIDERS } from './providers/all.ts'
import type { CallProvider } from './providers/call-provider.ts'
import { practiceCall, practiceModels } from './providers/practice/practice-call.ts'
import { practice } from './providers/practice/practice.ts'
import type { ActiveProvider } from './routing/active-provider.ts'
import { findActiveProviders } from './routing/active-providers.ts'
import { enteredKeysMigrations, type OpenedKey } from './routing/entered-keys.ts'
import { madeProvidersMigrations, type MadeProvider } from './routing/made-providers.ts'
import { systemRandom } from './routing/random.ts'
import { openRouter, type Router } from './routing/router.ts'
import { buildRoutingTable, type RoutingTable } from './routing/table.ts'
import { priceName } from './routing/target.ts'
import type { RacePrices } from './races/live/cost-ahead.ts'
import { racesMigrations } from './races/live/tables.ts'
import { routingMigrations } from './routing/leads.ts'
import { ensureDataFolder, readPepper } from './store/data-folder.ts'
import { openSeals, readMasters, type Seals } from './store/seal.ts'
import { openStore, type Store } from './store/store.ts'

/** Each part of the system, opened from the configuration: the server and the command line open them alike. */

/** A folder that is shipped with the program: beside the checkout's packages, or inside the published one. */
export function shippedFolder(name: string): string {
  const found = findShipped(name)
  if (found === undefined)
    throw new PaddockError('data_unusable', {
      message: `The folder ${name} that belongs to Paddock is missing. Install it again.`,
    })
  return found
}

function findShipped(name: string): string | undefined {
  const here = dirname(fileURLToPath(import.meta.url))
  return [join(here, '..', '..', name), join(here, '..', name)].find((place) => existsSync(place))
}

/** The built console; null where it is not part of this build. */
export function consoleFolder(): string | null {
  return findShipped(join('console', 'dist')) ?? null
}

/** `overrides`: those to use in place of the ones that are recorded. */
export function openPrices(config: Config, overrides = readOverrides(config.dataFolder)): PriceBook {
  const currencies = new Map<string, string>(PROVIDERS.map((facts) => [facts.id, facts.currency]))
  for (const [id, setting] of Object.entries(config.providers)) {
    if (setting.currency !== undefined) currencies.set(id, setting.currency)
  }
  return openPriceBook({
    folder: shippedFolder('pricebook'),
    operatorRows: [
      ...config.prices,
      ...overrideRows(overrides, config.dataFolder),
      ...acceptedRows(readProposals(config.dataFolder), config.dataFolder),
    ],
    billingCurrency: (provider) => currencies.get(provider) ?? null,
  })
}

/** The providers that are set up, and the practice provider where it is wanted: by default while there is no other. */
export function findProviders(
  config: Config,
  prices: PriceBook,
  { clock, call, entered = new Map(), made = [] }: LiveTools,
): readonly ActiveProvider[] {
  const active = findActiveProviders({
    known: PROVIDERS,
    settings: config.providers,
    environment: config.environment,
    entered,
    made,
    call,
    listModels: (provider) => prices.models(provider, clock.now()),
  })
  const wanted = config.practice.enabled ?? active.length === 0
  return wanted ? [...active, practiceProvider(config)] : active
}

/** All that is built from the configuration and replaced with it, whole or not at all. */
export type Live = {
  readonly config: Config
  readonly prices: PriceBook
  readonly fx: FxTable
  readonly routing: RoutingTable
  readonly limitRules: LimitRules
  readonly budgetRules: BudgetRules
  readonly charging: Charging
}

export type LiveTools = {
  readonly clock: Clock
  readonly call: CallProvider
  /** Providers' keys that were entered in the console. */
  readonly entered?: ReadonlyMap<string, OpenedKey>
  /** Providers that were made there. */
  readonly made?: readonly MadeProvider[]
  /** Budgets that were made in the console. */
  readonly budgets?: readonly EnteredBudget[]
}

export function buildLive(config: Config, tools: LiveTools): Live {
  const prices = openPrices(config)
  const providers = findProviders(config, prices, tools)
  return {
    config,
    prices,
    fx: openFxTable(config.fx),
    routing: buildRoutingTable({ providers, routes: config.routes, known: PROVIDERS }),
    limitRules: readLimitRules(config.callerLimits),
    budgetRules: readBudgetRules(config.budgets, config.zone, tools.budgets),
    charging: readCharging(config.charges, (request) => prices.cost(request)),
  }
}

/** A router that asks the present prices and the present rates of exchange. */
export function routerFor(live: () => Live, clock: Clock): Router {
  return openRouter({
    clock,
    random: systemRandom,
    priceOf: (target, { usage, at }) => {
      const { amount, currency } = live().prices.cost({ model: priceName(target), at, usage })
      return amount === null || currency === null ? null : { amount: shortest(amount), currency }
    },
    worth: (money, { currency, at }) => {
      const amount = parsePico(money.amount)
      const worth = amount === null ? null : live().fx.convert(amount, { from: money.currency, to: currency, at })
      return worth === null ? null : shortest(formatPico(worth))
    },
  })
}

const PICO_PER_UNIT = 1e12

/** What races look at: costs as floats, which decide statistics and no bill. */
export function racePrices(live: () => Pick<Live, 'prices' | 'fx' | 'routing'>): RacePrices {
  const worth: RacePrices['worth'] = ({ pico, currency: from }, { at, currency: to }) => {
    const converted = from === to ? pico : live().fx.convert(pico, { from, to, at })
    return converted === null ? null : Number(converted) / PICO_PER_UNIT
  }
  return {
    // Built anew with every change of prices and rates.
    version: live,
    costOf: (model, { usage, at, currency }) => {
      const target = live().routing.find(model)
      const quote = live().prices.cost({ model: target === null ? model : priceName(target), at, usage })
      const pico = quote.amount === null ? null : parsePico(quote.amount)
      return pico === null || quote.currency === null
        ? null
        : worth({ pico, currency: quote.currency }, { at, currency })
    },
    worth,
  }
}

/** What a model is priced in; null where no price of it is known. */
export function currencyOf({ routing, prices }: Pick<Live, 'routing' | 'prices'>, model: string): string | null {
  const target = routing.find(model)
  return prices.currencyOf(target === null ? model : priceName(target))
}

/** For how many seconds the answers of a route may be given again; of a model that is named itself, what counts for all. */
export function cacheSeconds({ routes, cache }: Config, route: string | null): number {
  const setting = route === null ? undefined : routes.find(({ name }) => name === route)
  return setting?.cache_seconds ?? cache.seconds
}

/** People read these amounts: the zeros of an entry tell them nothing. */
function shortest(amount: Decimal): Decimal {
  const exact = parseAtto(amount)
  return exact === null ? amount : formatAtto(exact)
}

function practiceProvider(config: Config): ActiveProvider {
  return {
    facts: practice,
    bookName: practice.id,
    apiKey: null,
    call: practiceCall({ folder: shippedFolder('practice'), speed: config.practice.speed }),
    models: practiceModels(),
    open: false,
    modelFacts: new Map(),
    foundIn: 'built in',
  }
}

/** The data folder and what lies in it, the books aside. */
export type Folder = {
  readonly path: string
  readonly store: Store
  readonly directory: Directory
  readonly seals: Seals
}

export async function openFolder(config: Config, clock: Clock): Promise<Folder> {
  ensureDataFolder(config.dataFolder)
  // A server watches this folder for decisions about prices.
  mkdirSync(dirname(proposalsFile(config.dataFolder)), { recursive: true })
  const pepper = readPepper(config.dataFolder)
  const store = openStore(join(config.dataFolder, 'paddock.db'))
  await store.migrate({
    ...callersMigrations,
    ...peopleMigrations,
    ...auditMigrations,
    ...enteredKeysMigrations,
    ...madeProvidersMigrations,
    ...booksMigrations,
    ...enteredBudgetsMigrations,
    ...onceMigrations,
    ...chatsMigrations,
    ...leaguesMigrations,
    ...racesMigrations,
    ...routingMigrations,
  })
  // Made now, so that a backup of a folder that holds secrets always has the file that opens them.
  readMasters(config.dataFolder)
  const seals = openSeals(() => readMasters(config.dataFolder))
  return { path: config.dataFolder, store, seals, directory: openDirectory({ store, clock, pepper }) }
}

/** What entries are priced with when they are looked at again. */
export function pricingOf({ config, prices, routing, charging }: Live): Pricing & { readonly charging: Charging } {
  const bookName = (provider: string, model: string): string => `${bookNameOf(routing, provider)}/${model}`
  return { prices, fx: openFxTable(config.fx), bookName, charging }
}

function bookNameOf({ providers }: RoutingTable, provider: string): string {
  return providers.find(({ facts }) => facts.id === provider)?.bookName ?? provider
}

/** What makes the first owner; null once somebody can sign in. */
export async function makeSetupToken({ store }: Folder, clock: Clock): Promise<string | null> {
  const home = await openPeople({ store, clock }).home()
  return home && openLinks({ store, clock }).makeSetUp(home.id)
}

/**
 * Prices what a crash left unfinished, by the book and the rules of charges as they are now. Rules may name an organisation,
 * of which an intent has only the id; in use are those there were when the folder was opened.
 */
export async function priceIntent(
  live: () => Pick<Live, 'prices' | 'routing' | 'charging'>,
  directory: Directory,
): Promise<PriceUsage> {
  const { organisation } = await directory.names()
  const names = new Map(organisation.map(({ id, name }) => [id, name]))
  return (intent, usage) => {
    const { prices, routing, charging } = live()
    const at = Date.parse(intent.at)
    const quote = prices.quote({ model: `${bookNameOf(routing, intent.provider)}/${intent.model}`, at, usage })
    const owner = { id: intent.organisation_id, name: names.get(intent.organisation_id) ?? '' }
    const cost = { amount: quote.amount, currency: quote.currency }
    return { ...quote, charge: charging.chargeOf({ organisation: owner, cost, usage, at }) }
  }
}
