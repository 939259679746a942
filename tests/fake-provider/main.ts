import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { Script } from './script.ts'
import { startFakeProvider } from './start.ts'

/** Runs the fake provider as a process of its own; its first line of output says where it listens. */
const { values } = parseArgs({
  options: { port: { type: 'string', default: '0' }, bill: { type: 'string' }, scripts: { type: 'string' } },
})

const provider = await startFakeProvider({
  port: Number(values.port),
  ...(values.bill === undefined ? {} : { billFile: values.bill }),
  ...(values.scripts === undefined
    ? {}
    : { scripts: JSON.parse(readFileSync(values.scripts, 'utf8')) as Record<string, Partial<Script>> }),
})
process.stdout.write(`${JSON.stringify({ port: provider.port, url: provider.url })}\n`)
process.once('SIGTERM', () => void provider.close())
