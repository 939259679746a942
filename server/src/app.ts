import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { openRacing } from './racing.ts'
import { startBackground, warningsOf } from './background.ts'
import { checkSettings } from './check-settings.ts'
import type { Clock } from './base/clock.ts'
import type { Config } from './base/config.ts'
import { startHttpServer, type RunningServer } from './base/http.ts'
import type { Log } from './base/log.ts'
import { openEnteredBudgets, type EnteredBudgets } from './books/budgets/entered-budgets.ts'
import { openBooks, type Books } from './books/books.ts'
import type { Entry } from './books/entry.ts'
import { SqlOnce } from './books/once/once.ts'
import type { BooksEvent } from './books/event.ts'
import { authorize } from './callers/authorize.ts'
import type { Directory } from './callers/directory.ts'
import { tellBudgetEvent } from './control/budget-alerts.ts'
import { openAlertWebhook, type AlertWebhook } from './control/alert-webhook.ts'
import { SqlStoredResponses } from './chats/stored-responses.ts'
import { isApiPath, isControlPath, serveControl } from './control/endpoints.ts'
import { openEntryFeed, type EntryFeed } from './control/entry-feed.ts'
import { openOnDemand } from './control/on-demand.ts'
import type { Api } from './control/serve-api.ts'
import { isPagePath, servePages } from './control/serve-pages.ts'
import { openMetrics, type Metrics } from './control/metrics.ts'
import { MemoryAnswers } from './gateway/answer-cache.ts'
import { openDeadlines, type Deadlines } from './gateway/deadlines.ts'
import { callAside } from './gateway/aside.ts'
import { serveGateway } from './gateway/endpoints.ts'
import type { Gateway } from './gateway/gateway.ts'
import type { ControlPlaneParts } from './control-plane.ts'
import type { ActiveProvider } from './routing/active-provider.ts'
import { openEnteredKeys, type EnteredKeys } from './routing/entered-keys.ts'
import { openMadeProviders, type MadeProviders } from './routing/made-providers.ts'
import { refuseBlank } from './routing/reload/refuse-blank.ts'
import { reloadable } from './routing/reload/reloadable.ts'
import type { CallProvider } from './providers/call-provider.ts'
import { httpCall } from './providers/http-call.ts'
import { BoundedReasoningMemory } from './dialects/reasoning-memory.ts'
import { openLimits, type Limits } from './limits/limits.ts'
import { MemoryCounters } from './limits/memory-counters.ts'
import { practice, PRACTICE_EXAMPLE } from './providers/practice/practice.ts'
import type { Store } from './store/store.ts'
import {
  buildLive,
  cacheSeconds,
  openFolder,
  priceIntent,
  routerFor,
  type Folder,
  type Live,
  consoleFolder,
  makeSetupToken,
  type LiveTools,
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
  /** Where the first owner is made, while there is none: good once, for a day. */
  readonly setupLink: string | null
  /** Stops taking requests, lets running answers end within the limit, brings the books to rest. */
  stop(): Promise<void>
}

/** Reads the configuration; with this text in the place of the file's, if it is given. */
export type ReadSettings = (text?: string) => Config

export type FirstKeys = { readonly admin: string; readonly key: string }

