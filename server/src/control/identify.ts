import type { IncomingMessage } from 'node:http'
import { PaddockError } from '../base/errors.ts'
import { authorize } from '../callers/authorize.ts'
import type { Directory } from '../callers/directory.ts'
import type { People } from '../callers/people.ts'
import type { Sessions } from '../callers/sessions.ts'
import type { Clock } from '../base/clock.ts'
import type { Actor } from './actor.ts'
import { readCookie, SESSION_COOKIE } from './cookie.ts'

export type Identities = {
  readonly clock: Clock
  readonly directory: Directory
  readonly people: People
  readonly sessions: Sessions
}

const CREDENTIAL_HEADERS = ['authorization', 'x-api-key', 'x-goog-api-key', 'api-key']

/**
 * Who sent a request: by a key in a header or a session in a cookie, never the other way round. Throws one of the key_*
 * codes, scope_missing, session_missing, session_ended, or credential_conflict for both at once.
 */
export async function identify(identities: Identities, request: IncomingMessage): Promise<Actor> {
  const token = readCookie(request, SESSION_COOKIE)
  const hasKey = CREDENTIAL_HEADERS.some((name) => request.headers[name] !== undefined)
  if (token !== null && hasKey) {
    throw new PaddockError('credential_conflict', {
      message: 'The request carries a session and a key. Send one of them.',
    })
  }
  if (hasKey) return byKey(identities, request)
  if (token !== null) return bySession(identities, token)
  throw new PaddockError('session_missing', {
    message:
      'Sign in (POST /api/session), or send "Authorization: Bearer <key>" with a key of the scope admin or read.',
  })
}

async function bySession({ sessions, people }: Identities, token: string): Promise<Actor> {
  const session = await sessions.find(token)
  if (!session) throw new PaddockError('session_ended', { message: 'This session has ended. Sign in again.' })
  const { person, openedAt, expiresAt } = session
  return {
    via: 'session',
    person,
    token,
    openedAt,
    expiresAt,
    role: person.role,
    organisationId: person.organisationId,
    organisationName: person.organisationName,
    installation: await isHome(people, person.organisationId),
    teamId: null,
  }
}

async function byKey(identities: Identities, { rawHeaders, url = '/' }: IncomingMessage): Promise<Actor> {
  const key = await authorize({ rawHeaders, url }, 'read', identities)
  const isAdmin = key.scopes.includes('admin')
  return {
    via: 'key',
    key,
    role: isAdmin ? 'admin' : 'viewer',
    organisationId: key.organisationId,
    organisationName: key.organisationName,
    installation: await isHome(identities.people, key.organisationId),
    teamId: isAdmin ? null : key.teamId,
  }
}

async function isHome(people: People, organisationId: string): Promise<boolean> {
  return (await people.home())?.id === organisationId
}
