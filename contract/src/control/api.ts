import { auditApi } from './audit.ts'
import { billsApi } from './bills.ts'
import { budgetsApi } from './budgets.ts'
import { keysApi } from './keys.ts'
import { leaguesApi } from './leagues.ts'
import { overviewApi } from './overview.ts'
import { passkeysApi } from './passkeys.ts'
import { peopleApi } from './people.ts'
import { priceOverridesApi } from './price-overrides.ts'
import { priceProposalsApi } from './price-proposals.ts'
import { pricesApi } from './prices.ts'
import { providersApi } from './providers.ts'
import { racesApi } from './races.ts'
import { requestsApi } from './requests.ts'
import { routesApi } from './routes.ts'
import { sessionApi } from './session.ts'
import { settingsApi } from './settings.ts'
import { ssoApi } from './sso.ts'
import { whatIfApi } from './what-if.ts'

/** Every endpoint of the control plane, by subject and verb. The server answers these and no others. */
export const API = {
  session: sessionApi,
  passkeys: passkeysApi,
  sso: ssoApi,
  overview: overviewApi,
  requests: requestsApi,
  prices: pricesApi,
  price_overrides: priceOverridesApi,
  price_proposals: priceProposalsApi,
  what_if: whatIfApi,
  routes: routesApi,
  races: racesApi,
  keys: keysApi,
  budgets: budgetsApi,
  leagues: leaguesApi,
  providers: providersApi,
  bills: billsApi,
  people: peopleApi,
  audit: auditApi,
  settings: settingsApi,
}
