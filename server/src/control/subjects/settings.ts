import type { settingsApi } from '@paddock/contract/control/settings'
import type { Config } from '../../base/config.ts'
import type { Books } from '../../books/books.ts'
import type { PriceBook } from '../../prices/book.ts'
import type { Clock } from '../../base/clock.ts'
import { needsRestart } from '../../routing/reload/needs-restart.ts'
import type { RoutingTable } from '../../routing/table.ts'
import { folderFindings, nodeFinding, problemFindings, type Finding } from '../findings.ts'
import type { Handlers } from '../handlers.ts'
import { faultsOf } from '../settings-file/faults.ts'
import { maskSecrets } from '../settings-file/keep-secrets.ts'
import {
  digestOf,
  isWritable,
  judge,
  putInPlace,
  readLying,
  refuseFaults,
  refuseOther,
  type SettingsFileParts,
} from '../settings-file/settings-file.ts'
import { openTurns } from '../turns.ts'

export type SettingsParts = {
  readonly clock: Clock
  readonly config: () => Config
  readonly prices: () => PriceBook
  readonly routing: () => RoutingTable
  readonly books: Pick<Books, 'status'>
  readonly version: string
  readonly file: SettingsFileParts
}

type Api = Handlers<typeof settingsApi>

export function settingsHandlers(parts: SettingsParts): Api {
  const inTurn = openTurns()
  return {
    file: () => fileOf(parts.file),
    validate: async ({ body }) => {
      const { faults, warnings } = await judge(parts.file, body.text)
      return { ok: faults.length === 0, faults, warnings }
    },
    write: ({ body, note }) => inTurn(() => write(parts, { ...body, note })),
    settings: () => Promise.resolve(settingsOf(parts)),
    doctor: async () => {
      const findings = [
        nodeFinding(),
        ...(await folderFindings(parts.config().dataFolder)),
        ...priceFindings(parts),
        ...routingFindings(parts),
        ...booksFindings(parts),
      ]
      return { ok: findings.every(({ result }) => result !== 'fault'), findings }
    },
  }
}

async function fileOf({ place, check }: SettingsFileParts): Promise<Awaited<ReturnType<Api['file']>>> {
  const path = place()
  const { text, digest } = readLying(path)
  const { errors } = digest === null ? { errors: [] } : await check(text)
  return {
    path,
    exists: digest !== null,
    text: maskSecrets(text).shown,
    digest,
    writable: isWritable(path),
    faults: errors.flatMap((error) => faultsOf(error, path)),
  }
}

type Writing = {
  readonly text: string
  readonly digest: string | null
  readonly note: (note: { target: string; before: string; after: string }) => void
}

/** Nothing is written that cannot be used, and nothing over what somebody else has written meanwhile. */
async function write({ file, config }: SettingsParts, { text: given, digest, note }: Writing) {
  const path = file.place()
  const lying = readLying(path)
  refuseOther(lying, digest)
  const { text, faults, warnings } = await judge(file, given)
  refuseFaults(faults, path)
  // Looked at again: checking takes a moment, and an editor on the machine asks nobody.
  refuseOther(readLying(path), digest)
  const before = config()
  putInPlace(path, text)
  note({ target: path, before: lying.text, after: text })
  const refused = await file.reload()
  if (refused !== null) throw refused
  return { path, digest: digestOf(text), needs_restart: needsRestart(before, config()), warnings }
}

/** A list of what is shown, and never the configuration itself: keys and webhook secrets are in that. */
function settingsOf({ config, prices, routing, version }: SettingsParts): Awaited<ReturnType<Api['settings']>> {
  const { routes, charges, callerLimits, practice, environment, ...rest } = config()
  const table = routing()
  const found = table.providers.map(({ foundIn }) => foundIn).filter((name) => environment[name] !== undefined)
  const own = Object.keys(environment).filter((name) => name.startsWith('PADDOCK_'))
  return {
    version,
    config_file: rest.configFile,
    data_folder: rest.dataFolder,
    host: rest.host,
    port: rest.port,
    zone: rest.zone,
    drain_seconds: rest.drainMsMax / 1000,
    routes: routes.map((route) => ({ ...route })),
    charges: charges.map((charge) => ({ ...charge })),
    limits: { ...callerLimits },
    practice,
    environment: [...new Set([...own, ...found])].toSorted(),
    warnings: [...prices().problems.map(({ message }) => message), ...table.warnings],
  }
}

function priceFindings({ prices, clock }: SettingsParts): Finding[] {
  const book = prices()
  return [
    { check: 'price book', result: 'good', detail: `${book.rows({}).length} rows` },
    ...problemFindings('price book', [...book.problems, ...book.calendarGaps(clock.now())]),
  ]
}

function routingFindings({ routing }: SettingsParts): Finding[] {
  const { providers, warnings } = routing()
  const isReal = providers.some(({ facts }) => facts.practice !== true)
  return [
    {
      check: 'providers',
      result: isReal ? 'good' : 'note',
      detail: isReal
        ? providers.map(({ facts }) => facts.id).join(', ')
        : 'none is set up, so the practice provider answers',
    },
    ...warnings.map((detail): Finding => ({ check: 'routes', result: 'note', detail })),
  ]
}

function booksFindings({ books }: SettingsParts): Finding[] {
  const { accepting, reason, drainFailing, undrainedEntries, quarantined } = books.status()
  const findings: Finding[] = []
  if (!accepting) findings.push({ check: 'books', result: 'fault', detail: `requests are refused: ${reason}` })
  if (drainFailing)
    findings.push({ check: 'books', result: 'fault', detail: 'the ledger takes no rows; the journal keeps them' })
  if (quarantined > 0)
    findings.push({ check: 'books', result: 'note', detail: `${quarantined} files are in quarantine: look at them` })
  if (findings.length > 0) return findings
  const detail = `${undrainedEntries} entries on their way into the ledger; "paddock books verify" adds everything up`
  return [{ check: 'books', result: 'good', detail }]
}
