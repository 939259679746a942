import { call } from '@paddock/webkit/api/call.ts'
import type { Answer, Ask } from '@paddock/webkit/api/operation.ts'

/** What the browser does with passkeys. The server's options go in as they are, and what comes out goes back as it is. */

/** Whether this browser can: it needs a safe address, and the way to write what it makes as JSON (browsers since 2025). */
export function canUsePasskeys(): boolean {
  return typeof PublicKeyCredential === 'function' && 'parseCreationOptionsFromJSON' in PublicKeyCredential
}

/** Makes a passkey for who has signed in, and keeps it under a name. */
export async function makePasskey(name: string, password: string): Promise<Answer<'passkeys.register'>> {
  const options = await call('passkeys.startRegistration', { body: password === '' ? {} : { password } })
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(
    options as unknown as PublicKeyCredentialCreationOptionsJSON,
  )
  const credential = written(await navigator.credentials.create({ publicKey }))
  return call('passkeys.register', {
    body: { name, credential: credential as Ask<'passkeys.register'>['body']['credential'] },
  })
}

/** Lets one choose a passkey, and signs in by it. */
export async function signInByPasskey(): Promise<Answer<'passkeys.signIn'>> {
  const options = await call('passkeys.startSignIn', { body: {} })
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(
    options as unknown as PublicKeyCredentialRequestOptionsJSON,
  )
  const credential = written(await navigator.credentials.get({ publicKey }))
  return call('passkeys.signIn', {
    body: { credential: credential as Ask<'passkeys.signIn'>['body']['credential'] },
  })
}

function written(credential: Credential | null): unknown {
  if (!(credential instanceof PublicKeyCredential)) throw new DOMException('No passkey was chosen.', 'NotAllowedError')
  return credential.toJSON()
}

/** That one has closed the browser's dialog, or waited too long: nothing went wrong. */
export function isGivenUp(error: unknown): boolean {
  return error instanceof DOMException && (error.name === 'NotAllowedError' || error.name === 'AbortError')
}

/** That this device has a passkey for this place already. */
export function isThereAlready(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'InvalidStateError'
}
