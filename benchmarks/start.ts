import { loadavg } from 'node:os'
import { PEERS, presentPeers } from './peers/all.ts'
import { direct } from './peers/direct.ts'
import type { Peer } from './peers/peer.ts'
import { residentMebibytes } from './rig/processes.ts'
import { median } from './rig/median.ts'
import { openRig, type Gateway, type Load, type Rig } from './rig/rig.ts'

/**
 * From the start of a process to its first answer, in a folder it has been started in before; the memory it has then, under
 * full load, and for each stream that is open. A peer that takes long is started less often.
 */

const ROUNDS = 5
const LONG_MS = 5_000
const STREAMS = 1_000
const REQUESTS_MAX = 20_000
const SECONDS_OF_LOAD = 5
const chat: Load = { caller: 'chat', provider: 'chat', bytes: 900, stream: false, connections: 32, rate: 0 }

await using rig = await openRig({ eventEveryMs: 20, apart: true })
const load = [loadavg()[0] ?? 0]
const peers: Record<string, Record<string, number>> = {}
const { present, absent } = presentPeers(PEERS.filter((each) => each !== direct))
for (const peer of present) {
  peers[peer.name] = await measure(rig, peer)
  console.error(`${peer.name.padEnd(10)} ${JSON.stringify(peers[peer.name])}`)
}
load.push(loadavg()[0] ?? 0)
console.log(JSON.stringify({ load, peers, absent }))

async function measure(open: Rig, peer: Peer): Promise<Record<string, number>> {
  const startMs: number[] = []
  for (let round = 0; round <= ROUNDS; round += 1) {
    const begun = performance.now()
    const gateway = await open.start(peer)
    await open.load(gateway, chat, 1)
    // The first start makes the folder and warms the disk.
    if (round > 0) startMs.push(performance.now() - begun)
    if (round === ROUNDS || (startMs[0] ?? 0) > LONG_MS) {
      return { startMs: Math.round(median(startMs)), ...(await measureMemory(open, gateway)) }
    }
    await open.finish(gateway)
  }
  throw new Error('there is no round')
}

async function measureMemory(open: Rig, gateway: Gateway): Promise<Record<string, number>> {
  const idle = residentMebibytes(gateway.child?.pid ?? 0)
  const first = await open.load(gateway, chat, 100)
  const requests = Math.min(REQUESTS_MAX, Math.ceil((first.requests / first.seconds) * SECONDS_OF_LOAD))
  const loaded = await open.load(gateway, chat, requests)
  const before = residentMebibytes(gateway.child?.pid ?? 0)
  const streams = await open.load(gateway, { ...chat, stream: true, connections: STREAMS }, STREAMS)
  await open.finish(gateway)
  return {
    idleMebibytes: Math.round(idle),
    loadedMebibytes: Math.round(loaded.mebibytes),
    streamsMebibytes: Math.round(streams.mebibytes),
    kibibytesAStream: Math.max(0, Math.round(((streams.mebibytes - before) * 1024) / STREAMS)),
  }
}
