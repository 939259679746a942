import type { IncomingMessage, ServerResponse } from 'node:http'
import { startBackground, warningsOf } from './background.ts'
import type { PriceEvent } from '@paddock/contract/price-event'
import type { Clock } from './base/clock.ts'
import type { Config } from './base/config.ts'
import { startHttpServer, type RunningServer } from './base/http.ts'
import type { Log } from './base/log.ts'
import { openBooks, type Books } from './books/books.ts'
import type { Entry } from './books/entry.ts'
import type { BooksEvent } from './books/event.ts'
import { authorize } from './callers/authorize.ts'
import type { Directory } from './callers/directory.ts'
import { tellBudgetEvent } from './control/budget-alerts.ts'
import { openAlertWebhook, type AlertWebhook } from './control/alert-webhook.ts'
import { SqlStoredResponses } from './chats/stored-responses.ts'
import { isControlPath, serveControl } from './control/endpoints.ts'
import { openMetrics, type Metrics } from './control/metrics.ts'
import { MemoryAnswers } from './gateway/answer-cache.ts'
import { openDeadlines, type Deadlines } from './gateway/deadlines.ts'
import { callAside } from './gateway/aside.ts'
import { serveGateway } from './gateway/endpoints.ts'
import type { Gateway } from './gateway/gateway.ts'
import type { ActiveProvider } from './routing/active-provider.ts'
import { refuseBlank } from './routing/reload/refuse-blank.ts'
import { reloadable } from './routing/reload/reloadable.ts'
import type { CallProvider } from './providers/call-provider.ts'
import { httpCall } from './providers/http-call.ts'
import { BoundedReasoningMemory } from './dialects/reasoning-memory.ts'
import { openLimits } from './limits/limits.ts'
import { MemoryCounters } from './limits/memory-counters.ts'
import { practice, PRACTICE_EXAMPLE } from './providers/practice/practice.ts'
import { hearPrice, type PriceLoopParts } from './races/live/price-loop.ts'
import { openRaces, type Races } from './races/live/open-races.ts'
import type { AskAside } from './races/live/shadows.ts'
import { openLeads } from './routing/leads.ts'
import {
  buildLive,
  cacheSeconds,
  openFolder,
  priceIntent,
  pricingOf,
  racePrices,
  routerFor,
  type Folder,
  type Live,
} from './parts.ts'

/** A running Paddock. */
export type App = {
  readonly url: string
  readonly providers: readonly ActiveProvider[]
  readonly warnings: readonly string[]
  /** A first question, and a model that is there to answer it. */
  readonly example: { readonly model: string; readonly prompt: string }
  /** Keys made because there were none: shown now or never. */
  readonly firstKeys: FirstKeys | null
  /** Stops taking requests, lets running answers end within the limit, brings the books to rest. */
  stop(): Promise<void>
}

export type FirstKeys = { readonly admin: string; readonly key: string }

