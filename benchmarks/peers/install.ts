import { mkdirSync } from 'node:fs'
import { ABSENT, PEERS } from './all.ts'
import { installedAt } from './peer.ts'

/** `npm run bench -- install`: brings the peers that a package registry has, and says why others stay away. */
export function installPeers(): void {
  mkdirSync(installedAt(), { recursive: true })
  for (const peer of PEERS) {
    if (peer.missing() === null) {
      console.log(`${peer.name}: is here`)
      continue
    }
    try {
      peer.install?.()
    } catch (failure) {
      console.log(`${peer.name}: could not be installed. ${String(failure)}`)
    }
    console.log(`${peer.name}: ${peer.missing() ?? 'is here now'}`)
  }
  for (const [name, reason] of Object.entries(ABSENT)) console.log(`${name}: ${reason}`)
}
