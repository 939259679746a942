import type { PriceEvent } from '@paddock/contract/price-event'
import type { Clock } from './base/clock.ts'
import type { PaddockError } from './base/errors.ts'
import type { Log } from './base/log.ts'
import type { Books } from './books/books.ts'
import { describeEvent } from './books/price-events.ts'
import { watchPrices, type PriceWatch } from './books/watch-prices.ts'
import type { Metrics } from './control/metrics.ts'
import { keepCounting } from './leagues/keep-counting.ts'
import type { Leagues } from './leagues/leagues.ts'
import { pricingOf, type Folder, type Live } from './parts.ts'
import { overridesFile } from './prices/overrides.ts'
import { proposalsFile } from './prices/proposals.ts'
import { keepRacing } from './races/live/keep-racing.ts'
import type { Races } from './races/live/open-races.ts'
import { changedProviders } from './routing/reload/changed-providers.ts'
import { needsRestart } from './routing/reload/needs-restart.ts'
import type { Reloadable } from './routing/reload/reloadable.ts'
import { startReloading, type Reloading } from './routing/reload/start-reloading.ts'
import type { Router } from './routing/router.ts'
import type { RoutingTable } from './routing/table.ts'

/** What runs beside requests for as long as the server does. */
export type Background = {
  /** Reads the configuration again, now: what it was refused for, or null. */
  reload(): Promise<PaddockError | null>
  close(): Promise<void>
}

export type BackgroundParts = {
  readonly live: Reloadable<Live>
  /** Builds everything from the configuration as it is now; throws for what is wrong with it. */
  readonly build: () => Promise<Live>
  readonly folder: Folder
  readonly books: Books
  /** Answers in the database, each kind with a way to clear away those whose time is over. */
  readonly kept: Readonly<Record<string, { clean(): Promise<unknown> }>>
  readonly router: Router
  readonly metrics: Metrics
  readonly races: Races
  /** What follows from a new price. */
  readonly hearPrice: (event: PriceEvent) => Promise<void>
  readonly clock: Clock
  readonly log: Log
}

/** Reads a changed configuration, watches prices, looks at the races, counts the leagues, clears away kept answers and old entries. */
export function startBackground(parts: BackgroundParts): Background {
  const watch = startWatchingPrices(parts)
  const reloading = reloadOnChange(parts, watch)
  const counting = countLeagues(parts)
  const racing = keepRacing(parts.races, (cause) => {
    parts.log.error('races.look_failed', {}, cause)
  })
  const cleaning = cleanRegularly(parts)
  const forgetting = forgetRegularly(parts)
  return {
    reload: () => reloading.reload(),
    close: async () => {
      reloading.close()
      await watch.close()
      await cleaning.close()
      await racing.close()
      await forgetting.close()
      await counting.close()
    },
  }
}

/** A change of paddock.yaml counts at once, or not at all: a mistake in it keeps the last good one in force. */
function reloadOnChange({ live, build, log, metrics, router }: BackgroundParts, watch: PriceWatch): Reloading {
  return startReloading({
    live,
    build,
    file: live.current().config.configPlace,
    others: [proposalsFile, overridesFile].map((file) => file(live.current().config.dataFolder)),
    onReloaded: ({ before, after }) => {
      for (const setting of needsRestart(before.config, after.config))
        log.warn('config.needs_restart', { reason: setting })
      for (const reason of warningsOf(after)) log.warn('config.warning', { reason })
      for (const id of changedProviders(before.routing.providers, after.routing.providers)) router.revive(id)
      metrics.reloaded('taken')
      log.info('config.reloaded', { file: after.config.configFile })
      void watch.look()
    },
    onRefused: (error) => {
      metrics.reloaded('refused')
      log.error('config.refused', { code: error.code, reason: error.message })
    },
  })
}

function countLeagues({ folder, live, log }: BackgroundParts): ReturnType<typeof keepCounting> {
  const { zone } = live.current().config
  const collect: Leagues['collect'] = async () => {
    // It counts for the first time when the server has long been up, and what it takes is read then.
    const { openLeagues } = await import('./leagues/leagues.ts')
    return openLeagues({ store: folder.store, zone }).collect()
  }
  return keepCounting({ collect }, (cause) => {
    log.error('leagues.count_failed', {}, cause)
  })
}

/** Looks at once, for what changed while nothing ran; nobody waits for it. */
function startWatchingPrices({ folder, live, clock, log, hearPrice }: BackgroundParts): PriceWatch {
  const watch = watchPrices({
    store: folder.store,
    clock,
    pricing: () => pricingOf(live.current()),
    offered: () => pricedModels(live.current().routing),
    onEvent: (event) => {
      log.warn('price.changed', { model: event.model, reason: describeEvent(event) })
      void hearPrice(event).catch((cause: unknown) => {
        log.error('races.price_not_heard', { model: event.model }, cause)
      })
    },
    onFailure: (cause) => {
      log.error('prices.watch_failed', {}, cause)
    },
    later,
  })
  void watch.look()
  return watch
}

/** Models whose prices are somebody's bill. */
function pricedModels({ providers }: RoutingTable): string[] {
  return providers
    .filter(({ facts }) => facts.practice !== true)
    .flatMap(({ facts, models }) => models.map((model) => `${facts.id}/${model}`))
}

function later(act: () => void, ms: number): () => void {
  const timer = setTimeout(act, ms).unref()
  return () => {
    clearTimeout(timer)
  }
}

/** Acts now and from time to time, until it is closed; what is under way is waited for. */
function regularly(everyMs: number, act: () => Promise<unknown>): { close(): Promise<unknown> } {
  let running = act()
  const timer = setInterval(() => {
    running = running.then(act)
  }, everyMs)
  timer.unref()
  return {
    close: () => {
      clearInterval(timer)
      return running
    },
  }
}

const CLEAN_EVERY_MS = 600_000

/** Deletes kept answers whose time is over, now and every ten minutes. */
function cleanRegularly({ kept, log }: BackgroundParts): { close(): Promise<unknown> } {
  return regularly(CLEAN_EVERY_MS, () =>
    Promise.all(Object.values(kept).map((each) => each.clean())).catch((thrown: unknown) => {
      log.error('answers.not_cleaned', {}, thrown)
    }),
  )
}

const FORGET_EVERY_MS = 6 * 3_600_000

/** Lets the entries of months that are older than wanted go, now and some times a day. */
function forgetRegularly(parts: BackgroundParts): { close(): Promise<unknown> } {
  const state = { closing: false }
  const forget = async (): Promise<void> => {
    const { keepMonths } = parts.live.current().config.books
    if (keepMonths === null) return
    // What it takes is read where something is forgotten, which few servers do.
    const { forgetOld } = await import('./forget-old.ts')
    await forgetOld(parts, { keepMonths, isClosing: () => state.closing })
  }
  const forgetting = regularly(FORGET_EVERY_MS, () =>
    forget().catch((thrown: unknown) => {
      parts.log.error('books.not_forgotten', {}, thrown)
    }),
  )
  return {
    close: () => {
      state.closing = true
      return forgetting.close()
    },
  }
}

/** What an operator should know of a configuration that is in force all the same. */
export function warningsOf({ prices, routing }: Pick<Live, 'prices' | 'routing'>): string[] {
  return [...prices.problems.map((problem) => problem.message), ...routing.warnings]
}
