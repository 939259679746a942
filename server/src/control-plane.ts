import { join } from 'node:path'
import type { EntryRecord } from '@paddock/contract/entry'
import type { Quote } from '@paddock/contract/quote'
import type { OidcSetting } from '@paddock/contract/sign-in'
import type { Clock } from './base/clock.ts'
import type { Log } from './base/log.ts'
import type { Books } from './books/books.ts'
import { journalFolder } from './books/journal-files.ts'
import { openReader } from './books/reader.ts'
import { openAuditLog } from './callers/audit-log.ts'
import { openLinks } from './callers/links.ts'
import { openOidc } from './callers/oidc.ts'
import { openPasskeys } from './callers/passkeys.ts'
import { openPending } from './callers/pending.ts'
import { openPeople } from './callers/people.ts'
import { openSessions } from './callers/sessions.ts'
import { openSignIn } from './callers/sign-in.ts'
import { openSsoPeople } from './callers/sso-people.ts'
import { readBillShapes } from './cli/books-reconcile.ts'
import { openAskModel } from './control/ask-model.ts'
import { openDatasetJobs } from './control/dataset-jobs.ts'
import type { EntryFeed } from './control/entry-feed.ts'
import { serveApi, type Api } from './control/serve-api.ts'
import type { SettingsFileParts } from './control/settings-file/settings-file.ts'
import { openSignInLimit } from './control/sign-in-limit.ts'
import { auditHandlers } from './control/subjects/audit.ts'
import { billsHandlers } from './control/subjects/bills.ts'
import { budgetsHandlers } from './control/subjects/budgets.ts'
import { keysHandlers } from './control/subjects/keys.ts'
import { leaguesHandlers } from './control/subjects/leagues.ts'
import { overviewHandlers } from './control/subjects/overview.ts'
import { passkeysHandlers } from './control/subjects/passkeys.ts'
import { peopleHandlers } from './control/subjects/people.ts'
import { priceOverridesHandlers } from './control/subjects/price-overrides.ts'
import { priceProposalsHandlers } from './control/subjects/price-proposals.ts'
import { pricesHandlers } from './control/subjects/prices.ts'
import { providersHandlers } from './control/subjects/providers.ts'
import { racesHandlers } from './control/subjects/races.ts'
import { requestsHandlers } from './control/subjects/requests.ts'
import { routesHandlers } from './control/subjects/routes.ts'
import { sessionHandlers } from './control/subjects/session.ts'
import { settingsHandlers } from './control/subjects/settings.ts'
import { ssoHandlers } from './control/subjects/sso.ts'
import { whatIfHandlers } from './control/subjects/what-if.ts'
import { openLeagues } from './leagues/leagues.ts'
import {
  currencyOf,
  openPrices,
  priceIntent,
  pricingOf,
  racePrices,
  shippedFolder,
  type Folder,
  type Live,
} from './parts.ts'
import type { EnteredBudgets } from './books/budgets/entered-budgets.ts'
import { practiceLines } from './providers/practice/recordings.ts'
import type { RaceDatabase } from './races/live/tables.ts'
import type { Referee } from './races/live/referee.ts'
import type { Leads } from './routing/leads.ts'
import type { EnteredKeys } from './routing/entered-keys.ts'
import type { MadeProviders } from './routing/made-providers.ts'
import type { Router } from './routing/router.ts'
import { VERSION } from './version.ts'

export type ControlPlaneParts = {
  readonly clock: Clock
  readonly log: Log
  readonly folder: Folder
  readonly live: () => Live
  readonly books: Books
  readonly router: Router
  readonly feed: EntryFeed
  readonly enteredKeys: EnteredKeys
  readonly madeProviders: MadeProviders
  readonly enteredBudgets: EnteredBudgets
  /** Builds all anew with the keys and budgets that are entered now. */
  readonly rebuild: () => Promise<void>
  /** Where the server reaches itself. */
  readonly url: () => string
  /** Looks at a text as paddock.yaml, and takes up the file as it lies there. */
  readonly settings: Pick<SettingsFileParts, 'check' | 'reload'>
  readonly leads: Leads
  readonly onVerdict: Referee['onVerdict']
}

/** Hands each subject of the control plane what it works with. */
export async function openControlPlane(parts: ControlPlaneParts): Promise<Api> {
  const tools = await openTools(parts)
  const { clock, people, sessions, auditLog, datasets } = tools
  return serveApi({
    closeBackground: () => datasets.close(),
    identities: { clock, directory: parts.folder.directory, people, sessions },
    auditLog,
    log: parts.log,
    version: VERSION,
    handlers: { ...peopleSubjects(tools), ...trafficSubjects(tools), ...moneySubjects(tools), ...setUpSubjects(tools) },
  })
}

type Tools = Awaited<ReturnType<typeof openTools>>