/** Builds every part, hands each what it needs, and listens. Throws config_invalid, price_invalid, data_in_use, port_unusable … */
export async function startApp(read: () => Config, { clock, log }: { clock: Clock; log: Log }): Promise<App> {
  const call = httpCall()
  const config = read()
  const live = reloadable(buildLive(config, { clock, call }))
  const now = (): Live => live.current()
  const folder = await openFolder(config, clock)
  const books = await openFolderBooks(now, { folder, clock, log, call })
  const metrics = openMetrics(() => books.status())
  const deadlines = openDeadlines(clock)
  const limits = openLimits({ clock, counters: new MemoryCounters(clock), rules: () => now().limitRules })
  deadlines.watch(limits)
  const responses = new SqlStoredResponses({ store: folder.store, clock, limits: () => now().config.responses })
  const state = { stopping: false }
  const router = routerFor(now, clock)
  const racing = await openRacing(folder, { clock, log, call, live: now, ask: (asked) => callAside(gateway, asked) })
  const gateway: Gateway = {
    clock,
    log,
    directory: folder.directory,
    routing: () => now().routing,
    prices: () => now().prices,
    charging: () => now().charging,
    bounds: () => now().config.limits,
    router,
    limits,
    memory: new BoundedReasoningMemory(clock),
    responses,
    answers: new MemoryAnswers(clock, () => now().config.cache.bytesMax),
    cacheSeconds: (route) => cacheSeconds(now().config, route),
    books,
    deadlines,
    trials: racing.races,
    accepting: () => !state.stopping,
    observe: {
      refused: (code) => {
        metrics.refused(code)
      },
      settled: observeEntry(metrics, log),
    },
  }
  const firstKeys = await makeFirstKeys(folder.directory)
  const handle = dispatcher(gateway, { config, metrics, state })
  const running = await startHttpServer({ host: config.host, port: config.port, handle })
  const build = (): Live => buildLive(refuseBlank(now().config, read()), { clock, call })
  const background = startBackground({ live, build, folder, responses, router, metrics, ...racing, clock, log })
  log.info('server.listening', { host: config.host, port: running.port, folder: config.dataFolder })
  return {
    url: `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${running.port}`,
    providers: now().routing.providers,
    warnings: warningsOf(now()),
    example: exampleFor(now().routing.offered.map(({ name }) => name)),
    firstKeys,
    stop: async () => {
      state.stopping = true
      limits.stop()
      await drain(running, deadlines, config.drainMsMax)
      deadlines.close()
      await books.close()
      await background.close()
      await call.close()
      await folder.store.close()
      log.info('server.stopped')
    },
  }
}

type Racing = {
  readonly clock: Clock
  readonly log: Log
  readonly call: CallProvider
  readonly live: () => Live
  readonly ask: AskAside
}

type RacingParts = { readonly races: Races; readonly hearPrice: (event: PriceEvent) => Promise<void> }

/** Races on the server's own traffic, and what prices have to do with them; everything they decide is logged and sent on. */
async function openRacing({ store }: Folder, { clock, log, call, live, ask }: Racing): Promise<RacingParts> {
  const webhook = openAlertWebhook({ clock, log, call, setting: () => live().config.alerts })
  const leads = await openLeads({ store, clock })
  const races = await openRaces({
    store,
    clock,
    leads,
    prices: racePrices(live),
    ask,
    onVerdict: (verdict, { config: { route } }) => {
      const { race, kind, challenger, reason } = verdict
      log.warn('race.verdict', { race, route, kind, challenger, reason })
      webhook.send('race.verdict', { route, ...verdict })
    },
  })
  const loop: PriceLoopParts = {
    store,
    clock,
    leads,
    pricing: () => pricingOf(live()),
    routes: () => live().routing.routes,
    setting: () => live().config.races,
    onProposal: ({ race, ...proposal }) => {
      const { route, challenger, percent } = proposal
      const reason = `${percent} % less for the traffic of ${proposal.saving.days} days`
      log.warn(race === null ? 'race.proposed' : 'race.started', { race: race?.id, route, challenger, reason })
      webhook.send('race.proposed', { ...proposal, race: race?.id ?? null })
    },
  }
  return { races, hearPrice: (event) => hearPrice(loop, event) }
}

type BooksTools = { readonly folder: Folder; readonly clock: Clock; readonly log: Log; readonly call: CallProvider }

/** The books of the data folder, with the budgets in force, and somebody who hears what they tell. */
function openFolderBooks(now: () => Live, { folder, clock, log, call }: BooksTools): Promise<Books> {
  const webhook = openAlertWebhook({ clock, log, call, setting: () => now().config.alerts })
  return openBooks({
    folder: folder.path,
    store: folder.store,
    clock,
    price: priceIntent(now),
    budgets: { rules: () => now().budgetRules, convert: (amount, between) => now().fx.convert(amount, between) },
    onEvent: reportTo(log, webhook),
  })
}

