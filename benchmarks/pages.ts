import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '../server/src/base/clock.ts'
import { entryRow, type EntryRow } from '../server/src/books/entry-row.ts'
import { openLedger } from '../server/src/books/ledger.ts'
import { openDirectory } from '../server/src/callers/directory.ts'
import { openLeagues } from '../server/src/leagues/leagues.ts'
import type { Pico } from '../server/src/money/fixed-point.ts'
import { readPepper } from '../server/src/store/data-folder.ts'
import { openStore } from '../server/src/store/store.ts'
import { clientOf, PASSWORD, tokenOf, type Client } from '../tests/control/client.ts'
import { openWorkspace, type Workspace } from '../tests/paddock.ts'
import { entryFor } from '../tests/stand-ins/samples.ts'
import { median } from './rig/median.ts'

/**
 * How long the console waits: the built server on a data folder of ten million entries of the last 90 days, asked everything
 * that pages ask. PAGES_ENTRIES asks for another number; PAGES_FOLDER names a folder that is filled once and kept.
 */

const ENTRIES = Number(process.env['PAGES_ENTRIES'] ?? 10_000_000)
const KEPT = process.env['PAGES_FOLDER']
const ROUNDS = 7
/** What a page may take. */
const MS_MAX = 200

const BATCH = 20_000
const DAY_MS = 86_400_000
const DAYS = 90
const KEYS = 120
const TEAMS = 12
const USERS = 200_000
/** A multiplier that visits all users in a scattered order. */
const SCATTER = 7_919
/** Real names, so that prices are found for them. */
const MODELS = [
  ['deepseek', 'deepseek-chat', 'CNY'],
  ['dashscope', 'qwen-plus', 'CNY'],
  ['openai', 'gpt-4o', 'USD'],
  ['openai', 'gpt-4o-mini', 'USD'],
  ['moonshot', 'moonshot-v1-8k', 'CNY'],
  ['zhipu', 'glm-4-flash', 'CNY'],
] as const
const ROUTES = ['chat', 'code', 'cheap', null] as const
const APPS = ['assistant', 'search', 'tutor', 'support', null] as const

const figures: Record<string, number> = {}
await using workspace = openWorkspace('practice: { enabled: true }\n')
const environment: Record<string, string> = KEPT === undefined ? {} : { PADDOCK_DATA: KEPT }
const data = KEPT ?? workspace.data
if (!existsSync(join(data, 'paddock.db'))) await prepare(workspace)
const server = await workspace.serve({ environment })
const client = clientOf(server.url)
const signedIn = await client('POST /api/session', { body: { email: 'owner@example.com', password: PASSWORD } })
await askAll(client, signedIn.session)
server.kill('SIGTERM')
await server.exited
console.log(JSON.stringify(figures))

/** A folder whose first owner has signed in, and then its entries. */
async function prepare(within: Workspace): Promise<void> {
  const first = await within.serve({ environment })
  const body = {
    token: tokenOf(first.started.setupLink),
    email: 'owner@example.com',
    name: 'Owner',
    password: PASSWORD,
  }
  await clientOf(first.url)('POST /api/setup', { body })
  first.kill('SIGTERM')
  await first.exited
  const start = performance.now()
  await fill()
  figures['seconds to write and add up the entries'] = Math.round((performance.now() - start) / 1000)
}

