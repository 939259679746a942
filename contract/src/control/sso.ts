import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { who } from './session.ts'

/**
 * Signing in by the company's own provider of identities (OpenID Connect, authorization code with PKCE). `start` says where
 * to send the browser; the provider sends it back to the page /console/sso, which hands what stands behind its "?" to `signIn`.
 */

const anyone = { who: 'anyone' } as const

export const ssoApi = {
  start: endpoint({
    method: 'POST',
    path: '/api/session/sso/start',
    looks: true,
    summary: 'Where to send the browser. A cookie remembers for ten minutes that it was this one',
    rule: anyone,
    body: z.strictObject({}),
    answer: z.object({ url: z.string() }),
  }),
  signIn: endpoint({
    method: 'POST',
    path: '/api/session/sso',
    summary: 'Sign in with what the provider of identities sent the browser back with; good once',
    rule: anyone,
    /** What stands behind "?" in the address, as it is: "code=…&state=…". */
    body: z.strictObject({ answer: z.string().min(1).max(8_192) }),
    answer: who,
    status: 201,
  }),
}