function exampleFor(offered: readonly string[]): App['example'] {
  const recorded = `${practice.id}/${PRACTICE_EXAMPLE.model}`
  const [first = recorded] = offered
  return first.startsWith(`${practice.id}/`)
    ? { ...PRACTICE_EXAMPLE, model: recorded }
    : { model: first, prompt: 'Say hello.' }
}

async function makeFirstKeys(directory: Directory): Promise<FirstKeys | null> {
  if (!(await directory.isEmpty())) return null
  const common = { models: null, expiresAt: null }
  const admin = await directory.createKey({ ...common, name: 'first admin token', scopes: ['admin'] })
  const first = await directory.createKey({ ...common, name: 'first key', scopes: ['call'] })
  return { admin: admin.key, key: first.key }
}

type Dispatched = { readonly config: Config; readonly metrics: Metrics; readonly state: { readonly stopping: boolean } }

/** Sends each request to the plane it belongs to. */
function dispatcher(
  gateway: Gateway,
  { config, metrics, state }: Dispatched,
): (request: IncomingMessage, response: ServerResponse) => void {
  const data = serveGateway(gateway)
  const control = serveControl({
    metrics,
    readiness: () => {
      const { accepting, reason } = gateway.books.status()
      const reasons = [...(state.stopping ? ['stopping'] : []), ...(accepting ? [] : [reason ?? 'books'])]
      return { ready: reasons.length === 0, reasons }
    },
    admitMetrics: async (request) => {
      // On this machine only, metrics need no key; in a network they are for keys that may read.
      if (isLoopback(config.host)) return
      await authorize({ rawHeaders: request.rawHeaders, url: request.url ?? '/' }, 'read', gateway)
    },
  })
  return (request, response) => {
    if (isControlPath(request)) control(request, response)
    else data(request, response)
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.')
}

function observeEntry(metrics: Metrics, log: Log): (entry: Entry) => void {
  return (entry) => {
    metrics.settled(entry)
    log.info('request.done', {
      request_id: entry.id,
      key_id: entry.key_id,
      state: entry.state,
      code: entry.error,
      provider: entry.provider,
      model: entry.model,
      duration_ms: entry.duration_ms,
      first_byte_ms: entry.first_byte_ms,
      input_tokens: entry.usage.input + entry.usage.cached_input,
      output_tokens: entry.usage.output + entry.usage.reasoning,
    })
  }
}

const CHECK_IDLE_EVERY_MS = 50

/** Waits for running answers to end by themselves, then ends the rest with a word, and closes the door. */
async function drain({ server }: RunningServer, deadlines: Deadlines, msMax: number): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => {
      resolve()
    })
  })
  // A kept connection whose last answer has just ended would hold the server open until its time-out.
  const idle = setInterval(() => {
    server.closeIdleConnections()
  }, CHECK_IDLE_EVERY_MS)
  const limit = setTimeout(() => {
    deadlines.stopAll()
  }, msMax)
  await closed
  clearInterval(idle)
  clearTimeout(limit)
}

/** What the books tell, as log lines; what somebody should hear of, to the webhook, too. */
function reportTo(log: Log, webhook: AlertWebhook): (event: BooksEvent) => void {
  return (event) => {
    switch (event.kind) {
      case 'budget_threshold':
      case 'budget_over_hold':
        tellBudgetEvent(event, { log, webhook })
        return
      case 'torn_tail':
        log.warn('books.torn_tail', { file: event.place.segment, bytes: event.bytes })
        return
      case 'quarantined':
        log.error('books.quarantined', { file: event.file, bytes: event.bytes, reason: event.cause })
        return
      case 'orphans_settled':
        log.warn('books.orphans_settled', { count: event.count })
        return
      case 'journal_failed':
        log.error('books.journal_failed', {}, event.cause)
        return
      case 'drain_failed':
        log.error('books.drain_failed', {}, event.cause)
        return
      case 'storage_full':
      case 'storage_back':
      case 'drain_resumed':
        log.warn(`books.${event.kind}`)
    }
  }
}
