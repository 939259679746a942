import type { AnswerInput, BodyOf, Endpoint, ParamsOf, QueryOf, Rule } from '@paddock/contract/control/endpoint'
import type { API } from '@paddock/contract/control/api'
import { excerpt, PaddockError } from '../base/errors.ts'
import type { Person } from '../callers/person.ts'
import type { Site } from '../callers/site.ts'
import type { Actor, PersonActor } from './actor.ts'

type ActorFor<Of extends Rule> = Of extends { who: 'anyone' }
  ? null
  : Of extends { who: 'person' }
    ? PersonActor
    : Actor

/** A request to the control plane, checked: who asks may do so, and query and body have their shapes. */
export type Asked<Of extends Endpoint> = {
  readonly actor: ActorFor<Of['rule']>
  readonly params: ParamsOf<Of>
  readonly query: QueryOf<Of>
  readonly body: BodyOf<Of>
  readonly requestId: string
  /** Where it came from, for limits: the address of the connection. */
  readonly from: string
  /** What the audit log is to say of it, beside who and when. */
  readonly note: (note: Note) => void
  /** Gives the browser a session, or takes it away. */
  readonly setSession: (session: { token: string; expiresAt: number } | null) => void
  /** The address at which the browser is. */
  readonly site: Site
  /** What this browser was given when it left to sign in elsewhere; null where it was not. */
  readonly begun: string | null
  readonly setBegun: (begun: { token: string; expiresAt: number } | null) => void
}

export type Note = {
  readonly target?: string
  readonly before?: unknown
  readonly after?: unknown
  /** Who it was, where that is known only now. */
  readonly person?: Pick<Person, 'id' | 'email' | 'organisationId'>
  /** Who it claimed to be. */
  readonly claimed?: string
}

type Handler<Of extends Endpoint> = Of extends { stream: true }
  ? (asked: Asked<Of>, stream: Stream<AnswerInput<Of>>) => void
  : (asked: Asked<Of>) => Promise<AnswerInput<Of>>

/** Events go out until `onEnd` is told that nobody listens any more. */
export type Stream<Event> = { send(event: Event): void; end(): void; onEnd(act: () => void): void }

/** One handler for each endpoint of a subject: with one too few, or one that answers another shape, nothing compiles. */
export type Handlers<Subject> = {
  readonly [Verb in keyof Subject]: Subject[Verb] extends Endpoint ? Handler<Subject[Verb]> : never
}

export type ApiHandlers = { readonly [Subject in keyof typeof API]: Handlers<(typeof API)[Subject]> }

/** The same whether there is nothing of this id or it belongs to others. */
export function notFound(what: string, id: string): PaddockError {
  return new PaddockError('not_found', { message: `There is no ${what} with the id "${excerpt(id)}" here.` })
}
