import type { ChildProcess } from 'node:child_process'
import type { Spelling } from '../rig/wire.ts'

/** A gateway between the callers and the provider: ours, one of the peers', or a plain proxy as the limit. */
export type Peer = {
  readonly name: string
  /** How it is brought onto this machine, where it is not yet there. */
  readonly install: string
  installed(): boolean
  /** Which dialects its callers may speak, given a provider that speaks chat, or the same dialect. */
  readonly speaks: readonly Spelling[]
  start(place: Place): Promise<RunningPeer>
}

/** Where a peer finds the provider, and what it may use. */
export type Place = {
  readonly providerPort: number
  readonly port: number
  readonly folder: string
  readonly core: number
}

export type RunningPeer = {
  readonly child: ChildProcess
  readonly port: number
  /** What a request needs to be answered. */
  readonly model: string
  readonly headers: Readonly<Record<string, string>>
  /** Entries in its books, once it has ended; absent where it keeps none. */
  readonly entries?: () => Promise<number>
}
