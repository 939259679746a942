import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { tempFolder } from '../tests/stand-ins/temp-folder.ts'
import { nginx } from './peers/nginx.ts'
import { paddock } from './peers/paddock.ts'
import { portkey } from './peers/portkey.ts'
import type { Peer, RunningPeer } from './peers/peer.ts'
import { buildNative, type Native } from './rig/native.ts'
import {
  end,
  firstLine,
  freePort,
  launch,
  MEASURED_CORE,
  OTHER_CORE,
  processorSeconds,
  residentMebibytes,
} from './rig/processes.ts'
import { requestBytes, writeAnswers, type Spelling } from './rig/wire.ts'

/**
 * What a request through Paddock costs beside a plain proxy and beside the peers, books and all switched on. Every gateway
 * has one core; the provider and the callers, written in C, have the other. Rounds are taken turn about, so that a machine
 * that slows down slows all alike: compare the ratios of one run, never figures of two.
 */

const PEERS: readonly Peer[] = [nginx, paddock, portkey]
const ROUNDS = Number(process.env['ROUNDS'] ?? 5)
const EVENT_EVERY_MS = 20
const SECONDS_A_ROUND = 1.5

type Scenario = {
  readonly name: string
  readonly spelling: Spelling
  /** Of the provider, where it is another one than the caller's. */
  readonly answeredBy?: 'messages' | 'chat'
  readonly bytes: number
  readonly stream: boolean
  readonly connections: number
  /** Requests a second; 0 is as many as can be. */
  readonly rate: number
}

const whole = { stream: false, connections: 32, rate: 0, spelling: 'chat' } as const
const streams = { stream: true, bytes: 900, rate: 0, spelling: 'chat' } as const
const SCENARIOS: readonly Scenario[] = [
  { ...whole, name: 'chat 1 kB', bytes: 900 },
  { ...whole, name: 'chat 50 kB', bytes: 50_000 },
  { ...whole, name: 'chat 400 a second', bytes: 900, rate: 400 },
  { ...whole, name: 'responses 1 kB', bytes: 900, spelling: 'responses' },
  { ...whole, name: 'messages 1 kB', bytes: 900, spelling: 'messages' },
  { ...whole, name: 'messages over chat 1 kB', bytes: 900, spelling: 'messages', answeredBy: 'chat' },
  { ...whole, name: 'chat over messages 1 kB', bytes: 900, answeredBy: 'messages' },
  { ...streams, name: '50 streams', connections: 50 },
  { ...streams, name: '250 streams', connections: 250 },
  { ...streams, name: '1000 streams', connections: 1_000 },
]

/** What one round of load tells, as native/load.c prints it. Times are microseconds. */
type Load = {
  readonly seconds: number
  readonly requests: number
  readonly failed: number
  readonly p50: number
  readonly p99: number
  readonly firstByteP50: number
  readonly events: number
  readonly lateP50: number
  readonly lateP99: number
}

type Round = Load & { readonly processorMicroseconds: number }

const wanted = process.env['SCENARIOS']?.split(',')
using temp = tempFolder()
const native = buildNative(temp.path)
const provider = launch({
  core: OTHER_CORE,
  command: native.provider,
  args: ['0', String(EVENT_EVERY_MS), ...writeAnswers(temp.path)],
})
const providerPort = Number(await firstLine(provider))
const running = new Map<Peer, RunningPeer>()
const figures: Record<string, number> = {}
for (const peer of PEERS) {
  if (peer.installed()) running.set(peer, await start(peer))
  else console.error(`${peer.name} is not here and is left out. It comes with: ${peer.install}`)
}
for (const [peer, { child }] of running)
  figures[`${peer.name}: mebibytes idle`] = Math.round(residentMebibytes(child.pid ?? 0))

let sentToPaddock = 0
for (const scenario of SCENARIOS) if (wanted === undefined || wanted.includes(scenario.name)) measure(scenario)
for (const [peer, { child }] of running)
  figures[`${peer.name}: mebibytes after`] = Math.round(residentMebibytes(child.pid ?? 0))
for (const { child } of running.values()) await end(child)
const entries = (await running.get(paddock)?.entries?.()) ?? 0
figures['paddock: entries for each answered request'] = entries / sentToPaddock
await end(provider)
console.log(JSON.stringify(figures))

async function start(peer: Peer): Promise<RunningPeer> {
  const folder = join(temp.path, peer.name)
  mkdirSync(folder)
  return await peer.start({ providerPort, port: await freePort(), folder, core: MEASURED_CORE })
}

