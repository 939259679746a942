import type {
  AuthenticationResponseJSON,
  AuthenticatorTransport,
  RegistrationResponseJSON,
} from '@simplewebauthn/server'
import type * as WebAuthn from '@simplewebauthn/server'
import type { Kysely, Selectable } from 'kysely'
import type { Clock } from '../base/clock.ts'
import { PaddockError } from '../base/errors.ts'
import { newId } from '../base/ids.ts'
import type { Store } from '../store/store.ts'
import type { Pending } from './pending.ts'
import { peopleWithOrganisations, personOf, type Person } from './person.ts'
import type { PeopleTables } from './people-tables.ts'
import { passkeySite, type Site } from './site.ts'

export type Passkey = {
  readonly id: string
  readonly name: string
  readonly host: string
  readonly backedUp: boolean
  readonly createdAt: number
  readonly usedAt: number | null
}

/**
 * Keys that people's devices keep and unlock (WebAuthn level 2). Each is bound to the host it was made for, is shown only after
 * its owner was recognised (a fingerprint, a PIN), and so stands for both factors. Only public keys are stored here.
 */
export type Passkeys = {
  list(person: Person): Promise<Passkey[]>
  /** What the browser makes one of: PublicKeyCredentialCreationOptionsJSON. Throws `passkey_host`. */
  startRegistration(person: Person, site: Site): Promise<WebAuthn.PublicKeyCredentialCreationOptionsJSON>
  /** Throws `passkey_refused`, and `already_there` for one that is kept. */
  register(person: Person, made: NewPasskey): Promise<Passkey>
  /** Null where this person has none of this id. */
  rename(person: Person, id: string, name: string): Promise<Passkey | null>
  remove(person: Person, id: string): Promise<Passkey | null>
  /** What the browser signs in by: it knows itself which passkeys it has. Throws `passkey_host`. */
  startSignIn(site: Site): Promise<WebAuthn.PublicKeyCredentialRequestOptionsJSON>
  /** Throws `passkey_refused`: the same for an unknown one, a wrong signature, and one whose owner's access has ended. */
  signIn(credential: AuthenticationResponseJSON, site: Site): Promise<Person>
}

export type NewPasskey = {
  readonly name: string
  readonly credential: RegistrationResponseJSON
  readonly site: Site
}

export type PasskeysParts = { readonly store: Store; readonly clock: Clock; readonly pending: Pending }

const CHALLENGE_MS_MAX = 5 * 60_000
const RELYING_PARTY = 'Paddock'

/** Loaded when the first passkey comes: a start need not wait for it. */
function webAuthn(): Promise<typeof WebAuthn> {
  return import('@simplewebauthn/server')
}

export function openPasskeys(parts: PasskeysParts): Passkeys {
  const { store, pending } = parts
  const tables = store.tables<PeopleTables>()
  return {
    list: async (person) => (await ofPerson(tables, person).orderBy('id').execute()).map(passkeyOf),
    startRegistration: async (person, site) => {
      const { name } = siteOf(site)
      const { generateRegistrationOptions } = await webAuthn()
      const known = await ofPerson(tables, person).where('host', '=', name).execute()
      return generateRegistrationOptions({
        rpName: RELYING_PARTY,
        rpID: name,
        userName: person.email,
        userDisplayName: person.name,
        userID: new Uint8Array(Buffer.from(person.id)),
        challenge: fromText(await pending.begin({ kind: 'passkey', msMax: CHALLENGE_MS_MAX, personId: person.id })),
        timeout: CHALLENGE_MS_MAX,
        excludeCredentials: known.map(({ credential, transports }) => ({
          id: credential,
          transports: transportsOf(transports),
        })),
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      })
    },
    register: (person, made) => register(parts, person, made),
    rename: async (person, id, name) => {
      const row = await tables
        .updateTable('passkeys')
        .set({ name })
        .where('person_id', '=', person.id)
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirst()
      return row ? passkeyOf(row) : null
    },
    remove: async (person, id) => {
      const row = await tables
        .deleteFrom('passkeys')
        .where('person_id', '=', person.id)
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirst()
      return row ? passkeyOf(row) : null
    },
    startSignIn: async (site) => {
      const { name } = siteOf(site)
      const { generateAuthenticationOptions } = await webAuthn()
      return generateAuthenticationOptions({
        rpID: name,
        challenge: fromText(await pending.begin({ kind: 'passkey_sign_in', msMax: CHALLENGE_MS_MAX })),
        timeout: CHALLENGE_MS_MAX,
        userVerification: 'required',
      })
    },
    signIn: (credential, site) => signIn(parts, credential, site),
  }
}

