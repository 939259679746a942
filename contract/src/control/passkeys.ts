import { z } from 'zod'
import { done, endpoint, instant, listOf, name } from './endpoint.ts'
import { who } from './session.ts'

/**
 * Signing in without a password: keys that a device keeps and unlocks by a fingerprint, a face or a PIN (WebAuthn). The
 * options go to the browser as they are, and what it makes of them comes back as it is.
 */

/** Binary values are base64url texts, as `PublicKeyCredential.toJSON()` writes them. */
const base64url = z
  .string()
  .max(64 * 1024)
  .regex(/^[\w-]*$/)
const bytes = base64url.min(1)

/** What the browser calls `PublicKeyCredentialCreationOptionsJSON` and `PublicKeyCredentialRequestOptionsJSON`. */
const options = z.looseObject({ challenge: bytes })

const credentialOf = <Response extends z.ZodType>(response: Response) =>
  z.object({
    id: bytes,
    rawId: bytes,
    type: z.literal('public-key'),
    authenticatorAttachment: z.string().max(40).nullish(),
    clientExtensionResults: z.record(z.string(), z.unknown()).default({}),
    response,
  })

const made = credentialOf(
  z.object({
    clientDataJSON: bytes,
    attestationObject: bytes,
    transports: z.array(z.string().max(20)).max(10).optional(),
  }),
)

const shown = credentialOf(
  z.object({ clientDataJSON: bytes, authenticatorData: bytes, signature: bytes, userHandle: base64url.nullish() }),
)

export const passkey = z.object({
  id: z.string(),
  name: z.string(),
  /** The address it works at: passkeys belong to a name, as cookies do. */
  host: z.string(),
  /** True where its maker keeps copies of it, so that a lost device is not a lost key. */
  backed_up: z.boolean(),
  created_at: instant,
  used_at: instant.nullable(),
})

const person = { who: 'person' } as const
const anyone = { who: 'anyone' } as const

export const passkeysApi = {
  list: endpoint({
    method: 'GET',
    path: '/api/session/passkeys',
    summary: 'The passkeys of who has signed in',
    rule: person,
    answer: listOf(passkey),
  }),
  startRegistration: endpoint({
    method: 'POST',
    path: '/api/session/passkeys/registration',
    summary: 'What the browser needs to make a passkey; good once, for five minutes',
    rule: person,
    /** Who has no password must have signed in within the last quarter of an hour. */
    body: z.strictObject({ password: z.string().min(1).max(256).optional() }),
    answer: options,
    status: 201,
  }),
  register: endpoint({
    method: 'POST',
    path: '/api/session/passkeys',
    summary: 'Keep the passkey that the browser has made',
    rule: person,
    body: z.strictObject({ name, credential: made }),
    answer: passkey,
    status: 201,
  }),
  rename: endpoint({
    method: 'PATCH',
    path: '/api/session/passkeys/{id}',
    summary: 'Call a passkey something else',
    rule: person,
    body: z.strictObject({ name }),
    answer: passkey,
  }),
  remove: endpoint({
    method: 'DELETE',
    path: '/api/session/passkeys/{id}',
    summary: 'A passkey signs in no more',
    rule: person,
    answer: done,
  }),
  startSignIn: endpoint({
    method: 'POST',
    path: '/api/session/passkey/options',
    looks: true,
    summary: 'What the browser needs to sign in by a passkey; good once, for five minutes',
    rule: anyone,
    body: z.strictObject({}),
    answer: options,
  }),
  signIn: endpoint({
    method: 'POST',
    path: '/api/session/passkey',
    summary: 'Sign in by a passkey. It counts as both factors',
    rule: anyone,
    body: z.strictObject({ credential: shown }),
    answer: who,
    status: 201,
  }),
}
