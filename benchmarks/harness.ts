import { loadavg } from 'node:os'
import { PEERS, presentPeers } from './peers/all.ts'
import type { Peer } from './peers/peer.ts'
import { median } from './rig/median.ts'
import { openRig, type Gateway, type Load, type Round } from './rig/rig.ts'
import type { Spelling } from './rig/wire.ts'

/**
 * The shape of the public comparison of gateways: six variants, twenty thousand requests each, ten at once, everything on
 * all cores of one machine, one gateway running at a time. Unlike there, books stay on where a gateway keeps some. One that
 * is too slow is asked for fewer, and its result says how many.
 */

const REQUESTS = Number(process.env['REQUESTS'] ?? 20_000)
const ROUNDS = Number(process.env['ROUNDS'] ?? 3)
const SECONDS_MAX = 20
const WARM_MAX = 1_000
const CONNECTIONS = 10

const DIALECTS: readonly Spelling[] = ['chat', 'responses', 'messages']
const VARIANTS = DIALECTS.flatMap((dialect) => [false, true].map((stream) => ({ dialect, stream })))

type Figures = Record<string, number>

const { present, absent } = presentPeers(PEERS)
await using rig = await openRig({ eventEveryMs: 0, apart: false })
const before = loadavg()[0] ?? 0
const failed: Record<string, string> = {}
const rounds = new Map<string, Map<string, Round[]>>()
for (let round = 0; round < ROUNDS; round += 1) {
  for (const peer of present) await runPeer(peer)
}
const peers = Object.fromEntries([...rounds].map(([name, variants]) => [name, medians(variants)]))
console.log(JSON.stringify({ rounds: ROUNDS, load: [before, loadavg()[0] ?? 0], peers, failed, absent }))

async function runPeer(peer: Peer): Promise<void> {
  const gateway = await rig.start(peer)
  for (const { dialect, stream } of VARIANTS) {
    const name = `${dialect}${stream ? ', streamed' : ''}`
    const load = loadOf(peer, dialect, stream)
    if (load === null) continue
    try {
      keep(peer.name, name, await runVariant(gateway, load))
    } catch (failure) {
      if (peer.ours) throw failure
      failed[`${peer.name}, ${name}`] = String(failure)
    }
  }
  await rig.finish(gateway)
}

/** Messages are answered by a provider of messages, else translated; a gateway that can do neither lacks the variant. */
function loadOf(peer: Peer, caller: Spelling, stream: boolean): Load | null {
  const provider = [caller, 'chat' as const].find((each) => peer.model(caller, each) !== null)
  return provider === undefined ? null : { caller, provider, stream, bytes: 900, connections: CONNECTIONS, rate: 0 }
}

async function runVariant(gateway: Gateway, load: Load): Promise<Round> {
  const first = await rig.load(gateway, load, 50)
  const requests = Math.min(REQUESTS, Math.ceil((first.requests / first.seconds) * SECONDS_MAX))
  await rig.load(gateway, load, Math.min(WARM_MAX, Math.ceil(requests / 10)))
  return rig.load(gateway, load, requests)
}

function keep(peer: string, variant: string, round: Round): void {
  const variants = rounds.get(peer) ?? new Map<string, Round[]>()
  rounds.set(peer, variants.set(variant, [...(variants.get(variant) ?? []), round]))
  console.error(`${peer}, ${variant}: ${Math.round(round.requests / round.seconds)} a second, p99 ${round.p99} µs`)
}

function medians(variants: ReadonlyMap<string, readonly Round[]>): Record<string, Figures> {
  const figures = (all: readonly Round[]): Figures => {
    const of = (read: (round: Round) => number): number => Math.round(median(all.map(read)))
    return {
      requests: of(({ requests }) => requests),
      perSecond: of(({ requests, seconds }) => requests / seconds),
      p50: of(({ p50 }) => p50),
      p99: of(({ p99 }) => p99),
      mebibytes: of(({ mebibytes }) => mebibytes),
    }
  }
  return Object.fromEntries([...variants].map(([variant, all]) => [variant, figures(all)]))
}
