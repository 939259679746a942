import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet } from '@tanstack/react-router'
import { auditSearch } from './pages/audit/search.ts'
import { billsSearch } from './pages/bills/search.ts'
import { keysSearch } from './pages/keys/search.ts'
import { leaguesSearch } from './pages/leagues/search.ts'
import { overviewSearch } from './pages/overview/search.ts'
import { peopleSearch } from './pages/people/search.ts'
import { pricesSearch } from './pages/prices/search.ts'
import { profileSearch } from './pages/profile/search.ts'
import { providersSearch } from './pages/providers/search.ts'
import { racesSearch } from './pages/races/search.ts'
import { requestsSearch } from './pages/requests/search.ts'
import { routesSearch } from './pages/routes/search.ts'
import { settingsSearch } from './pages/settings/search.ts'
import { whatIfSearch } from './pages/what-if/search.ts'
import { Join, SetUp } from './session/by-link.tsx'
import { SsoReturn } from './session/sso.tsx'
import { NotFound } from './shell/not-found.tsx'
import { Shell } from './shell/shell.tsx'

/** Every page and its address; what may stand behind "?" is in search.ts of the page. Pages are loaded when they are first opened. */

const root = createRootRoute({ component: Outlet })
const setUp = createRoute({ getParentRoute: () => root, path: '/setup', component: SetUp })
const join = createRoute({ getParentRoute: () => root, path: '/join', component: Join })
const sso = createRoute({ getParentRoute: () => root, path: '/sso', component: SsoReturn })
const shell = createRoute({ getParentRoute: () => root, id: 'shell', component: Shell, notFoundComponent: NotFound })

const overview = createRoute({
  getParentRoute: () => shell,
  path: '/',
  validateSearch: overviewSearch,
  component: lazyRouteComponent(() => import('./pages/overview/page.tsx'), 'OverviewPage'),
})
const requests = createRoute({
  getParentRoute: () => shell,
  path: '/requests',
  validateSearch: requestsSearch,
  component: lazyRouteComponent(() => import('./pages/requests/page.tsx'), 'RequestsPage'),
})
const prices = createRoute({
  getParentRoute: () => shell,
  path: '/prices',
  validateSearch: pricesSearch,
  component: lazyRouteComponent(() => import('./pages/prices/page.tsx'), 'PricesPage'),
})
const whatIf = createRoute({
  getParentRoute: () => shell,
  path: '/what-if',
  validateSearch: whatIfSearch,
  component: lazyRouteComponent(() => import('./pages/what-if/page.tsx'), 'WhatIfPage'),
})
const races = createRoute({
  getParentRoute: () => shell,
  path: '/races',
  validateSearch: racesSearch,
  component: lazyRouteComponent(() => import('./pages/races/page.tsx'), 'RacesPage'),
})
const routes = createRoute({
  getParentRoute: () => shell,
  path: '/routes',
  validateSearch: routesSearch,
  component: lazyRouteComponent(() => import('./pages/routes/page.tsx'), 'RoutesPage'),
})
const keys = createRoute({
  getParentRoute: () => shell,
  path: '/keys',
  validateSearch: keysSearch,
  component: lazyRouteComponent(() => import('./pages/keys/page.tsx'), 'KeysPage'),
})
const leagues = createRoute({
  getParentRoute: () => shell,
  path: '/leagues',
  validateSearch: leaguesSearch,
  component: lazyRouteComponent(() => import('./pages/leagues/page.tsx'), 'LeaguesPage'),
})
const providers = createRoute({
  getParentRoute: () => shell,
  path: '/providers',
  validateSearch: providersSearch,
  component: lazyRouteComponent(() => import('./pages/providers/page.tsx'), 'ProvidersPage'),
})
const bills = createRoute({
  getParentRoute: () => shell,
  path: '/bills',
  validateSearch: billsSearch,
  component: lazyRouteComponent(() => import('./pages/bills/page.tsx'), 'BillsPage'),
})
const people = createRoute({
  getParentRoute: () => shell,
  path: '/people',
  validateSearch: peopleSearch,
  component: lazyRouteComponent(() => import('./pages/people/page.tsx'), 'PeoplePage'),
})
const audit = createRoute({
  getParentRoute: () => shell,
  path: '/audit',
  validateSearch: auditSearch,
  component: lazyRouteComponent(() => import('./pages/audit/page.tsx'), 'AuditPage'),
})
const settings = createRoute({
  getParentRoute: () => shell,
  path: '/settings',
  validateSearch: settingsSearch,
  component: lazyRouteComponent(() => import('./pages/settings/page.tsx'), 'SettingsPage'),
})
const profile = createRoute({
  getParentRoute: () => shell,
  path: '/profile',
  validateSearch: profileSearch,
  component: lazyRouteComponent(() => import('./pages/profile/page.tsx'), 'ProfilePage'),
})

export const router = createRouter({
  routeTree: root.addChildren([
    setUp,
    join,
    sso,
    shell.addChildren([
      overview,
      requests,
      prices,
      whatIf,
      races,
      routes,
      keys,
      leagues,
      providers,
      bills,
      people,
      audit,
      settings,
      profile,
    ]),
  ]),
  basepath: '/console',
  defaultPreload: 'intent',
  defaultNotFoundComponent: NotFound,
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
