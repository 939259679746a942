import type { IncomingMessage } from 'node:http'
import type { Endpoint, Rule } from '@paddock/contract/control/endpoint'
import { PaddockError } from '../base/errors.ts'
import type { Actor } from './actor.ts'

/** The header that our own pages send with everything: a form or image of another site cannot. */
export const OWN_HEADER = 'x-paddock'

/** Whether who asks may do so at all; what it may be done to is for the handler to see. Throws role_missing or scope_missing. */
export function permit(rule: Rule, actor: Actor): void {
  if (rule.who === 'anyone') return
  if (rule.who === 'person') {
    if (actor.via === 'key') throw forPeople()
    return
  }
  if (!rule.who.includes(actor.role)) throw roleMissing(rule.who, actor)
  if (rule.of === 'installation' && !actor.installation) throw elsewhere()
  if (actor.teamId !== null && rule.readKey !== true) throw scopeMissing()
}

/**
 * Refuses what a page of another site could send in a visitor's name. A session counts only together with our own header;
 * without one (signing in), a foreign origin is refused where the browser tells it. Throws origin_refused.
 */
export function refuseForeignPages(
  { headers }: IncomingMessage,
  { endpoint, bySession }: { endpoint: Endpoint; bySession: boolean },
): void {
  if (endpoint.method === 'GET') return
  const { origin, host } = headers
  const site = headers['sec-fetch-site']
  const isForeign = origin !== undefined && hostOf(origin) !== host
  if (isForeign || (site !== undefined && site !== 'same-origin' && site !== 'none')) {
    throw new PaddockError('origin_refused', {
      message: 'This was sent by a page of another site, which may not do that.',
    })
  }
  if (bySession && headers[OWN_HEADER] === undefined) {
    throw new PaddockError('origin_refused', {
      message:
        'With a session, send the header "X-Paddock: 1" as well: pages of other sites cannot. Programs use a key.',
    })
  }
}

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null
}

function forPeople(): PaddockError {
  return new PaddockError('scope_missing', { message: 'This is for people who have signed in; a key cannot do it.' })
}

function roleMissing(roles: readonly string[], { role, via }: Actor): PaddockError {
  const who = via === 'key' ? `This key acts as ${role}` : `Your role is ${role}`
  return new PaddockError('role_missing', {
    message: `${who}; this is for ${roles.join(', ')}. An owner or admin can change roles.`,
  })
}

function elsewhere(): PaddockError {
  return new PaddockError('role_missing', {
    message: 'This is shared by all organisations, so it is for members of the first one, which runs this Paddock.',
  })
}

function scopeMissing(): PaddockError {
  return new PaddockError('scope_missing', {
    message: 'A key with the scope read sees the entries of its team; this needs admin.',
  })
}
