import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { answering, launch, runToEnd } from '../rig/processes.ts'
import type { Spelling } from '../rig/wire.ts'
import { installedAt, type Peer } from './peer.ts'

const FOLDER = installedAt('portkey')
const PROGRAM = installedAt('portkey', 'node_modules', '@portkey-ai', 'gateway', 'build', 'start-server.js')

/**
 * Its package leaves the version of its HTTP layer open, and streams fail under the newest ("immutable"). This is the one it
 * is built and patched for; the patch is not in the package, and changes only how an error while answering is caught.
 */
const PACKAGE = {
  private: true,
  dependencies: { '@portkey-ai/gateway': '1.15.2' },
  overrides: { '@hono/node-server': '1.13.5' },
}

/** The gateway of the same language; it keeps no books. */
export const portkey: Peer = {
  name: 'portkey',
  ours: false,
  missing: () => (existsSync(PROGRAM) ? null : 'npm run bench -- install brings it, from npm'),
  install: () => {
    mkdirSync(FOLDER, { recursive: true })
    writeFileSync(installedAt('portkey', 'package.json'), JSON.stringify(PACKAGE))
    runToEnd('npm', ['install', '--prefix', FOLDER, '--no-audit', '--no-fund'])
  },
  model: (caller, provider) =>
    (caller === provider && caller !== 'messages') || (caller === 'chat' && provider === 'messages') ? 'small' : null,
  start: async ({ providerPort, port, core }) => {
    const args = [PROGRAM, `--port=${port}`, '--headless']
    const child = launch({ core, command: process.execPath, args, environment: { NODE_ENV: 'production' } })
    await answering(`http://127.0.0.1:${port}/`, child)
    const headers = {
      authorization: 'Bearer any',
      'x-portkey-custom-host': `http://127.0.0.1:${providerPort}/v1`,
    }
    const headersFor = (provider: Spelling): Record<string, string> => ({
      'x-portkey-provider': provider === 'messages' ? 'anthropic' : 'openai',
    })
    return { child, port, callers: [headers], headersFor }
  },
}
