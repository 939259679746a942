import { z } from 'zod'
import { ROLES } from './control/endpoint.ts'
import { text } from './routes.ts'

/** How people sign in beside passwords and passkeys: what stands under `sign_in` in paddock.yaml. */

/** Without TLS only on the same machine: whoever stands between could be anybody. */
const issuer = z
  .url({ protocol: /^https?$/, error: 'write a whole URL, such as https://login.example.com' })
  .regex(
    /^(https:\/\/|http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:|\/|$))/,
    'it must be https; http is for tests on the same machine',
  )

const domain = z
  .string()
  .toLowerCase()
  .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, 'write what stands behind the @, such as example.com')

const newRoles = ROLES.filter((role) => role !== 'owner')

/** A provider of identities that speaks OpenID Connect. */
const oidcSetting = z
  .strictObject({
    issuer,
    client_id: text,
    /** Left out for a client that has none: then PKCE alone protects the code. */
    client_secret: text.optional(),
    /** On the button of the page for signing in. */
    name: text.optional(),
    /** Only addresses of these sign in by it. Left out: all that it says are verified. */
    domains: z.array(domain).min(1).optional(),
    /** Who is not a member yet becomes one. Left out: only members and who is invited come in. */
    new_people: z.strictObject({ role: z.enum(newRoles), organisation: text.optional() }).optional(),
  })
  .refine(({ new_people, domains }) => new_people === undefined || domains !== undefined, {
    path: ['domains'],
    error: 'say of which domains new people may be: without it, anybody whom the issuer knows would become a member',
  })

export const signInSetting = z.strictObject({ oidc: oidcSetting.optional() })

export type OidcSetting = z.infer<typeof oidcSetting>
