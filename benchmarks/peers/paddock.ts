import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '../../server/src/base/clock.ts'
import { openDirectory } from '../../server/src/callers/directory.ts'
import { readPepper } from '../../server/src/store/data-folder.ts'
import { openStore } from '../../server/src/store/store.ts'
import { firstLine, launch } from '../rig/processes.ts'
import type { Peer, Place, RunningPeer } from './peer.ts'

const PROGRAM = join(import.meta.dirname, '..', '..', 'server', 'bin', 'paddock.js')
const BUILT = join(import.meta.dirname, '..', '..', 'server', 'dist', 'main.js')
const KEYS = 10_000
const BUDGETS = 1_000

const common = {
  ours: true,
  missing: () => (existsSync(BUILT) ? null : 'it is not built: npm run build'),
}

/** Us, with everything on: keys, limits, routing, metering, exact prices and the journal on disk. */
export const paddock: Peer = {
  ...common,
  name: 'paddock',
  model: (_caller, provider) => `${provider}/small`,
  start: (place) => serve(place, null),
}

/** Us with ten thousand callers, each with its own key, and a thousand of them under a budget of their own. */
export const crowded: Peer = {
  ...common,
  name: 'paddock, crowded',
  model: (_caller, provider) => `${provider}/small`,
  start: async (place) => serve(place, await makeKeys(place)),
}

async function serve(place: Place, keys: readonly string[] | null): Promise<RunningPeer> {
  const { port, folder, core } = place
  const args = [PROGRAM, 'serve', '--port', String(port), '--config', configure(place, keys ? BUDGETS : 0), '--json']
  const child = launch({ core, command: process.execPath, args, environment: environmentOf(folder) })
  const { firstKeys } = JSON.parse(await firstLine(child)) as { firstKeys: { key: string } | null }
  child.stdout?.resume()
  return {
    child,
    port,
    callers: (keys ?? [keptKey(folder, firstKeys)]).map((key) => ({ authorization: `Bearer ${key}` })),
    entries: async () => await Promise.resolve(countEntries(folder)),
  }
}

/** The key a server makes at its first start is shown once, so it is kept for the starts after. */
function keptKey(folder: string, made: { key: string } | null): string {
  const file = join(folder, 'key')
  if (made) writeFileSync(file, made.key)
  return readFileSync(file, 'utf8')
}

function environmentOf(folder: string): Record<string, string> {
  return { PADDOCK_DATA: join(folder, 'data'), PADDOCK_LOG_LEVEL: 'warn', PATH: process.env['PATH'] ?? '' }
}

/** One provider for each dialect, so that a request can be passed on as it is, or asked of another. */
function configure({ folder, providerPort }: Place, budgets: number): string {
  const dialects = { chat: 'openai-chat', responses: 'openai-responses', messages: 'anthropic-messages' }
  const url = `http://127.0.0.1:${providerPort}/v1`
  const price = 'currency: CNY, per: 1000000, input: "1", output: "2", valid_from: 2024-01-01'
  const lines = [
    'providers:',
    ...Object.entries(dialects).map(
      ([name, dialect]) =>
        `  ${name}: { dialect: ${dialect}, base_url: "${url}", api_key: any, models: [small], currency: CNY }`,
    ),
    'prices:',
    ...Object.keys(dialects).map((name) => `  - { model: ${name}/small, ${price} }`),
    ...(budgets > 0 ? ['budgets:'] : []),
    ...Array.from(
      { length: budgets },
      (_, index) => `  - { scope: key, name: key-${index * (KEYS / BUDGETS)}, amount: 1000000 CNY, window: month }`,
    ),
  ]
  const file = join(folder, 'paddock.yaml')
  writeFileSync(file, lines.join('\n'))
  return file
}

async function makeKeys({ folder }: Place): Promise<string[]> {
  const data = join(folder, 'data')
  run(folder, ['keys', 'create', '--name', 'first'])
  const store = openStore(join(data, 'paddock.db'))
  const directory = openDirectory({ store, clock: systemClock, pepper: readPepper(data) })
  const keys: string[] = []
  for (let index = 0; index < KEYS; index += 1) {
    const unbounded = { models: null, expiresAt: null }
    const { key } = await directory.createKey({ name: `key-${index}`, scopes: ['call'], ...unbounded })
    keys.push(key)
  }
  await store.close()
  return keys
}

/** Adds everything up again on the way. */
function countEntries(folder: string): number {
  return (JSON.parse(run(folder, ['books', 'verify', '--json'])) as { entries: number }).entries
}

function run(folder: string, args: readonly string[]): string {
  const { stdout, stderr, status } = spawnSync(process.execPath, [PROGRAM, ...args], { env: environmentOf(folder) })
  if (status !== 0) throw new Error(`paddock ${args.join(' ')}: ${stderr.toString()}`)
  return stdout.toString()
}
