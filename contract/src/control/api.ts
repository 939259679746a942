import { auditApi } from './audit.ts'
import { billsApi } from './bills.ts'
import { keysApi } from './keys.ts'
import { leaguesApi } from './leagues.ts'
import { overviewApi } from './overview.ts'
import { peopleApi } from './people.ts'
import { pricesApi } from './prices.ts'
import { providersApi } from './providers.ts'
import { requestsApi } from './requests.ts'
import { routesApi } from './routes.ts'
import { sessionApi } from './session.ts'
import { settingsApi } from './settings.ts'

/** Every endpoint of the control plane, by subject and verb. The server answers these and no others. */
export const API = {
  session: sessionApi,
  overview: overviewApi,
  requests: requestsApi,
  prices: pricesApi,
  routes: routesApi,
  keys: keysApi,
  leagues: leaguesApi,
  providers: providersApi,
  bills: billsApi,
  people: peopleApi,
  audit: auditApi,
  settings: settingsApi,
}
