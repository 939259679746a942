import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import type { Spelling } from '../rig/wire.ts'

/** Where peers are brought to; git does not see it. */
const INSTALLED = join(import.meta.dirname, '.installed')

/** A gateway between the callers and the provider: ours, one of the peers', a plain proxy as the limit, or none. */
export type Peer = {
  readonly name: string
  /** True for what this project answers for: an error in it, or an entry too few, ends the measurement. */
  readonly ours: boolean
  /** Why it cannot be measured here and what to do about it; null where it can. */
  missing(): string | null
  /** Brings it here from a package registry; absent where none has it. Throws where that fails. */
  install?(): void
  /** The model to ask for, so that a caller of one dialect is answered by a provider of another; null where it cannot. */
  model(caller: Spelling, provider: Spelling): string | null
  start(place: Place): Promise<RunningPeer>
}

/** Where a peer finds the provider, and what it may use. */
export type Place = {
  readonly providerPort: number
  readonly port: number
  /** Its own; the same at every start. */
  readonly folder: string
  /** Null for all there are. */
  readonly core: number | null
}

export type RunningPeer = {
  /** Null for none. */
  readonly child: ChildProcess | null
  readonly port: number
  /** The headers of each caller; requests take them in turn. */
  readonly callers: readonly Readonly<Record<string, string>>[]
  /** What callers send besides to be answered by the provider of a dialect; absent where the model alone decides. */
  readonly headersFor?: (provider: Spelling) => Readonly<Record<string, string>>
  /** Entries in its books, once it has ended; absent where it keeps none. */
  readonly entries?: () => Promise<number>
}

export function installedAt(...path: string[]): string {
  return join(INSTALLED, ...path)
}

/** The model of a gateway that passes on what it gets: no dialect is answered by another. */
export function sameDialect(caller: Spelling, provider: Spelling): string | null {
  return caller === provider ? 'small' : null
}
