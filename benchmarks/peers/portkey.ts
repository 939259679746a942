import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { answering, launch } from '../rig/processes.ts'
import type { Peer } from './peer.ts'

const FOLDER = join(import.meta.dirname, '.installed', 'portkey')
const PROGRAM = join(FOLDER, 'node_modules', '@portkey-ai', 'gateway', 'build', 'start-server.js')

/** The gateway of the same language; it keeps no books. */
export const portkey: Peer = {
  name: 'portkey',
  install: 'npm install --prefix benchmarks/peers/.installed/portkey @portkey-ai/gateway@1.15.2',
  installed: () => existsSync(PROGRAM),
  speaks: ['chat'],
  start: async ({ providerPort, port, core }) => {
    const args = [PROGRAM, `--port=${port}`, '--headless']
    const child = launch({ core, command: process.execPath, args, environment: { NODE_ENV: 'production' } })
    await answering(`http://127.0.0.1:${port}/`, child)
    return {
      child,
      port,
      model: 'small',
      headers: {
        authorization: 'Bearer any',
        'x-portkey-provider': 'openai',
        'x-portkey-custom-host': `http://127.0.0.1:${providerPort}/v1`,
      },
    }
  },
}
