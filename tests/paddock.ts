import { spawn, type ChildProcess } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { EntryRecord } from '@paddock/contract/entry'
import { tempFolder } from './stand-ins/temp-folder.ts'

/** Runs the built program as a user does: a process of its own, a folder of its own, and nothing but its public interface. */

const PROGRAM = join(import.meta.dirname, '..', 'server', 'bin', 'paddock.js')

/** What the program finds in its environment: nothing of the machine's but the path. */
const ENVIRONMENT = { PATH: process.env['PATH'] ?? '', PADDOCK_LOG_LEVEL: 'warn' }

export type Started = {
  url: string
  firstKeys: { admin: string; key: string } | null
  setupLink: string | null
  warnings: string[]
  example: { model: string; prompt: string }
}

/** What a request is made of besides its body: by default it asks for a chat completion with the first key. */
export type Asking = {
  readonly path?: string
  readonly key?: string
  readonly headers?: Readonly<Record<string, string>>
}

export type RunningPaddock = {
  readonly url: string
  readonly pid: number
  readonly started: Started
  /** Sends text and bytes as they are, and anything else as JSON. */
  readonly post: (body: string | Uint8Array | object, asking?: Asking) => Promise<Response>
  /** What it has written to standard error so far. */
  log(): string
  kill(signal: NodeJS.Signals): void
  /** Resolves with the exit code (or the signal's name) once the process is gone. */
  readonly exited: Promise<number | string>
}

export type Workspace = {
  readonly folder: string
  readonly data: string
  /** Starts a server on a free port and resolves when it listens; rejects with its complaint if it exits. */
  serve(more?: { environment?: Record<string, string>; args?: readonly string[] }): Promise<RunningPaddock>
  /** Runs a command to its end. */
  run(
    args: readonly string[],
    environment?: Record<string, string>,
  ): Promise<{ code: number; out: string; err: string }>
  /** A key that may call everything. */
  makeKey(...args: string[]): Promise<{ id: string; key: string }>
  entries(...args: string[]): Promise<EntryRecord[]>
  [Symbol.asyncDispose](): Promise<void>
}

/** A folder with a configuration, gone at the end of the test together with every process started from it. */
export function openWorkspace(yaml = ''): Workspace {
  const temp = tempFolder()
  const folder = temp.path
  const data = join(folder, 'data')
  writeFileSync(join(folder, 'paddock.yaml'), yaml)
  const children = new Set<ChildProcess>()

  const start = (args: readonly string[], environment: Record<string, string> = {}): ChildProcess => {
    const child = spawn(process.execPath, [PROGRAM, ...args], {
      cwd: folder,
      env: { ...ENVIRONMENT, PADDOCK_DATA: data, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    children.add(child)
    child.once('exit', () => children.delete(child))
    return child
  }

  const run: Workspace['run'] = async (args, environment) => {
    const child = start(args, environment)
    const [out, err] = [collect(child.stdout), collect(child.stderr)]
    const code = await exitOf(child)
    return { code: typeof code === 'number' ? code : 128, out: out(), err: err() }
  }

  const runJson = async <Result>(args: readonly string[]): Promise<Result[]> => {
    const { code, out, err } = await run([...args, '--json'])
    if (code !== 0) throw new Error(`paddock ${args.join(' ')} exited with ${code}: ${err}`)
    return out
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Result)
  }

  return {
    folder,
    data,
    run,
    serve: async ({ environment, args = [] } = {}) => {
      const child = start(['serve', '--port', '0', '--json', ...args], environment)
      return await listening(child)
    },
    makeKey: async (...args) => {
      const [made] = await runJson<{ id: string; key: string }>(['keys', 'create', '--name', 'test', ...args])
      if (!made) throw new Error('no key was made')
      return made
    },
    entries: (...args) => runJson<EntryRecord>(['books', 'entries', ...args]),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(
        [...children].map((child) => {
          child.kill('SIGKILL')
          return exitOf(child)
        }),
      )
      temp[Symbol.dispose]()
    },
  }
}

async function listening(child: ChildProcess): Promise<RunningPaddock> {
  const err = collect(child.stderr)
  const exited = exitOf(child)
  const first = await Promise.race([firstLine(child), exited])
  if (typeof first !== 'object') throw new Error(`the server exited with ${first}: ${err()}`)
  const started = JSON.parse(first.line) as Started
  return {
    url: started.url,
    pid: child.pid ?? 0,
    started,
    post: (body, { path = '/v1/chat/completions', key = started.firstKeys?.key ?? '', headers = {} } = {}) =>
      fetch(started.url + path, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
      }),
    log: err,
    exited,
    kill: (signal) => {
      child.kill(signal)
    },
  }
}

function firstLine(child: ChildProcess): Promise<{ line: string }> {
  const { stdout } = child
  if (!stdout) throw new Error('the output of a server is read')
  return new Promise((resolve) => {
    createInterface({ input: stdout }).once('line', (line) => {
      resolve({ line })
    })
  })
}

function exitOf(child: ChildProcess): Promise<number | string> {
  if (child.exitCode !== null) return Promise.resolve(child.exitCode)
  if (child.signalCode !== null) return Promise.resolve(child.signalCode)
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      resolve(code ?? signal ?? 'unknown')
    })
  })
}

function collect(stream: NodeJS.ReadableStream | null): () => string {
  const parts: string[] = []
  stream?.on('data', (part: Buffer) => {
    parts.push(part.toString())
  })
  return () => parts.join('')
}
