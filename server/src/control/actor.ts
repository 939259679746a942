import type { Role } from '@paddock/contract/control/endpoint'
import type { Caller } from '../callers/caller.ts'
import type { Person } from '../callers/person.ts'

/** Who asks the control plane, and in what role. */
export type Actor = PersonActor | KeyActor

type Place = {
  readonly role: Role
  readonly organisationId: string
  readonly organisationName: string
  /** True for members of the first organisation: what is set up for all is in their hands. */
  readonly installation: boolean
  /** Set where only what belongs to this team may be seen. */
  readonly teamId: string | null
}

export type PersonActor = Place & {
  readonly via: 'session'
  readonly person: Person
  readonly token: string
  /** When who it is was proved, and until when that counts: milliseconds since 1970. */
  readonly openedAt: number
  readonly expiresAt: number
}

type KeyActor = Place & { readonly via: 'key'; readonly key: Caller }

/** How the audit log names who did something. */
export function nameActor(actor: Actor): { kind: 'person' | 'key'; id: string; name: string } {
  return actor.via === 'session'
    ? { kind: 'person', id: actor.person.id, name: actor.person.email }
    : { kind: 'key', id: actor.key.keyId, name: actor.key.keyName }
}
