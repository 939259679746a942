import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { startApp } from './app.ts'
import { systemClock } from './base/clock.ts'
import { readConfig, type Config } from './base/config.ts'
import { asPaddockError, PaddockError } from './base/errors.ts'
import { openLog } from './base/log.ts'
import type { BooksOptions } from './books/books.ts'
import { openEnteredBudgets } from './books/budgets/entered-budgets.ts'
import { openBooksForCommand, openOwnedBooks } from './books/open-for-command.ts'
import { openAuditLog, type AuditLog } from './callers/audit-log.ts'
import { openSignIn } from './callers/sign-in.ts'
import { auditCommand } from './cli/audit.ts'
import { backupCommand, restoreCommand } from './cli/backup.ts'
import { booksCommand } from './cli/books.ts'
import { budgetsCommand } from './cli/budgets.ts'
import { readBillShapes } from './cli/books-reconcile.ts'
import type { CliContext, CommonOptions } from './cli/context.ts'
import { demoCommand } from './cli/demo.ts'
import { doctorCommand } from './cli/doctor.ts'
import { invoicesCommand } from './cli/invoices.ts'
import { keysCommand } from './cli/keys.ts'
import { leaguesCommand } from './cli/leagues.ts'
import { processOutput } from './cli/output.ts'
import { pricesCommand } from './cli/prices.ts'
import { raceCommand, type RaceTools } from './cli/race.ts'
import { routesCommand, type Routing } from './cli/routes.ts'
import { rotateMaster, secretsCommand, type Secrets } from './cli/secrets.ts'
import type { Serve } from './cli/serve.ts'
import { openLeagues, type Leagues } from './leagues/leagues.ts'
import { openEnteredKeys } from './routing/entered-keys.ts'
import {
  buildLive,
  currencyOf,
  openFolder,
  openPrices,
  priceIntent,
  pricingOf,
  racePrices,
  routerFor,
  shippedFolder,
} from './parts.ts'
import { practiceLines } from './providers/practice/recordings.ts'
import { neededFrom } from './races/live/needed-from.ts'
import { openLeads, type Leads } from './routing/leads.ts'
import type { Store } from './store/store.ts'

/**
 * Every command but `serve`, each with what it needs. Not even read where the server is started, which would be larger by all
 * of them for as long as it runs.
 */
export function addCommands(program: Command, serve: Serve): void {
  program
    .addCommand(
      demoCommand(context, {
        serve,
        openFolder: (options) => openFolder(readConfig(options), clock),
        racePrices: (options) => {
          const live = buildLive(readConfig(options), { clock, call: callNobody })
          return racePrices(() => live)
        },
      }),
    )
    .addCommand(keysCommand(context))
    .addCommand(pricesCommand(context))
    .addCommand(booksCommand(context, { openLeagues: openLeaguesOf, racesNeedFrom }))
    .addCommand(budgetsCommand(context))
    .addCommand(raceCommand(context, raceTools))
    .addCommand(invoicesCommand(context))
    .addCommand(routesCommand(context, openRouting))
    .addCommand(leaguesCommand(context, openLeaguesOf))
    .addCommand(auditCommand(context, openAudit))
    .addCommand(secretsCommand(context, openSecrets))
    .addCommand(backupCommand(context))
    .addCommand(restoreCommand(context))
    .addCommand(doctorCommand(context, openRouting))
}

const output = processOutput()
const clock = systemClock
const context: CliContext = {
  output,
  clock,
  config: (options) => readConfig(options),
  billShapes: () => readBillShapes(shippedFolder('pricebook')),
  openPrices: (options) => Promise.resolve(openPrices(readConfig(options))),
  openPricing: (options) => Promise.resolve(pricingOf(buildLive(readConfig(options), { clock, call: callNobody }))),
  openBooks: async (options) => openBooksForCommand(await booksOptions(options)),
  openOwnedBooks: async (options) => openOwnedBooks(await booksOptions(options)),
  enteredBudgets: (options) => askStore(readConfig(options), (store) => openEnteredBudgets({ store, clock }).list()),
  openDirectory: async (options) => {
    const { directory, store } = await openFolder(readConfig(options), clock)
    return Object.assign(directory, { close: () => store.close() })
  },
}