/** Builds every part, hands each what it needs, and listens. Throws config_invalid, price_invalid, data_in_use, port_unusable … */
export async function startApp(read: ReadSettings, { clock, log }: { clock: Clock; log: Log }): Promise<App> {
  const call = httpCall()
  const config = read()
  const folder = await openFolder(config, clock)
  const entered = enteredIn(folder, { clock, log })
  const build = builderOf(entered, { clock, call })
  const live = reloadable(await build(() => config))
  const now = (): Live => live.current()
  const next = (text?: string) => (): Config => refuseBlank(now().config, read(text))
  const books = await openFolderBooks(now, { folder, clock, log, call })
  const metrics = openMetrics(() => books.status())
  const deadlines = openDeadlines(clock)
  const limits = watchedLimits(now, { clock, deadlines })
  const kept = keptAnswers(now, { store: folder.store, clock, books })
  const state = { stopping: false }
  const feed = openEntryFeed()
  const router = routerFor(now, clock)
  const racing = await openRacing(folder, { clock, log, call, live: now, ask: (asked) => callAside(gateway, asked) })
  const gateway: Gateway = {
    ...inForce(now),
    ...kept,
    clock,
    log,
    directory: folder.directory,
    router,
    limits,
    memory: new BoundedReasoningMemory(clock),
    answers: new MemoryAnswers(clock, () => now().config.cache.bytesMax),
    books,
    deadlines,
    trials: racing.races,
    accepting: () => !state.stopping,
    observe: observerOf({ metrics, log, feed }),
  }
  const [firstKeys, setupToken] = [await makeFirstKeys(folder.directory), await makeSetupToken(folder, clock)]
  const api = controlPlaneOf({
    ...gateway,
    ...racing,
    folder,
    live: now,
    feed,
    ...entered,
    rebuild: async () => void live.swap(await build(() => now().config)),
    url: () => `http://${addressOf(config.host)}:${running.port}`,
    settings: {
      check: async (text) => checkSettings(next(text), now(), { clock, call, ...(await openEntered(entered)) }),
      reload: () => background.reload(),
    },
  })
  const running = await startHttpServer({ ...config, handle: dispatcher(gateway, { config, metrics, state, api }) })
  const beside = { ...racing, folder, books, kept, router, metrics, clock, log }
  const background = startBackground({ ...beside, live, build: () => build(next()) })
  log.info('server.listening', { host: config.host, port: running.port, folder: config.dataFolder })
  return {
    ...tellStart(now(), { port: running.port, setupToken }),
    firstKeys,
    stop: () =>
      stop({ api, state, limits, running, deadlines, books, background, call, folder, log }, config.drainMsMax),
  }
}

type Running = Pick<Gateway, 'limits' | 'deadlines' | 'books' | 'log'> & {
  readonly api: Pick<Api, 'close'>
  readonly state: { stopping: boolean }
  readonly running: RunningServer
  readonly background: { close(): Promise<void> }
  readonly call: { close(): Promise<void> }
  readonly folder: Pick<Folder, 'store'>
}

/** Lets running requests end, for so long at most, and closes everything that was opened. */
async function stop({ api, state, limits, deadlines, books, ...parts }: Running, msMax: number): Promise<void> {
  // Races in the background ask this server: what they are asking now is to be answered first.
  const closing = api.close()
  await Promise.race([closing, sleep(msMax, undefined, { ref: false })])
  state.stopping = true
  limits.stop()
  await drain(parts.running, { deadlines, books, msMax })
  await closing
  deadlines.close()
  await books.close()
  await parts.background.close()
  await parts.call.close()
  await parts.folder.store.close()
  parts.log.info('server.stopped')
}

/** What a change of the configuration replaces. */
function inForce(now: () => Live): Pick<Gateway, 'routing' | 'prices' | 'charging' | 'bounds' | 'cacheSeconds'> {
  return {
    routing: () => now().routing,
    prices: () => now().prices,
    charging: () => now().charging,
    bounds: () => now().config.limits,
    cacheSeconds: (route) => cacheSeconds(now().config, route),
  }
}

/** Who waits in line for a place must be told when that takes too long. */
function watchedLimits(now: () => Live, { clock, deadlines }: { clock: Clock; deadlines: Deadlines }): Limits {
  const limits = openLimits({ clock, counters: new MemoryCounters(clock), rules: () => now().limitRules })
  deadlines.watch(limits)
  return limits
}

type Started = { readonly port: number; readonly setupToken: string | null }

function tellStart(live: Live, { port, setupToken }: Started): Omit<App, 'firstKeys' | 'stop'> {
  const { config, routing } = live
  const url = `http://${hostText(config.host)}:${port}`
  return {
    url,
    providers: routing.providers,
    warnings: warningsOf(live),
    example: exampleFor(routing.offered.map(({ name }) => name)),
    // The token stands behind "#": browsers keep that to themselves, so no log on the way sees it.
    setupLink: setupToken === null ? null : `${url}/console/setup#${setupToken}`,
  }
}

function controlPlaneOf(parts: ControlPlaneParts): Api {
  const open = async (): Promise<Api> => (await import('./control-plane.ts')).openControlPlane(parts)
  return openOnDemand(open, (cause) => {
    parts.log.error('control.not_opened', {}, cause)
  })
}

type Entered = {
  readonly enteredKeys: EnteredKeys
  readonly madeProviders: MadeProviders
  readonly enteredBudgets: EnteredBudgets
}

function enteredIn(folder: Folder, { clock, log }: { clock: Clock; log: Log }): Entered {
  return {
    enteredKeys: openEnteredKeys({ ...folder, clock, onUnusable: tellUnusable(log) }),
    madeProviders: openMadeProviders({ ...folder, clock }),
    enteredBudgets: openEnteredBudgets({ ...folder, clock }),
  }
}

