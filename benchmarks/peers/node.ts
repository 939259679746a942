import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { firstLine, launch } from '../rig/processes.ts'
import { sameDialect, type Peer } from './peer.ts'

const PROGRAM = join(import.meta.dirname, 'node-proxy.mjs')
const BUILT = join(import.meta.dirname, '..', '..', 'server', 'dist', 'providers', 'http-call.js')

/** A plain proxy on Node's own HTTP server: no gateway on that server can be cheaper. */
export const node: Peer = proxy('node', () => [])

/** The same with two lines of each request on the disk, as Paddock promises: no gateway that promises it can be cheaper. */
export const nodeWithLog: Peer = proxy('node, log', (folder) => [join(folder, 'log')])

function proxy(name: string, more: (folder: string) => readonly string[]): Peer {
  return {
    name,
    ours: false,
    missing: () => (existsSync(BUILT) ? null : 'it is not built: npm run build'),
    model: sameDialect,
    start: async ({ providerPort, port, core, folder }) => {
      const child = launch({
        core,
        command: process.execPath,
        args: [PROGRAM, `${port}`, `${providerPort}`, ...more(folder)],
      })
      await firstLine(child)
      return { child, port, callers: [{}] }
    },
  }
}