async function booksOptions(options: CommonOptions): Promise<BooksOptions> {
  const config = readConfig(options)
  const live = buildLive(config, { clock, call: callNobody })
  const folder = await openFolder(config, clock)
  return { folder: folder.path, store: folder.store, clock, price: await priceIntent(() => live, folder.directory) }
}

/** Commands look at providers and call none. */
function callNobody(): never {
  throw new Error('a command calls no provider')
}

function openRouting(options: CommonOptions): Promise<Routing> {
  const config = readConfig(options)
  const live = buildLive(config, { clock, call: callNobody })
  // Who only looks makes no data folder.
  const isThere = existsSync(join(config.dataFolder, 'paddock.db'))
  const leads = isThere ? () => askStore<Pick<Leads, 'of'>>(config, (store) => openLeads({ store, clock })) : null
  return Promise.resolve({ table: live.routing, router: routerFor(() => live, clock), leads })
}

/** Opens the data folder for one question. */
async function askStore<Answer>(config: Config, ask: (store: Store) => Promise<Answer>): Promise<Answer> {
  const { store } = await openFolder(config, clock)
  try {
    return await ask(store)
  } finally {
    await store.close()
  }
}

const RACE_KEY_LIVES_MS = 7 * 86_400_000

/**
 * A whole Paddock in this process, for a race: on a free port of this machine, and with the practice provider, which answers
 * without its pauses, beside those that are set up.
 */
const openPaddock: RaceTools['openPaddock'] = async (options) => {
  const read = (text?: string): Config => {
    const config = readConfig(options, undefined, text)
    const practice = { enabled: config.practice.enabled ?? true, speed: 0 }
    return { ...config, host: '127.0.0.1', port: 0, practice }
  }
  const app = await startApp(read, { clock, log: openLog('error') }).catch((cause: unknown) => {
    const error = asPaddockError(cause)
    if (error.code !== 'data_in_use') throw cause
    throw new PaddockError('data_in_use', {
      message: `${error.message} Or race through it: --url and --key.`,
      cause,
    })
  })
  if (app.firstKeys !== null)
    output.note(
      `This data folder is new. Shown this once: admin token ${app.firstKeys.admin}, key ${app.firstKeys.key}`,
    )
  const directory = await context.openDirectory(options)
  const wanted = { name: 'race', scopes: ['call'], models: null, expiresAt: clock.now() + RACE_KEY_LIVES_MS } as const
  const { id, key } = await directory.createKey(wanted)
  return {
    url: app.url,
    key,
    close: async () => {
      await directory.revokeKey(id)
      await directory.close()
      await app.stop()
    },
  }
}

const openLive: RaceTools['openLive'] = async (options) => {
  const config = readConfig(options)
  const live = buildLive(config, { clock, call: callNobody })
  const { store } = await openFolder(config, clock)
  return {
    tables: store.tables(),
    leads: await openLeads({ store, clock }),
    routing: live.routing,
    prices: racePrices(() => live),
    currencyOf: (model) => currencyOf(live, model),
    close: () => store.close(),
  }
}

const raceTools: RaceTools = {
  openPaddock,
  openLive,
  practiceDataset: () => practiceLines(shippedFolder('practice')),
  get stopped() {
    const controller = new AbortController()
    process.once('SIGINT', () => {
      output.note('Stopping when the running calls have ended. The same command goes on; once more ends it at once.')
      controller.abort()
    })
    return controller.signal
  },
}

async function openLeaguesOf(options: CommonOptions): Promise<Leagues & { close(): Promise<void> }> {
  const config = readConfig(options)
  const { store } = await openFolder(config, clock)
  return { ...openLeagues({ store, zone: config.zone }), close: () => store.close() }
}

function racesNeedFrom(options: CommonOptions): Promise<number | null> {
  return askStore(readConfig(options), (store) => neededFrom(store.tables()))
}

async function openAudit(options: CommonOptions): Promise<AuditLog & { close(): Promise<void> }> {
  const { store } = await openFolder(readConfig(options), clock)
  return { ...openAuditLog({ store, clock }), close: () => store.close() }
}

async function openSecrets(options: CommonOptions): Promise<Secrets> {
  const folder = await openFolder(readConfig(options), clock)
  const enteredKeys = openEnteredKeys({ ...folder, clock, onUnusable: () => undefined })
  const parts = [enteredKeys, openSignIn({ ...folder, clock })]
  return {
    rotate: () => rotateMaster(folder.path, parts),
    close: () => folder.store.close(),
  }
}
