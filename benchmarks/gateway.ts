import { loadavg } from 'node:os'
import { PEERS, presentPeers } from './peers/all.ts'
import { crowded, paddock } from './peers/paddock.ts'
import { nginx } from './peers/nginx.ts'
import { node, nodeWithLog } from './peers/node.ts'
import type { Peer } from './peers/peer.ts'
import type { Scenario as Measured } from './report/gateway-figures.ts'
import { canPin } from './rig/processes.ts'
import { median } from './rig/median.ts'
import { calibrate, openRig, type Gateway, type Load, type Rig, type Round } from './rig/rig.ts'

/**
 * What a request through Paddock costs beside a plain proxy and beside the peers, books and all switched on. Every gateway
 * has one core; the provider and the callers, written in C, have the other. Rounds are taken turn about, so that a machine
 * that slows down slows all alike: compare the ratios of one run, never figures of two. The run fails where Paddock fails a
 * request, or has not exactly one entry for each that it answered.
 */

const ROUNDS = Number(process.env['ROUNDS'] ?? 5)
const SECONDS_A_ROUND = 1.5
const EVENT_EVERY_MS = 20

type Scenario = Load & { readonly name: string; readonly peers?: readonly Peer[] }

const chat = { caller: 'chat', provider: 'chat', bytes: 900, stream: false, connections: 32, rate: 0 } as const
const withLog = PEERS.toSpliced(PEERS.indexOf(node) + 1, 0, nodeWithLog)
const SCENARIOS: readonly Scenario[] = [
  { ...chat, name: 'chat 1 kB', peers: withLog },
  { ...chat, name: 'chat 50 kB', bytes: 50_000, peers: withLog },
  { ...chat, name: 'chat 400 a second', rate: 400, peers: withLog },
  { ...chat, name: 'responses 1 kB', caller: 'responses', provider: 'responses' },
  { ...chat, name: 'messages 1 kB', caller: 'messages', provider: 'messages' },
  { ...chat, name: 'messages over chat 1 kB', caller: 'messages' },
  { ...chat, name: 'chat over messages 1 kB', provider: 'messages' },
  { ...chat, name: '10,000 keys, 1,000 budgets', peers: [nginx, node, paddock, crowded] },
  { ...chat, name: '50 streams', stream: true, connections: 50 },
  { ...chat, name: '250 streams', stream: true, connections: 250 },
  { ...chat, name: '1000 streams', stream: true, connections: 1_000 },
  { ...chat, name: '50 streams, messages over chat', stream: true, connections: 50, caller: 'messages' },
]

type Figures = Record<string, number>

const wanted = process.env['SCENARIOS']?.split(';')
const scenarios = SCENARIOS.filter(({ name }) => wanted === undefined || wanted.includes(name))
const { present, absent } = presentPeers([...new Set(scenarios.flatMap((scenario) => scenario.peers ?? PEERS))])

await using rig = await openRig({ eventEveryMs: EVENT_EVERY_MS, apart: true })
const gateways: Gateway[] = []
for (const peer of present) gateways.push(await rig.start(peer))

const measured: Record<string, Measured> = {}
for (const scenario of scenarios) measured[scenario.name] = await measure(rig, scenario)
const entries: Figures = {}
for (const gateway of gateways) {
  const share = await rig.finish(gateway)
  if (share !== null) entries[gateway.peer.name] = share
}
console.log(
  JSON.stringify({ rounds: ROUNDS, pinned: canPin, scenarios: measured, 'entries for each answer': entries, absent }),
)

/** One scenario, round by round over every gateway that can do it, and its lines of the table. */
async function measure(open: Rig, scenario: Scenario): Promise<Measured> {
  console.error(`\n${scenario.name}`)
  const load = [loadavg()[0] ?? 0]
  const failed: Record<string, string> = {}
  const runs: { gateway: Gateway; requests: number; rounds: Round[] }[] = []
  const trying = async (gateway: Gateway, work: () => Promise<unknown>): Promise<void> => {
    if (failed[gateway.peer.name] !== undefined) return
    try {
      await work()
    } catch (failure) {
      if (gateway.peer.ours) throw failure
      const reason = failure instanceof Error ? failure.message : String(failure)
      failed[gateway.peer.name] = reason
      console.error(`  ${gateway.peer.name.padEnd(18)}${reason}`)
    }
  }

  for (const gateway of gateways) {
    if (!canDo(gateway.peer, scenario)) continue
    await trying(gateway, async () => {
      const requests = await calibrate(open, { gateway, load: scenario, seconds: SECONDS_A_ROUND })
      runs.push({ gateway, requests, rounds: [] })
    })
  }
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { gateway, requests, rounds } of runs)
      await trying(gateway, async () => rounds.push(await open.load(gateway, scenario, requests)))
  }
  const able = runs.filter(({ gateway }) => failed[gateway.peer.name] === undefined)
  const results = Object.fromEntries(able.map(({ gateway, rounds }) => [gateway.peer.name, medians(scenario, rounds)]))
  for (const [name, figures] of Object.entries(results)) print(name, figures)
  load.push(loadavg()[0] ?? 0)
  return { stream: scenario.stream, load, peers: results, failed }
}

function canDo(peer: Peer, scenario: Scenario): boolean {
  return (scenario.peers ?? PEERS).includes(peer) && peer.model(scenario.caller, scenario.provider) !== null
}

/** Microseconds, of the processor by the request or by the event of a stream; `spread` is how far rounds lie apart in it. */
function medians({ stream }: Scenario, rounds: readonly Round[]): Figures {
  const of = (read: (round: Round) => number): number => Number(median(rounds.map(read)).toPrecision(4))
  const cost = (round: Round): number => (round.processorSeconds * 1e6) / (stream ? round.events : round.requests)
  const costs = rounds.map(cost)
  return {
    perSecond: of(({ requests, seconds }) => requests / seconds),
    processor: of(cost),
    spread: Number(((Math.max(...costs) - Math.min(...costs)) / median(costs)).toFixed(2)),
    p50: of(({ p50 }) => p50),
    p99: of(({ p99 }) => p99),
    mebibytes: of(({ mebibytes }) => mebibytes),
    ...(stream
      ? {
          firstByteP50: of(({ firstByteP50 }) => firstByteP50),
          lateP50: of(({ lateP50 }) => lateP50),
          lateP99: of(({ lateP99 }) => lateP99),
          bytesAStream: of(({ bytes, requests }) => bytes / requests),
        }
      : {}),
  }
}

function print(name: string, figures: Figures): void {
  const told = Object.entries(figures).map(([figure, value]) => `${figure} ${value}`)
  console.error(`  ${name.padEnd(18)}${told.join('  ')}`)
}
