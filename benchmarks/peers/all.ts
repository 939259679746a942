import { direct } from './direct.ts'
import { gomodel } from './gomodel.ts'
import { litellm } from './litellm.ts'
import { nginx } from './nginx.ts'
import { node } from './node.ts'
import { paddock } from './paddock.ts'
import type { Peer } from './peer.ts'
import { portkey } from './portkey.ts'

/** Who is measured, the limits first. */
export const PEERS: readonly Peer[] = [direct, nginx, node, paddock, gomodel, portkey, litellm]

/** Who should be and cannot: said in every result. */
export const ABSENT: Readonly<Record<string, string>> = {
  bifrost:
    'no package registry has its server: the npm package fetches a program from elsewhere, and the Go module is not served',
}

/**
 * Of these, whom PEERS asks for (names with ";" between; all if left out) and can be measured here, and why others cannot. Throws
 * where one of ours is not there.
 */
export function presentPeers(wanted: readonly Peer[]): { present: Peer[]; absent: Record<string, string> } {
  const only = process.env['PEERS']?.split(';')
  const present: Peer[] = []
  const absent: Record<string, string> = { ...ABSENT }
  for (const peer of wanted.filter(({ name }) => only === undefined || only.includes(name))) {
    const missing = peer.missing()
    if (missing === null) present.push(peer)
    else if (peer.ours) throw new Error(`${peer.name} cannot be measured: ${missing}`)
    else absent[peer.name] = missing
  }
  for (const [name, reason] of Object.entries(absent)) console.error(`${name} is left out: ${reason}`)
  return { present, absent }
}