async function fill(): Promise<void> {
  const store = openStore(join(data, 'paddock.db'))
  const ledger = await openLedger(store)
  const directory = openDirectory({ store, clock: systemClock, pepper: readPepper(data) })
  for (let index = 0; index < KEYS; index += 1) {
    const team = `team-${index % TEAMS}`
    await directory.createKey({ name: `key-${index}`, team, scopes: ['call'], models: null, expiresAt: null })
  }
  const keys = (await directory.listKeys()).filter(({ name }) => name.startsWith('key-'))
  const end = systemClock.now()
  const templates = keys.map((key) => entryRow(entryFor('', { organisation_id: key.organisation_id })))
  for (let first = 0; first < ENTRIES; first += BATCH) {
    const rows = Array.from({ length: Math.min(BATCH, ENTRIES - first) }, (_, index): EntryRow => {
      const number = first + index
      const at = Math.floor(end - DAYS * DAY_MS + (number / ENTRIES) * DAYS * DAY_MS)
      // Keys differ: the first ones ask a hundred times as often as the last.
      const which = Math.floor(KEYS * (((number * SCATTER) % 10_007) / 10_007) ** 3)
      const key = keys[which]
      const template = templates[which]
      if (!key || !template) throw new Error('broken invariant: every number has its key')
      return entryOf(number, { at, template, which, key })
    })
    ledger.write({ rows, checkpoint: { segment: '', position: first }, durable: false })
    if (first % 500_000 === 0) console.error(`${first} of ${ENTRIES} entries`)
  }
  console.error('counting them for the leagues')
  await openLeagues({ store, zone: 'UTC' }).collect()
  await store.close()
}

type Drawn = {
  readonly at: number
  readonly template: EntryRow
  readonly which: number
  readonly key: { readonly id: string; readonly team_id: string }
}

function entryOf(number: number, { at, template, which, key }: Drawn): EntryRow {
  const [provider, model, currency] = MODELS[(which + (number % 2)) % MODELS.length] ?? MODELS[0]
  const failed = number % 97 === 0
  const pico = BigInt(1_000_000 * (1 + (number % 9_973))) as Pico
  return {
    ...template,
    id: idOf(number, at),
    at: BigInt(at),
    ended_at: BigInt(at + 2_000),
    state: failed ? 'upstream_error' : number % 10_007 === 0 ? 'timeout' : 'ok',
    team_id: key.team_id,
    key_id: key.id,
    end_user: `user-${Math.floor(((number * SCATTER) % USERS) ** 2 / USERS)}`,
    route: ROUTES[which % ROUTES.length] ?? null,
    app: APPS[which % APPS.length] ?? null,
    provider,
    model,
    input: BigInt(100 + (number % 4_001)),
    output: BigInt(50 + (number % 503)),
    cost_pico: pico,
    cost_currency: currency,
    charge_pico: pico,
    charge_currency: currency,
  }
}

/** A UUIDv7, as ids of entries are: the time, and then what tells entries of one millisecond apart. */
function idOf(number: number, at: number): string {
  const time = at.toString(16).padStart(12, '0')
  const rest = number.toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${rest}`
}

async function askAll(ask: Client, session: string): Promise<void> {
  const slow: string[] = []
  const busy: string[] = []
  for (const path of await paths(ask, session)) {
    const times: number[] = []
    const before = await cpuMs()
    for (let round = 0; round < ROUNDS; round += 1) {
      const start = performance.now()
      const { status, text } = await ask(`GET ${path as '/api/'}`, { as: { session } })
      times.push(performance.now() - start)
      if (status !== 200) throw new Error(`${path} was answered with ${status}: ${text}`)
    }
    const name = path.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '{id}').replace(/\d{13}_/, '')
    const usual = Math.round(median(times))
    figures[`${name}: median, ms`] = usual
    figures[`${name}: worst of ${ROUNDS}, ms`] = Math.round(Math.max(...times))
    const cpu = Math.round(((await cpuMs()) - before) / ROUNDS)
    figures[`${name}: the server's own time, ms`] = cpu
    if (usual > MS_MAX) slow.push(`${name} ${usual}`)
    if (cpu > MS_MAX) busy.push(`${name} ${cpu}`)
  }
  figures[`pages slower than ${MS_MAX} ms`] = slow.length
  figures[`pages that take more than ${MS_MAX} ms of the server's own time`] = busy.length
  for (const line of slow) console.error(`slow: ${line} ms`)
  for (const line of busy) console.error(`busy: ${line} ms`)
}

/** What the server has used of its processor: on a machine where others work too, that is what does not depend on them. */
async function cpuMs(): Promise<number> {
  const metrics = await (await fetch(`${server.url}/metrics`)).text()
  return Number(/^process_cpu_seconds_total (\S+)/m.exec(metrics)?.[1]) * 1000
}

