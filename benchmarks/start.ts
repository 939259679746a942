import { readFileSync } from 'node:fs'
import { openWorkspace } from '../tests/paddock.ts'

/** From the start of the process to the moment it listens, and the memory it then has. */

const ROUNDS = 7

await using workspace = openWorkspace()
const startMs: number[] = []
const idleMebibytes: number[] = []
for (let round = 0; round < ROUNDS; round += 1) {
  const begun = performance.now()
  const server = await workspace.serve()
  startMs.push(performance.now() - begun)
  const resident = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))
  idleMebibytes.push(Number(resident?.[1] ?? 0) / 1024)
  server.kill('SIGTERM')
  await server.exited
}
const median = (values: readonly number[]): number =>
  Math.round(values.toSorted((one, other) => one - other)[Math.floor(ROUNDS / 2)] ?? 0)
console.log(
  JSON.stringify({ 'milliseconds to listening': median(startMs), 'mebibytes when idle': median(idleMebibytes) }),
)
