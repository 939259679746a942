import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'
import { clientOf, PASSWORD } from './client.ts'

/**
 * A device that keeps passkeys, in software: ES256 keys, answers as browsers write them (WebAuthn level 2, 6.1 and 6.5.4), and
 * an attestation of the kind "none". It can be told to lie.
 */

type Lies = {
  /** Where the page is that asks. */
  readonly origin?: string
  /** What it says of itself: bit 0 somebody was there, bit 2 it knows who. */
  readonly flags?: number
  readonly counter?: number
  readonly challenge?: string
  readonly userHandle?: string | null
  readonly host?: string
}

export type Authenticator = {
  /** Answers `navigator.credentials.create`. */
  create(options: CreationOptions, lies?: Lies): object
  /** Answers `navigator.credentials.get` with the passkey that was made first, or the one that is named. */
  get(options: RequestOptions, lies?: Lies & { readonly id?: string }): object & { readonly id: string }
  readonly ids: () => string[]
}

type CreationOptions = {
  readonly challenge: string
  readonly rp: { readonly id: string }
  readonly user: { readonly id: string }
}
type RequestOptions = { readonly challenge: string; readonly rpId: string }

type Kept = { readonly key: KeyObject; readonly userHandle: string; readonly host: string; counter: number }

/** Somebody was there and was recognised. */
const PRESENT_AND_KNOWN = 0b101
const HAS_CREDENTIAL = 0b100_0000

export function openAuthenticator(origin: string, counts = true): Authenticator {
  const keys = new Map<string, Kept>()
  return {
    ids: () => [...keys.keys()],
    create: ({ challenge, rp, user }, lies = {}) => {
      const id = randomBytes(16)
      const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      const kept: Kept = { key: privateKey, userHandle: user.id, host: rp.id, counter: 0 }
      keys.set(id.toString('base64url'), kept)
      const flags = (lies.flags ?? PRESENT_AND_KNOWN) | HAS_CREDENTIAL
      const head = dataOf({ host: lies.host ?? rp.id, flags, counter: lies.counter ?? kept.counter })
      const data = Buffer.concat([head, Buffer.alloc(16), Buffer.from([0, id.length]), id, coseKey(publicKey)])
      return credentialOf(id.toString('base64url'), {
        clientDataJSON: clientData('webauthn.create', { challenge, origin, ...lies }),
        attestationObject: attestation(data).toString('base64url'),
        transports: ['internal'],
      })
    },
    get: ({ challenge, rpId }, lies = {}) => {
      const [first = ''] = keys.keys()
      const id = lies.id ?? first
      const kept = keys.get(id)
      if (!kept) throw new Error('this device has no such passkey')
      if (counts) kept.counter += 1
      const flags = lies.flags ?? PRESENT_AND_KNOWN
      const data = dataOf({ host: lies.host ?? rpId, flags, counter: lies.counter ?? kept.counter })
      const clientDataJSON = clientData('webauthn.get', { challenge, origin, ...lies })
      const digest = createHash('sha256').update(Buffer.from(clientDataJSON, 'base64url')).digest()
      return credentialOf(id, {
        clientDataJSON,
        authenticatorData: data.toString('base64url'),
        signature: sign('sha256', Buffer.concat([data, digest]), kept.key).toString('base64url'),
        userHandle: lies.userHandle === undefined ? kept.userHandle : lies.userHandle,
      })
    },
  }
}

function credentialOf<Response>(id: string, response: Response) {
  return { id, rawId: id, type: 'public-key', clientExtensionResults: {}, response }
}

function clientData(type: string, said: { challenge: string; origin: string }): string {
  const { challenge, origin } = said
  return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false })).toString('base64url')
}

function dataOf({ host, flags, counter }: { host: string; flags: number; counter: number }): Buffer {
  const count = Buffer.alloc(4)
  count.writeUInt32BE(counter)
  return Buffer.concat([createHash('sha256').update(host).digest(), Buffer.from([flags]), count])
}

/** CBOR of { 1: 2 (EC2), 3: -7 (ES256), -1: 1 (P-256), -2: x, -3: y }. */
function coseKey(key: KeyObject): Buffer {
  const { x = '', y = '' } = key.export({ format: 'jwk' })
  const coordinate = (text: string): Buffer => Buffer.concat([Buffer.from([0x58, 32]), Buffer.from(text, 'base64url')])
  const head = Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21])
  return Buffer.concat([head, coordinate(x), Buffer.from([0x22]), coordinate(y)])
}

/** CBOR of { fmt: "none", attStmt: {}, authData: … }. */
function attestation(data: Buffer): Buffer {
  const word = (text: string): Buffer => Buffer.concat([Buffer.from([0x60 + text.length]), Buffer.from(text)])
  const length = Buffer.from([0x59, data.length >> 8, data.length & 0xff])
  return Buffer.concat([
    Buffer.from([0xa3]),
    word('fmt'),
    word('none'),
    word('attStmt'),
    Buffer.from([0xa0]),
    word('authData'),
    length,
    data,
  ])
}

/** The id of a new passkey of who has signed in. Browsers know the server as localhost, which the socket is bound to. */
export async function makePasskey(url: string, as: { readonly session: string }): Promise<string> {
  const origin = url.replace('127.0.0.1', 'localhost')
  const client = clientOf(origin)
  const options = await client('POST /api/session/passkeys/registration', { as, body: { password: PASSWORD } })
  const credential = openAuthenticator(origin).create(options.body)
  return (await client('POST /api/session/passkeys', { as, body: { name: 'laptop', credential } })).body.id
}
