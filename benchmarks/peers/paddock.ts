import { spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { firstLine, launch } from '../rig/processes.ts'
import type { Peer } from './peer.ts'

const PROGRAM = join(import.meta.dirname, '..', '..', 'server', 'bin', 'paddock.js')
const BUILT = join(import.meta.dirname, '..', '..', 'server', 'dist', 'main.js')

/** Us, with everything on: keys, limits, routing, metering, exact prices and the journal on disk. */
export const paddock: Peer = {
  name: 'paddock',
  install: 'npm run build',
  installed: () => existsSync(BUILT),
  speaks: ['chat', 'responses', 'messages'],
  start: async ({ providerPort, port, folder, core }) => {
    const file = join(folder, 'paddock.yaml')
    writeFileSync(file, configuration(providerPort))
    const environment = { PADDOCK_DATA: join(folder, 'data'), PADDOCK_LOG_LEVEL: 'warn' }
    const args = [PROGRAM, 'serve', '--port', String(port), '--config', file, '--json']
    const child = launch({ core, command: process.execPath, args, environment })
    const started = JSON.parse(await firstLine(child)) as { firstKeys: { key: string } }
    return {
      child,
      port,
      model: 'same/small',
      headers: { authorization: `Bearer ${started.firstKeys.key}` },
      entries: async () => await Promise.resolve(countEntries(environment)),
    }
  },
}

/** One provider a dialect, so that a request can be passed on as it is, and the one of chat for what is translated. */
function configuration(providerPort: number): string {
  const url = `http://127.0.0.1:${providerPort}/v1`
  const price = 'currency: CNY, per: 1000000, input: "1", output: "2", valid_from: 2024-01-01'
  return [
    'providers:',
    `  same: { base_url: "${url}", api_key: any, models: [small], currency: CNY }`,
    `  responses: { dialect: openai-responses, base_url: "${url}", api_key: any, models: [small], currency: CNY }`,
    `  messages: { dialect: anthropic-messages, base_url: "${url}", api_key: any, models: [small], currency: CNY }`,
    'prices:',
    ...['same', 'responses', 'messages'].map((provider) => `  - { model: ${provider}/small, ${price} }`),
  ].join('\n')
}

function countEntries(environment: Record<string, string>): number {
  const { stdout } = spawnSync(process.execPath, [PROGRAM, 'books', 'verify', '--json'], {
    env: { ...environment, PATH: process.env['PATH'] ?? '' },
  })
  return (JSON.parse(stdout.toString()) as { entries: number }).entries
}
