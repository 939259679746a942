import type { IncomingMessage } from 'node:http'

/** Our cookies: no script reads them, and no other site's form sends them along. */

/** Who has signed in. */
export const SESSION_COOKIE = 'paddock_session'
/** Who has left to sign in elsewhere, so that what comes back was begun by the same browser. */
export const BEGUN_COOKIE = 'paddock_sign_in'

/** Null where the cookie is not there, or there twice with different values. */
export function readCookie({ headers }: IncomingMessage, name: string): string | null {
  const values = new Set<string>()
  for (const pair of (headers.cookie ?? '').split(';')) {
    const at = pair.indexOf('=')
    if (at > 0 && pair.slice(0, at).trim() === name) values.add(pair.slice(at + 1).trim())
  }
  const [value] = values
  return values.size === 1 && value !== undefined && value !== '' ? value : null
}

type Cookie = {
  readonly name: string
  readonly token: string
  readonly secondsLeft: number
  readonly secure: boolean
}

/** Behind a proxy that ends TLS, `secure` keeps it from ever being sent without. */
export function writeCookie({ name, token, secondsLeft, secure }: Cookie): string {
  const parts = [
    `${name}=${token}`,
    'Path=/',
    `Max-Age=${Math.max(0, Math.floor(secondsLeft))}`,
    'HttpOnly',
    'SameSite=Lax',
  ]
  return [...parts, ...(secure ? ['Secure'] : [])].join('; ')
}
