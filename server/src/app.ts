import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from './base/clock.ts'
import type { Config } from './base/config.ts'
import { startHttpServer, type RunningServer } from './base/http.ts'
import type { Log } from './base/log.ts'
import { openBooks } from './books/books.ts'
import type { Entry } from './books/entry.ts'
import type { BooksEvent } from './books/event.ts'
import { authorize } from './callers/authorize.ts'
import type { Directory } from './callers/directory.ts'
import { SqlStoredResponses } from './chats/stored-responses.ts'
import { isControlPath, serveControl } from './control/endpoints.ts'
import { openMetrics, type Metrics } from './control/metrics.ts'
import { MemoryAnswers } from './gateway/answer-cache.ts'
import { openDeadlines, type Deadlines } from './gateway/deadlines.ts'
import { callAside } from './gateway/aside.ts'
import { serveGateway } from './gateway/endpoints.ts'
import type { Gateway } from './gateway/gateway.ts'
import type { ActiveProvider } from './routing/active-provider.ts'
import type { Router } from './routing/router.ts'
import { changedProviders } from './routing/reload/changed-providers.ts'
import { needsRestart } from './routing/reload/needs-restart.ts'
import { refuseBlank } from './routing/reload/refuse-blank.ts'
import { reloadable, type Reloadable } from './routing/reload/reloadable.ts'
import { startReloading } from './routing/reload/start-reloading.ts'
import { httpCall } from './providers/http-call.ts'
import { BoundedReasoningMemory } from './dialects/reasoning-memory.ts'
import { keepCounting } from './leagues/keep-counting.ts'
import { openLeagues } from './leagues/leagues.ts'
import { openLimits } from './limits/limits.ts'
import { MemoryCounters } from './limits/memory-counters.ts'
import { practice, PRACTICE_EXAMPLE } from './providers/practice/practice.ts'
import { keepRacing } from './races/live/keep-racing.ts'
import { openRaces, type Races } from './races/live/open-races.ts'
import type { AskAside } from './races/live/shadows.ts'
import { openLeads } from './routing/leads.ts'
import {
  buildLive,
  cacheSeconds,
  openFolder,
  priceIntent,
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
  const price = priceIntent(() => now())
  const books = await openBooks({ folder: folder.path, store: folder.store, clock, price, onEvent: reportTo(log) })
  const metrics = openMetrics(() => books.status())
  const deadlines = openDeadlines(clock)
  const limits = openLimits({ clock, counters: new MemoryCounters(clock), rules: () => now().limitRules })
  deadlines.watch(limits)
  const responses = new SqlStoredResponses({ store: folder.store, clock, limits: () => now().config.responses })
  const cleaning = cleanRegularly(responses, log)
  const state = { stopping: false }
  const router = routerFor(now, clock)
  const races = await openRacesOf(folder, { clock, log, live: now, ask: (asked) => callAside(gateway, asked) })
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
    trials: races,
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
  const reloading = reloadOnChange(live, { build, log, metrics, router })
  const counting = keepCounting(openLeagues({ store: folder.store, zone: config.zone }), (cause) => {
    log.error('leagues.count_failed', {}, cause)
  })
  const racing = keepRacing(races, (cause) => {
    log.error('races.look_failed', {}, cause)
  })
  log.info('server.listening', { host: config.host, port: running.port, folder: config.dataFolder })
  const { routing } = now()
  return {
    url: `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${running.port}`,
    providers: routing.providers,
    warnings: warningsOf(now()),
    example: exampleFor(routing.offered.map(({ name }) => name)),
    firstKeys,
    stop: async () => {
      state.stopping = true
      reloading.close()
      limits.stop()
      await drain(running, deadlines, config.drainMsMax)
      deadlines.close()
      await cleaning.close()
      await books.close()
      await racing.close()
      await counting.close()
      await call.close()
      await folder.store.close()
      log.info('server.stopped')
    },
  }
}

type Racing = { readonly clock: Clock; readonly log: Log; readonly live: () => Live; readonly ask: AskAside }

/** Races on the server's own traffic, and a line for everything they decide. */
async function openRacesOf({ store }: Folder, { clock, log, live, ask }: Racing): Promise<Races> {
  return openRaces({
    store,
    clock,
    leads: await openLeads({ store, clock }),
    prices: racePrices(live),
    ask,
    onVerdict: ({ kind, challenger, reason }, { id, config: { route } }) => {
      log.warn('race.verdict', { race: id, route, kind, challenger, reason })
    },
  })
}

const CLEAN_EVERY_MS = 600_000

/** Deletes kept answers whose time is over, now and every ten minutes. */
function cleanRegularly(responses: SqlStoredResponses, log: Log): { close(): Promise<unknown> } {
  let running: Promise<unknown> = Promise.resolve()
  const clean = (): void => {
    running = responses.clean().catch((thrown: unknown) => {
      log.error('responses.not_cleaned', {}, thrown)
    })
  }
  clean()
  const timer = setInterval(clean, CLEAN_EVERY_MS)
  timer.unref()
  return {
    close: () => {
      clearInterval(timer)
      return running
    },
  }
}

type Reloaded = { readonly build: () => Live; readonly log: Log; readonly metrics: Metrics; readonly router: Router }

/** A change of paddock.yaml counts at once, or not at all: a mistake in it keeps the last good one in force. */
function reloadOnChange(live: Reloadable<Live>, { build, log, metrics, router }: Reloaded): { close(): void } {
  return startReloading({
    live,
    build,
    file: live.current().config.configFile,
    onReloaded: ({ before, after }) => {
      for (const setting of needsRestart(before.config, after.config))
        log.warn('config.needs_restart', { reason: setting })
      for (const reason of warningsOf(after)) log.warn('config.warning', { reason })
      for (const id of changedProviders(before.routing.providers, after.routing.providers)) router.revive(id)
      metrics.reloaded('taken')
      log.info('config.reloaded', { file: after.config.configFile })
    },
    onRefused: (error) => {
      metrics.reloaded('refused')
      log.error('config.refused', { code: error.code, reason: error.message })
    },
  })
}

function warningsOf({ prices, routing }: Live): string[] {
  return [...prices.problems.map((problem) => problem.message), ...routing.warnings]
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

/** What the books tell, as log lines. */
function reportTo(log: Log): (event: BooksEvent) => void {
  return (event) => {
    switch (event.kind) {
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