/** What several subjects share. */
async function openTools(parts: ControlPlaneParts) {
  const { clock, folder, live } = parts
  const { directory, store } = folder
  const shared = { ...parts, ...folder, prices: () => live().prices, routing: () => live().routing, version: VERSION }
  const files = journalFolder(join(folder.path, 'journal'))
  const reader = openReader({ store, files, price: await priceIntent(live, directory) })
  const races: RaceDatabase = store.tables()
  return {
    ...shared,
    reader,
    pricing: () => pricingOf(live()),
    zone: live().config.zone,
    races,
    people: openPeople({ store, clock }),
    links: openLinks({ store, clock }),
    sessions: openSessions({ store, clock }),
    auditLog: openAuditLog({ store, clock }),
    ask: openAskModel({ clock, directory, url: parts.url }),
    datasets: openDatasetJobs({
      ...shared,
      dataFolder: folder.path,
      dataset: () => practiceLines(shippedFolder('practice')),
      currencyOf: (model) => currencyOf(live(), model),
      fx: () => live().fx,
      isOffered: (model) => live().routing.find(model) !== null,
    }),
  }
}

/** Who signs in, and what they did. */
function peopleSubjects(tools: Tools) {
  const { clock, store, people, links, sessions, directory, auditLog, live, folder } = tools
  const pending = openPending({ store, clock })
  const signIn = openSignIn({ ...folder, clock })
  const entering = { clock, people, sessions, limit: openSignInLimit(clock), signIn }
  const sso = (): OidcSetting | null => live().config.signIn.oidc ?? null
  return {
    session: sessionHandlers({ ...entering, links, ssoName: () => ssoName(sso()) }),
    passkeys: passkeysHandlers({ ...entering, passkeys: openPasskeys({ store, clock, pending }) }),
    sso: ssoHandlers({
      ...entering,
      oidc: openOidc({ clock, pending }),
      ssoPeople: openSsoPeople({ store, clock }),
      setting: sso,
    }),
    people: peopleHandlers({ people, links, directory }),
    audit: auditHandlers(auditLog),
  }
}

/** What was asked, by whom, and who answered it. */
function trafficSubjects(tools: Tools) {
  const { live, leads, zone, clock, store } = tools
  return {
    overview: overviewHandlers(tools),
    requests: requestsHandlers({ ...tools, priceAgain: priceAgain(live) }),
    routes: routesHandlers(tools),
    races: racesHandlers({
      ...tools,
      choices: () => ({
        routing: live().routing,
        leads,
        prices: racePrices(live),
        currencyOf: (model) => currencyOf(live(), model),
      }),
    }),
    leagues: leaguesHandlers({ leagues: openLeagues({ store, zone }), clock }),
  }
}

/** What it costs, and who may spend what. */
function moneySubjects(tools: Tools) {
  const { live, folder } = tools
  const dataFolder = folder.path
  return {
    prices: pricesHandlers(tools),
    price_overrides: priceOverridesHandlers({
      ...tools,
      dataFolder,
      bookWith: (overrides) => openPrices(live().config, overrides),
    }),
    price_proposals: priceProposalsHandlers({ ...tools, dataFolder }),
    what_if: whatIfHandlers(tools),
    keys: keysHandlers(tools),
    budgets: budgetsHandlers({
      ...tools,
      rules: () => live().budgetRules,
      convert: (amount, between) => live().fx.convert(amount, between),
    }),
    bills: billsHandlers({
      ...tools,
      charges: () => live().config.charges,
      shapes: () => readBillShapes(shippedFolder('pricebook')),
    }),
  }
}

/** Who serves models, and what the operator decided. */
function setUpSubjects(tools: Tools) {
  const { live, settings } = tools
  return {
    providers: providersHandlers({ ...tools, inFile: (id) => id in live().config.providers }),
    settings: settingsHandlers({
      ...tools,
      config: () => live().config,
      file: { ...settings, place: () => live().config.configPlace },
    }),
  }
}

/** What the button says: the name it was given, or who it is. */
function ssoName(setting: OidcSetting | null): string | null {
  return setting && (setting.name ?? new URL(setting.issuer).host)
}

/** By what the price book knew when the entry was priced. */
function priceAgain(live: () => Live): (entry: EntryRecord) => Quote {
  return (entry) => {
    const { prices, bookName } = pricingOf(live())
    const active = live().routing.providers.find(({ facts }) => facts.id === entry.provider)
    return prices.quote({
      model: bookName(entry.provider, entry.model),
      at: Date.parse(active?.facts.pricedAt === 'completed' ? entry.ended_at : entry.at),
      usage: entry.usage,
      currency: entry.cost.currency ?? undefined,
      asOf: Date.parse(entry.priced_as_of),
    })
  }
}
