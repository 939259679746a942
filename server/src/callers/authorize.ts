import type { Clock } from '../base/clock.ts'
import { PaddockError } from '../base/errors.ts'
import type { Caller, Scope } from './caller.ts'
import { readCredential, type Carrier } from './credentials.ts'
import type { Believed, Directory } from './directory.ts'
import { parseKey } from './key.ts'

type Authority = { readonly directory: Directory; readonly clock: Clock }

/**
 * Who is calling, and may they do this at all. Shape and checksum are checked before the database is asked.
 * Throws one of the key_* codes, credential_conflict, or scope_missing.
 */
export function authorize(carrier: Carrier, needs: Scope, known: Authority): Caller | Promise<Caller> {
  const caller = identify(carrier, known)
  // Most keys were sent over the same connection before, and do not wait.
  return caller instanceof Promise
    ? caller.then((found) => checked(found, needs, known.clock))
    : checked(caller, needs, known.clock)
}

function checked(caller: Caller, needs: Scope, clock: Clock): Caller {
  checkAlive(caller, clock.now())
  if (!mayUse(caller, needs)) {
    throw new PaddockError('scope_missing', {
      message: `This key has the scopes ${caller.scopes.join(', ')}; this needs ${needs}. An operator can make a key with --scopes ${needs}.`,
    })
  }
  return caller
}

/** The key that came over a connection last. Clients keep connections and send the same on each, which is then not hashed again. */
const sentLast = new WeakMap<object, Believed & { readonly credential: string }>()

function identify(carrier: Carrier, { directory, clock }: Authority): Caller | Promise<Caller> {
  const { connection } = carrier
  const credential = readCredential(carrier)
  const last = connection && sentLast.get(connection)
  const isKnown = last?.credential === credential && last.until > clock.elapsed()
  return isKnown ? last.caller : lookUp(credential, directory, connection)
}

async function lookUp(credential: string, directory: Directory, connection?: object): Promise<Caller> {
  const believed = await directory.lookup(parseKey(credential))
  if (!believed) {
    throw new PaddockError('key_unknown', {
      message: 'This key is not known here. It may belong to another Paddock, or its data folder was replaced.',
    })
  }
  if (connection) sentLast.set(connection, { ...believed, credential })
  return believed.caller
}

function checkAlive(caller: Caller, now: number): void {
  if (caller.revokedAt !== null) {
    throw new PaddockError('key_revoked', {
      message: `This key was revoked on ${date(caller.revokedAt)}. Ask an operator for a new one.`,
    })
  }
  if (caller.expiresAt !== null && caller.expiresAt <= now) {
    throw new PaddockError('key_expired', {
      message: `This key expired on ${date(caller.expiresAt)}. Ask an operator for a new one.`,
    })
  }
}

/** An admin key may do everything of its organisation. */
export function mayUse(caller: Caller, scope: Scope): boolean {
  return caller.scopes.includes(scope) || caller.scopes.includes('admin')
}

/** Whether a key's list of models lets it call this one, by the name it was asked for or by its provider/model. */
export function mayCall(caller: Caller, ...names: readonly string[]): boolean {
  if (caller.models === null) return true
  return caller.models.some((allowed) =>
    names.some((name) => allowed === name || (allowed.endsWith('/*') && name.startsWith(allowed.slice(0, -1)))),
  )
}

/** Whose something is. */
export type Owner = { readonly keyId: string; readonly teamId: string; readonly organisationId: string }

/** A caller sees what its own key did; with the scope read what its team did, with admin what its organisation did. */
export function maySee(caller: Caller, owner: Owner): boolean {
  if (owner.keyId === caller.keyId) return true
  if (owner.organisationId !== caller.organisationId) return false
  return caller.scopes.includes('admin') || (mayUse(caller, 'read') && owner.teamId === caller.teamId)
}

function date(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 10)
}
