import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { firstLine, launch } from '../rig/processes.ts'
import { sameDialect, type Peer } from './peer.ts'

const PROGRAM = join(import.meta.dirname, 'node-proxy.mjs')
const BUILT = join(import.meta.dirname, '..', '..', 'server', 'dist', 'providers', 'http-call.js')

/** A plain proxy on Node's own HTTP server: no gateway on that server can be cheaper. */
export const node: Peer = {
  name: 'node',
  ours: false,
  missing: () => (existsSync(BUILT) ? null : 'it is not built: npm run build'),
  model: sameDialect,
  start: async ({ providerPort, port, core }) => {
    const child = launch({ core, command: process.execPath, args: [PROGRAM, `${port}`, `${providerPort}`] })
    await firstLine(child)
    return { child, port, callers: [{}] }
  },
}
