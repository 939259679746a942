import { direct } from './direct.ts'
import { gomodel } from './gomodel.ts'
import { litellm } from './litellm.ts'
import { nginx } from './nginx.ts'
import { paddock } from './paddock.ts'
import type { Peer } from './peer.ts'
import { portkey } from './portkey.ts'

/** Who is measured, the limits first. */
export const PEERS: readonly Peer[] = [direct, nginx, paddock, gomodel, portkey, litellm]

/** Who should be and cannot: said in every result. */
export const ABSENT: Readonly<Record<string, string>> = {
  bifrost:
    'no package registry has its server: the npm package fetches a program from elsewhere, and the Go module is not served',
}