async function register(
  { store, clock, pending }: PasskeysParts,
  person: Person,
  { name, credential, site }: NewPasskey,
): Promise<Passkey> {
  const { name: host, origin } = siteOf(site)
  const { verifyRegistrationResponse } = await webAuthn()
  const { registrationInfo } = await refusing(() =>
    verifyRegistrationResponse({
      response: credential,
      expectedChallenge: async (challenge) => (await pending.finish('passkey', challenge))?.personId === person.id,
      expectedOrigin: origin,
      expectedRPID: host,
      requireUserVerification: true,
    }),
  )
  if (registrationInfo === undefined) throw refused()
  const { id, publicKey, counter, transports = [] } = registrationInfo.credential
  const row: Row = {
    id: newId(clock),
    person_id: person.id,
    name,
    host,
    credential: id,
    public_key: Buffer.from(publicKey),
    counter: BigInt(counter),
    transports: JSON.stringify(transports),
    backed_up: registrationInfo.credentialBackedUp ? 1n : 0n,
    created_at: BigInt(clock.now()),
    used_at: null,
  }
  const { numInsertedOrUpdatedRows } = await store
    .tables<PeopleTables>()
    .insertInto('passkeys')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  if (numInsertedOrUpdatedRows === 1n) return passkeyOf(row)
  throw new PaddockError('already_there', { message: 'This passkey is kept already. Make another one, or rename it.' })
}

async function signIn(
  { store, clock, pending }: PasskeysParts,
  credential: AuthenticationResponseJSON,
  site: Site,
): Promise<Person> {
  const { name: host, origin } = siteOf(site)
  const tables = store.tables<PeopleTables>()
  const row = await tables.selectFrom('passkeys').selectAll().where('credential', '=', credential.id).executeTakeFirst()
  if (row?.host !== host || !isHandleOf(credential.response.userHandle, row.person_id)) throw refused()
  const { verifyAuthenticationResponse } = await webAuthn()
  const { verified, authenticationInfo } = await refusing(() =>
    verifyAuthenticationResponse({
      response: credential,
      expectedChallenge: async (challenge) => (await pending.finish('passkey_sign_in', challenge)) !== null,
      expectedOrigin: origin,
      expectedRPID: host,
      requireUserVerification: true,
      credential: {
        id: row.credential,
        publicKey: new Uint8Array(row.public_key),
        counter: Number(row.counter),
      },
    }),
  )
  const person = await peopleWithOrganisations(tables).where('people.id', '=', row.person_id).executeTakeFirst()
  if (!verified || person?.disabled_at !== null) throw refused()
  const counter = BigInt(authenticationInfo.newCounter)
  const { numUpdatedRows } = await tables
    .updateTable('passkeys')
    .set({ counter, used_at: BigInt(clock.now()), backed_up: authenticationInfo.credentialBackedUp ? 1n : 0n })
    .where('id', '=', row.id)
    // A device that counts has counted on: of two answers with one count, the second comes from a copy of the key.
    .where('counter', counter === 0n ? '=' : '<', counter)
    .executeTakeFirst()
  if (numUpdatedRows === 0n) throw refused()
  return personOf(person)
}

type Row = Selectable<PeopleTables['passkeys']>

function ofPerson(tables: Kysely<PeopleTables>, { id }: Person) {
  return tables.selectFrom('passkeys').selectAll().where('person_id', '=', id)
}

/** The library takes a text for bytes of UTF-8; what it hands to the browser is the base64url text of these bytes. */
function fromText(token: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(token, 'base64url'))
}

function transportsOf(json: string): AuthenticatorTransport[] {
  return JSON.parse(json) as AuthenticatorTransport[]
}

/** Whom the device took it for when it was made: the id of the person. */
function isHandleOf(handle: string | null | undefined, personId: string): boolean {
  return typeof handle === 'string' && Buffer.from(handle, 'base64url').toString() === personId
}

/** What does not verify is thrown by the library as errors of many kinds; none of them is to tell a stranger more than no. */
async function refusing<Verified>(verify: () => Promise<Verified>): Promise<Verified> {
  try {
    return await verify()
  } catch (cause) {
    throw refused(cause)
  }
}

function siteOf(site: Site): { readonly name: string; readonly origin: string } {
  const found = passkeySite(site)
  if (found !== null) return found
  throw new PaddockError('passkey_host', {
    message:
      'Browsers keep passkeys for names over https and for localhost only. Open Paddock at such an address, such as http://localhost:4400.',
  })
}

function refused(cause?: unknown): PaddockError {
  return new PaddockError('passkey_refused', {
    message:
      'This passkey was not accepted: it is not known here, was removed, or its answer came too late or twice. Try again, or sign in by password.',
    cause,
  })
}

function passkeyOf(row: Row): Passkey {
  return {
    id: row.id,
    name: row.name,
    host: row.host,
    backedUp: row.backed_up === 1n,
    createdAt: Number(row.created_at),
    usedAt: row.used_at === null ? null : Number(row.used_at),
  }
}
