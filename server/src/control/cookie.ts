import type { IncomingMessage } from 'node:http'

/** The cookie of a session: no script reads it, and no other site's form sends it along. */

export const SESSION_COOKIE = 'paddock_session'

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

type Cookie = { readonly token: string; readonly secondsLeft: number; readonly secure: boolean }

/** Behind a proxy that ends TLS, `secure` keeps it from ever being sent without. */
export function sessionCookie({ token, secondsLeft, secure }: Cookie): string {
  const parts = [
    `${SESSION_COOKIE}=${token}`,
    'Path=/',
    `Max-Age=${Math.max(0, Math.floor(secondsLeft))}`,
    'HttpOnly',
    'SameSite=Lax',
  ]
  return [...parts, ...(secure ? ['Secure'] : [])].join('; ')
}