/** What the pages of the console ask, with the filters that they have. */
async function paths(ask: Client, session: string): Promise<string[]> {
  const day = (ago: number): string => new Date(systemClock.now() - ago * DAY_MS).toISOString().slice(0, 10)
  const instant = (ago: number): string => new Date(systemClock.now() - ago * DAY_MS).toISOString()
  const [quarter, month, fortnight] = [`from=${day(90)}`, `from=${day(30)}`, `from=${instant(14)}`]
  const [lastMonth, thisMonth] = [day(30).slice(0, 7), day(0).slice(0, 7)]
  const as = { session }
  const keys = (await ask('GET /api/keys?limit=200', { as })).body.items as {
    id: string
    team_id: string
    name: string
  }[]
  const [busy, quiet] = ['key-0', `key-${KEYS - 1}`].map((name) => keys.find((key) => key.name === name)?.id ?? '')
  const team = keys.find(({ name }) => name === 'key-1')?.team_id ?? ''
  const [newest] = (await ask('GET /api/requests?limit=1', { as })).body.items as { id: string }[]
  const deep = `${systemClock.now() - 80 * DAY_MS}_00000000-0000-7000-8000-000000000000`
  const breakdowns = ['model', 'provider', 'key', 'team', 'route', 'state']
  const spans = ['', month, quarter, fortnight]
  const narrowed = [`key=${busy}`, `key=${quiet}`, 'state=timeout', 'state=stopped_budget']
  const models = ['model=openai/gpt-4o', 'model=gpt-4o', 'model=nobody/none']
  return [
    '/api/session',
    '/api/setup',
    '/api/openapi.json',
    ...[...spans, `key=${busy}`, `${quarter}&team=${team}`].map((query) => `/api/overview?${query}`),
    ...[...spans, `${month}&by=model`, `${fortnight}&by=key`, `${quarter}&by=key`, `${quarter}&key=${quiet}`].map(
      (query) => `/api/overview/series?${query}`,
    ),
    ...breakdowns.flatMap((by) => ['', fortnight, quarter].map((span) => `/api/overview/breakdown?by=${by}&${span}`)),
    ...['', 'limit=200', `after=${deep}`, `after=${deep}&limit=200`, ...narrowed, ...models].map(
      (query) => `/api/requests?${query}`,
    ),
    ...narrowed.map((query) => `/api/requests?${query}&model=openai/gpt-4o&${month}`),
    ...narrowed.map((query) => `/api/requests?${query}&after=${deep}`),
    ...[`team=${team}`, 'provider=openai', 'route=chat', 'route=chat&practice=false'].map(
      (query) => `/api/requests?${query}&${month}`,
    ),
    `/api/requests/${newest?.id ?? ''}`,
    '/api/overview/extent',
    ...['', quarter].map((span) => `/api/overview/timeline?${span}`),
    '/api/races',
    '/api/races/proposals',
    '/api/prices/overrides',
    '/api/invoices/months',
    '/api/charges',
    '/api/settings/file',
    '/api/prices?limit=200',
    '/api/prices/changes',
    '/api/prices/series',
    '/api/prices/proposals',
    '/api/prices/events',
    '/api/routes',
    '/api/models',
    '/api/keys?limit=200',
    `/api/keys/${busy}`,
    '/api/budgets',
    ...['all', 'app', 'model', 'provider', 'team'].map((by) => `/api/leagues/standings?by=${by}`),
    `/api/leagues/standings?by=model&${quarter}`,
    '/api/leagues/activity',
    `/api/leagues/activity?${quarter}`,
    '/api/leagues/activity?by=app&of=assistant',
    '/api/leagues/retention',
    `/api/leagues/retention?${quarter}&period_days=30`,
    '/api/leagues/channels',
    '/api/providers',
    '/api/providers/deepseek',
    ...[lastMonth, thisMonth].flatMap((each) => [`/api/invoices?month=${each}`, `/api/invoices?month=${each}&by=key`]),
    '/api/people',
    '/api/people/invitations',
    '/api/teams',
    '/api/organisations',
    '/api/audit',
    '/api/audit/verify',
    '/api/settings',
    '/api/settings/doctor',
  ]
}