/** One scenario, round by round over every gateway that can do it, and its lines of the table. */
function measure(scenario: Scenario): void {
  console.error(`\n${scenario.name}`)
  const able = [...running].filter(([peer]) => canDo(peer, scenario)).map(([peer, gateway]) => ({ peer, gateway }))
  const runs = able.flatMap((each) => {
    const requests = calibrate(scenario, each)
    return requests === null ? [] : [{ ...each, requests, rounds: [] as Round[] }]
  })
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const run of runs) run.rounds.push(runRound(scenario, run))
  }
  for (const { peer, rounds } of runs) report(scenario, peer, rounds)
}

function canDo(peer: Peer, { spelling, answeredBy }: Scenario): boolean {
  return peer.speaks.includes(spelling) && (answeredBy === undefined || (peer !== nginx && peer !== portkey))
}

/** How many requests fill a round, after so many that the gateway is warm; null for a peer that fails them. */
function calibrate(scenario: Scenario, { peer, gateway }: Omit<Run, 'requests'>): number | null {
  const warming = scenario.stream ? 50 : 4_000
  try {
    const { requests, seconds } = runRound({ ...scenario, rate: 0 }, { peer, gateway, requests: warming })
    if (scenario.stream) return scenario.connections
    return Math.round((scenario.rate === 0 ? requests / seconds : scenario.rate) * SECONDS_A_ROUND)
  } catch (failure) {
    if (peer === paddock) throw failure
    console.error(`  ${peer.name.padEnd(10)}${String(failure)}`)
    return null
  }
}

type Run = { readonly peer: Peer; readonly gateway: RunningPeer; readonly requests: number }

function runRound(scenario: Scenario, { peer, gateway, requests }: Run): Round {
  const { child, port, headers } = gateway
  const file = join(temp.path, 'request.http')
  const model = modelFor(peer, gateway, scenario)
  writeFileSync(file, requestBytes({ ...scenario, model, headers }))
  const before = processorSeconds(child.pid ?? 0)
  const load = runLoad(native, { port, scenario, requests, file })
  if (load.failed > 0)
    throw new Error(`${peer.name} failed ${load.failed} of ${load.requests} requests of ${scenario.name}`)
  if (peer === paddock) sentToPaddock += load.requests
  const units = scenario.stream ? load.events : load.requests
  return { ...load, processorMicroseconds: ((processorSeconds(child.pid ?? 0) - before) * 1e6) / units }
}

function modelFor(peer: Peer, { model }: RunningPeer, { spelling, answeredBy }: Scenario): string {
  if (peer !== paddock) return model
  const speaks = answeredBy ?? spelling
  return speaks === 'chat' ? model : `${speaks}/small`
}

type Asking = {
  readonly port: number
  readonly scenario: Scenario
  readonly requests: number
  readonly file: string
}

function runLoad({ load }: Native, { port, scenario, requests, file }: Asking): Load {
  const numbers = [port, scenario.connections, requests, scenario.rate].map(String)
  const { stdout, stderr, status } = spawnSync('taskset', ['-c', String(OTHER_CORE), load, ...numbers, file])
  if (status !== 0) throw new Error(`the load could not be made: ${stderr.toString()}`)
  return JSON.parse(stdout.toString()) as Load
}

function report(scenario: Scenario, peer: Peer, rounds: readonly Round[]): void {
  const of = (read: (round: Round) => number): number => median(rounds.map(read))
  const perSecond = of(({ requests, seconds }) => requests / seconds)
  const cost = of(({ processorMicroseconds }) => processorMicroseconds)
  const unit = scenario.stream ? 'event' : 'request'
  const told = [
    `${Math.round(perSecond)} requests/s`.padStart(18),
    `${cost.toFixed(1)} µs/${unit}`.padStart(18),
    `p50 ${of(({ p50 }) => p50)} p99 ${of(({ p99 }) => p99)} µs`.padStart(28),
    scenario.stream ? `late p99 ${of(({ lateP99 }) => lateP99)} µs` : '',
  ]
  console.error(`  ${peer.name.padEnd(10)}${told.join('')}`)
  const name = `${scenario.name}: ${peer.name}`
  figures[`${name}, processor µs a ${unit}`] = Number(cost.toFixed(1))
  if (!scenario.stream && scenario.rate === 0) figures[`${name}, requests a second`] = Math.round(perSecond)
  if (scenario.stream) figures[`${name}, late p99 µs`] = of(({ lateP99 }) => lateP99)
  else figures[`${name}, p99 µs`] = of(({ p99 }) => p99)
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}