async function openEntered(entered: Entered): Promise<Pick<LiveTools, 'entered' | 'made' | 'budgets'>> {
  const keys = await entered.enteredKeys.open()
  const made = await entered.madeProviders.list()
  return { entered: keys, made, budgets: await entered.enteredBudgets.list() }
}

/** The configuration is read when what was entered is there, so that of two changes at once neither undoes the other. */
function builderOf(entered: Entered, tools: LiveTools): (settings: () => Config) => Promise<Live> {
  return async (settings) => {
    const opened = await openEntered(entered)
    return buildLive(settings(), { ...tools, ...opened })
  }
}

function tellUnusable(log: Log): (provider: string, cause: unknown) => void {
  return (provider, cause) => {
    log.error('providers.key_unusable', { provider }, cause)
  }
}

type Keeping = { readonly store: Store; readonly clock: Clock; readonly books: Books }

/** Answers in the database: those that callers go on from, and those for requests that are sent again. */
function keptAnswers(now: () => Live, parts: Keeping): { responses: SqlStoredResponses; once: SqlOnce } {
  return {
    responses: new SqlStoredResponses({ ...parts, limits: () => now().config.responses }),
    once: new SqlOnce({ ...parts, limits: () => now().config.idempotency }),
  }
}

type BooksTools = { readonly folder: Folder; readonly clock: Clock; readonly log: Log; readonly call: CallProvider }

/** The books of the data folder, with the budgets in force, and somebody who hears what they tell. */
async function openFolderBooks(now: () => Live, { folder, clock, log, call }: BooksTools): Promise<Books> {
  const webhook = openAlertWebhook({ clock, log, call, setting: () => now().config.alerts })
  return openBooks({
    folder: folder.path,
    store: folder.store,
    clock,
    price: await priceIntent(now, folder.directory),
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

/** How a host stands in an address. */
function hostText(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}

/** How the server reaches itself: one that listens everywhere is also at home. */
function addressOf(host: string): string {
  return host === '0.0.0.0' || host === '::' ? '127.0.0.1' : hostText(host)
}

type Dispatched = {
  readonly config: Config
  readonly metrics: Metrics
  readonly state: { readonly stopping: boolean }
  readonly api: Api
}

/** Sends each request to the plane it belongs to. */
function dispatcher(
  gateway: Gateway,
  { config, metrics, state, api }: Dispatched,
): (request: IncomingMessage, response: ServerResponse) => void {
  const data = serveGateway(gateway)
  const pages = servePages(consoleFolder())
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
    else if (isApiPath(request)) api.handle(request, response)
    else if (isPagePath(request)) pages.handle(request, response)
    else data(request, response)
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.')
}

type Observed = { readonly metrics: Metrics; readonly log: Log; readonly feed: EntryFeed }

function observerOf({ metrics, log, feed }: Observed): Gateway['observe'] {
  const settled = (entry: Entry): void => {
    metrics.settled(entry)
    feed.publish(entry)
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
  return {
    settled,
    refused: (code) => {
      metrics.refused(code)
    },
  }
}

const CHECK_IDLE_EVERY_MS = 50
/** How long answers that were ended may take to get their entries. */
const SETTLE_MS_MAX = 5_000

type Draining = { readonly deadlines: Deadlines; readonly books: Books; readonly msMax: number }

/** Waits for running answers to end by themselves, then ends the rest with a word, and closes the door. */
async function drain({ server, closeIdle }: RunningServer, { deadlines, books, msMax }: Draining): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => {
      resolve()
    })
  })
  // A kept connection whose last answer has just ended would hold the server open until its time-out, an unused one for ever.
  const idle = setInterval(closeIdle, CHECK_IDLE_EVERY_MS)
  const limit = setTimeout(() => {
    deadlines.stopAll()
  }, msMax)
  await closed
  await unheardAnswers(books, msMax + SETTLE_MS_MAX)
  clearInterval(idle)
  clearTimeout(limit)
}

/** Answers that nobody waits for any more, and that are heard out all the same, have entries to come. */
async function unheardAnswers(books: Books, msMax: number): Promise<void> {
  for (let left = msMax; left > 0; left -= CHECK_IDLE_EVERY_MS) {
    const { accepting, openIntents } = books.status()
    // Books that take nothing any more settle nothing either.
    if (openIntents === 0 || !accepting) return
    await sleep(CHECK_IDLE_EVERY_MS)
  }
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
