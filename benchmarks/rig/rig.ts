import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { tempFolder } from '../../tests/stand-ins/temp-folder.ts'
import type { Peer, RunningPeer } from '../peers/peer.ts'
import { buildNative } from './native.ts'
import {
  end,
  endAll,
  firstLine,
  freePort,
  launch,
  MEASURED_CORE,
  OTHER_CORE,
  output,
  processorSeconds,
  residentMebibytes,
} from './processes.ts'
import { requestBytes, writeAnswers, type Spelling } from './wire.ts'

/** A provider, gateways in front of it, and callers: what every measurement of gateways is made with. */

/** One kind of load. */
export type Load = {
  readonly caller: Spelling
  readonly provider: Spelling
  readonly bytes: number
  readonly stream: boolean
  readonly connections: number
  /** Requests a second; 0 is as many as can be. */
  readonly rate: number
}

/** What one round of load tells, as native/load.c prints it. Times are microseconds. */
type Told = {
  readonly seconds: number
  readonly requests: number
  readonly failed: number
  readonly p50: number
  readonly p99: number
  readonly firstByteP50: number
  readonly events: number
  readonly lateP50: number
  readonly lateP99: number
  readonly bytes: number
}

/** With what the gateway used of the processor for it, and the most it had in memory. */
export type Round = Told & { readonly processorSeconds: number; readonly mebibytes: number }

export type Gateway = RunningPeer & { readonly peer: Peer }

export type Rig = AsyncDisposable & {
  start(peer: Peer): Promise<Gateway>
  /** Throws where the gateway fails a request. */
  load(gateway: Gateway, load: Load, requests: number): Promise<Round>
  /**
   * Ends a gateway; returns its entries for each request it answered since its first start, null where it keeps no books.
   * Throws unless ours has exactly one for each.
   */
  finish(gateway: Gateway): Promise<number | null>
}

export type RigOptions = {
  /** Between the events of a stream; 0 sends all at once. */
  readonly eventEveryMs: number
  /** Whether gateways have one core, and the provider and the callers another. */
  readonly apart: boolean
}

const SAMPLE_MS = 200
/** Enough for a compiler that works while the program runs; a gateway that is too slow for it gets less. */
const WARM_REQUESTS = 10_000
const WARM_SECONDS_MAX = 10
/** The same for streams, a thousand at once: of a hundred events each. */
const WARM_STREAMS = 2_000
const WARM_STREAMS_AT_ONCE = 1_000
/** A hundred events, one every 20 ms. */
const STREAM_SECONDS = 2
/** The kernel counts processor time in hundredths of a second: fewer streams would be a few of them. */
const STREAMS_MIN = 200
const TIMES_TOO_SLOW_MAX = 6

export async function openRig({ eventEveryMs, apart }: RigOptions): Promise<Rig> {
  const temp = tempFolder()
  const { provider: program, load: loader } = buildNative(temp.path)
  const answers = writeAnswers(temp.path)
  const [core, other] = apart ? [MEASURED_CORE, OTHER_CORE] : [null, null]
  const provider = launch({ core: other, command: program, args: ['0', String(eventEveryMs), ...answers] })
  const providerPort = Number(await firstLine(provider))
  /** By all starts of a peer: its books stay where they are. */
  const answered = new Map<Peer, number>()

  const close = async (): Promise<void> => {
    await endAll()
    temp[Symbol.dispose]()
  }
  // Whoever stops a measurement leaves nothing running behind.
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void close().then(() => process.exit(1)))

  return {
    start: async (peer) => {
      const folder = join(temp.path, peer.name.replaceAll(/\W+/g, '-'))
      mkdirSync(folder, { recursive: true })
      const started = await peer.start({ providerPort, port: await freePort(), folder, core })
      return { ...started, peer }
    },
    load: async (gateway, load, requests) => {
      const file = join(temp.path, 'requests.http')
      const model = gateway.peer.model(load.caller, load.provider) ?? ''
      const more = gateway.headersFor?.(load.provider)
      const sent = gateway.callers.map((headers) =>
        requestBytes({ ...load, spelling: load.caller, model, headers: { ...headers, ...more } }),
      )
      writeFileSync(file, sent.join(''))
      const pid = gateway.child?.pid ?? provider.pid ?? 0
      const before = processorSeconds(pid)
      let mebibytes = 0
      const watch = setInterval(() => (mebibytes = Math.max(mebibytes, residentMebibytes(pid))), SAMPLE_MS)
      const args = [gateway.port, load.connections, requests, load.rate, file].map(String)
      const told = JSON.parse(await output({ core: other, command: loader, args })) as Told
      clearInterval(watch)
      answered.set(gateway.peer, (answered.get(gateway.peer) ?? 0) + told.requests - told.failed)
      if (told.failed > 0) throw new Error(`${gateway.peer.name} failed ${told.failed} of ${told.requests} requests`)
      mebibytes = Math.max(mebibytes, residentMebibytes(pid))
      return { ...told, processorSeconds: processorSeconds(pid) - before, mebibytes }
    },
    finish: async (gateway) => {
      if (gateway.child) await end(gateway.child)
      const entries = await gateway.entries?.()
      if (entries === undefined) return null
      const count = answered.get(gateway.peer) ?? 0
      if (gateway.peer.ours && entries !== count)
        throw new Error(`${gateway.peer.name} answered ${count} requests and has ${entries} entries`)
      return entries / count
    },
    [Symbol.asyncDispose]: close,
  }
}

/**
 * How many requests fill so many seconds, after the gateway has become warm. A first few tell how fast it is, so that a slow
 * one is not asked for more than it can do.
 */
export async function calibrate(
  rig: Rig,
  { gateway, load, seconds }: { readonly gateway: Gateway; readonly load: Load; readonly seconds: number },
): Promise<number> {
  const unbounded = { ...load, rate: 0 }
  const first = await rig.load(gateway, unbounded, load.stream ? Math.min(50, load.connections) : 100)
  if (load.stream) {
    refuseTooSlow(load, first)
    await warmStreams(rig, { gateway, load }, first)
    return Math.max(load.connections, STREAMS_MIN)
  }
  const possible = Math.ceil((first.requests / first.seconds) * WARM_SECONDS_MAX)
  const warm = await rig.load(gateway, unbounded, Math.min(possible, WARM_REQUESTS))
  return Math.ceil((load.rate === 0 ? warm.requests / warm.seconds : load.rate) * seconds)
}

/** By gateway: the streams it is warm for. */
const warmFor = new WeakMap<Gateway, Set<string>>()

async function warmStreams(
  rig: Rig,
  { gateway, load }: { readonly gateway: Gateway; readonly load: Load },
  { requests, processorSeconds }: Round,
): Promise<void> {
  const known = warmFor.get(gateway) ?? new Set()
  warmFor.set(gateway, known)
  const pair = `${load.caller} over ${load.provider}`
  if (known.has(pair)) return
  known.add(pair)
  const possible = Math.ceil((requests / processorSeconds) * WARM_SECONDS_MAX)
  await rig.load(gateway, { ...load, connections: WARM_STREAMS_AT_ONCE }, Math.min(possible, WARM_STREAMS))
}

/** A gateway that would take many times the two seconds of a stream has shown what it can do. */
function refuseTooSlow({ connections }: Load, { events, requests, processorSeconds }: Round): void {
  const possible = events / processorSeconds
  const needed = (connections * events) / requests / STREAM_SECONDS
  if (needed > possible * TIMES_TOO_SLOW_MAX)
    throw new Error(`${Math.round(needed)} events a second are due, and it manages about ${Math.round(possible)}`)
}
