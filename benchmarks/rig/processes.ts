import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'

/** Processes of a measurement: kept to one core each side where the machine has two, and asked what they cost. */

/** What is measured runs on the first core; the provider and the callers on the second. */
export const MEASURED_CORE = 0
export const OTHER_CORE = 1

const TICKS_A_SECOND = Number(spawnSync('getconf', ['CLK_TCK']).stdout.toString()) || 100
/** Whether processes can be kept to a core; without, ratios are noisier. */
export const canPin = spawnSync('taskset', ['-c', String(OTHER_CORE), 'true']).status === 0

export type Launch = {
  /** Null for all there are. */
  readonly core: number | null
  readonly command: string
  readonly args: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly folder?: string
}

/** Those that may still run. */
const launched = new Set<ChildProcess>()

export function launch({ core, command, args, environment = {}, folder }: Launch): ChildProcess {
  const [program, all] =
    canPin && core !== null ? ['taskset', ['-c', String(core), command, ...args]] : [command, [...args]]
  const child = spawn(program, all, {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(folder === undefined ? {} : { cwd: folder }),
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...environment },
  })
  launched.add(child)
  child.once('exit', () => launched.delete(child))
  return child
}

/** The first line a process prints; rejects with its complaint where it ends before. */
export async function firstLine(child: ChildProcess): Promise<string> {
  let complaint = ''
  child.stderr?.on('data', (part: Buffer) => (complaint += part.toString()))
  if (!child.stdout) throw new Error('the output of the process is not read')
  const lines = createInterface({ input: child.stdout })
  const [line] = (await Promise.race([
    once(lines, 'line'),
    once(child, 'exit').then(() => Promise.reject(new Error(`it ended at once: ${complaint.slice(-2_000)}`))),
  ])) as [string]
  return line
}

/** Runs a command to its end, its words shown as they come. Throws where it fails. */
export function runToEnd(command: string, args: readonly string[]): void {
  const { status } = spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] })
  if (status !== 0) throw new Error(`${command} ${args[0] ?? ''} ended with ${status ?? 'a signal'}`)
}

/** What a process prints until it ends. Rejects with its complaint where it fails. */
export async function output(what: Launch): Promise<string> {
  const child = launch(what)
  let [out, complaint] = ['', '']
  child.stdout?.on('data', (part: Buffer) => (out += part.toString()))
  child.stderr?.on('data', (part: Buffer) => (complaint += part.toString()))
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new Error(`${what.command} ended with ${code ?? 'a signal'}: ${complaint}`)
  return out
}

export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  const hard = setTimeout(() => child.kill('SIGKILL'), 10_000)
  await exited
  clearTimeout(hard)
}

/** Ends whatever of this measurement is still running. */
export async function endAll(): Promise<void> {
  await Promise.all([...launched].map(end))
}

/** Processor seconds that a process and its children have used, user and system. */
export function processorSeconds(pid: number): number {
  return tree(pid).reduce((sum, each) => {
    const stat = readFileSync(`/proc/${each}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return sum + (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND
  }, 0)
}

/** Mebibytes that a process and its children keep in memory. */
export function residentMebibytes(pid: number): number {
  return tree(pid).reduce((sum, each) => {
    const [, kibibytes = '0'] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${each}/status`, 'utf8')) ?? []
    return sum + Number(kibibytes) / 1024
  }, 0)
}

function tree(pid: number): number[] {
  if (!existsSync(`/proc/${pid}/task`)) return []
  const threads = readdirSync(`/proc/${pid}/task`)
  const children = threads.flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  )
  return [pid, ...children.flatMap(tree)]
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/**
 * Waits until something answers on a port, whatever it says. Rejects after the given time, or when the process ends. What
 * the process writes is thrown away: a pipe that nobody reads would stop it.
 */
export async function answering(url: string, child: ChildProcess, withinMs = 180_000): Promise<void> {
  child.stdout?.resume()
  child.stderr?.resume()
  const limit = performance.now() + withinMs
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the process ended with ${child.exitCode}`)
    const answer = await fetch(url).catch(() => null)
    if (answer) return
    if (performance.now() > limit) throw new Error(`nothing answers at ${url}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
