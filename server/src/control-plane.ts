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
  const { clock, log, folder, live, books } = parts
  const { directory, store } = folder
  const shared = { ...parts, ...folder, prices: () => live().prices, routing: () => live().routing, version: VERSION }
  const people = openPeople({ store, clock })
  const links = openLinks({ store, clock })
  const sessions = openSessions({ store, clock })
  const auditLog = openAuditLog({ store, clock })
  const files = journalFolder(join(folder.path, 'journal'))
  const reader = openReader({ store, files, price: await priceIntent(live, directory) })
  const pending = openPending({ store, clock })
  const entering = {
    clock,
    people,
    sessions,
    limit: openSignInLimit(clock),
    signIn: openSignIn({ ...folder, clock }),
  }
  const sso = (): OidcSetting | null => live().config.signIn.oidc ?? null
  const ask = openAskModel({ clock, directory, url: parts.url })
  const { zone } = live().config
  const races: RaceDatabase = store.tables()
  const savings = { clock, reader, races, pricing: () => pricingOf(live()) }
  const datasets = openDatasetJobs({
    ...shared,
    dataFolder: folder.path,
    dataset: () => practiceLines(shippedFolder('practice')),
    currencyOf: (model) => currencyOf(live(), model),
    fx: () => live().fx,
    isOffered: (model) => live().routing.find(model) !== null,
  })
  return serveApi({
    closeBackground: () => datasets.close(),
    identities: { clock, directory, people, sessions },
    auditLog,
    log,
    version: VERSION,
    handlers: {
      session: sessionHandlers({ ...entering, links, ssoName: () => ssoName(sso()) }),
      passkeys: passkeysHandlers({ ...entering, passkeys: openPasskeys({ store, clock, pending }) }),
      sso: ssoHandlers({
        ...entering,
        oidc: openOidc({ clock, pending }),
        ssoPeople: openSsoPeople({ store, clock }),
        setting: sso,
      }),
      overview: overviewHandlers({ ...savings, reader, books, directory }),
      requests: requestsHandlers({ books, reader, directory, feed: parts.feed, priceAgain: priceAgain(live) }),
      prices: pricesHandlers(shared),
      price_overrides: priceOverridesHandlers({
        ...shared,
        reader,
        dataFolder: folder.path,
        bookWith: (overrides) => openPrices(live().config, overrides),
        pricing: () => pricingOf(live()),
      }),
      price_proposals: priceProposalsHandlers({ clock, reader, dataFolder: folder.path, rebuild: parts.rebuild }),
      what_if: whatIfHandlers({ reader, pricing: () => pricingOf(live()) }),
      routes: routesHandlers({ ...shared, ask, reader, leads: parts.leads }),
      races: racesHandlers({
        ...savings,
        leads: parts.leads,
        onVerdict: parts.onVerdict,
        datasets,
        choices: () => ({
          routing: live().routing,
          prices: racePrices(live),
          currencyOf: (model) => currencyOf(live(), model),
        }),
      }),
      keys: keysHandlers({ directory, clock }),
      budgets: budgetsHandlers({
        ...shared,
        reader,
        rules: () => live().budgetRules,
        convert: (amount, between) => live().fx.convert(amount, between),
      }),
      leagues: leaguesHandlers({ leagues: openLeagues({ store, zone }), zone, clock }),
      providers: providersHandlers({ ...shared, ask, reader, inFile: (id) => id in live().config.providers }),
      bills: billsHandlers({
        ...shared,
        reader,
        zone,
        charges: () => live().config.charges,
        shapes: () => readBillShapes(shippedFolder('pricebook')),
      }),
      people: peopleHandlers({ people, links, directory }),
      audit: auditHandlers(auditLog),
      settings: settingsHandlers({
        ...shared,
        config: () => live().config,
        file: { ...parts.settings, place: () => live().config.configPlace },
      }),
    },
  })
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
