import { z } from 'zod'
import { done, endpoint, EVERY_ROLE, instant, name, ROLES } from './endpoint.ts'

/** Signing in and out, and who one is. A session is a cookie (HttpOnly); no answer holds it. */

export const PASSWORD_LENGTH_MIN = 12

const email = z.email('write an e-mail address').max(254).toLowerCase()
const password = z
  .string()
  .min(PASSWORD_LENGTH_MIN, `choose at least ${PASSWORD_LENGTH_MIN} characters; a few words in a row are good`)
  .max(256)
const code = z.string().regex(/^\d{6}$/, 'write the six digits that the app shows')
const token = z.string().min(20).max(200)

/** Who asks. A key with the scope `admin` acts as an admin, one with `read` as a viewer of its team. */
export const who = z.object({
  via: z.enum(['session', 'key']),
  role: z.enum(ROLES),
  organisation: z.object({ id: z.string(), name: z.string() }),
  /** True for members of the first organisation: what is set up for all is theirs. */
  installation: z.boolean(),
  /** Null for a key. */
  person: z.object({ id: z.string(), email: z.string(), name: z.string(), second_factor: z.boolean() }).nullable(),
  /** Null for a person. */
  key: z.object({ id: z.string(), name: z.string(), team_id: z.string() }).nullable(),
  expires_at: instant.nullable(),
})

const anyone = { who: 'anyone' } as const
const person = { who: 'person' } as const

export const sessionApi = {
  setupState: endpoint({
    method: 'GET',
    path: '/api/setup',
    summary: 'Whether the first owner has still to be made',
    rule: anyone,
    answer: z.object({ needed: z.boolean() }),
  }),
  ways: endpoint({
    method: 'GET',
    path: '/api/session/ways',
    summary: 'How one can sign in at this address',
    rule: anyone,
    answer: z.object({
      password: z.literal(true),
      /** Browsers keep passkeys for names over https and for localhost; not for addresses of numbers. */
      passkeys: z.boolean(),
      /** What the button for single sign-on says; null where there is none. */
      sso: z.object({ name: z.string() }).nullable(),
    }),
  }),
  setUp: endpoint({
    method: 'POST',
    path: '/api/setup',
    summary: 'Make the first owner, by the link that the server prints when it starts, and sign in',
    rule: anyone,
    body: z.strictObject({ token, email, name, password }),
    answer: who,
    status: 201,
  }),
  signIn: endpoint({
    method: 'POST',
    path: '/api/session',
    summary: 'Sign in. 401 second_factor_missing asks for the same again with a code',
    rule: anyone,
    body: z.strictObject({
      email,
      password: z.string().min(1).max(256),
      /** Six digits of the app, or a recovery code. */
      code: z.string().max(20).optional(),
    }),
    answer: who,
    status: 201,
  }),
  whoAmI: endpoint({
    method: 'GET',
    path: '/api/session',
    summary: 'Who the credential of this request stands for; 401 for none',
    rule: {
      who: EVERY_ROLE,
      of: 'organisation',
      readKey: true,
    },
    answer: who,
  }),
  signOut: endpoint({
    method: 'DELETE',
    path: '/api/session',
    summary: 'End this session',
    rule: person,
    answer: done,
  }),
  changePassword: endpoint({
    method: 'POST',
    path: '/api/session/password',
    summary: 'Change the password; all other sessions end',
    rule: person,
    body: z.strictObject({ current: z.string().min(1).max(256), password }),
    answer: done,
  }),
  startSecondFactor: endpoint({
    method: 'POST',
    path: '/api/session/second-factor',
    summary: 'A secret for an authenticator app, shown once; counts when a code of it was confirmed',
    rule: person,
    body: z.strictObject({ password: z.string().min(1).max(256) }),
    answer: z.object({ secret: z.string(), uri: z.string() }),
    status: 201,
  }),
  confirmSecondFactor: endpoint({
    method: 'POST',
    path: '/api/session/second-factor/confirm',
    summary: 'Confirm with a code. The answer has recovery codes, shown once',
    rule: person,
    body: z.strictObject({ code }),
    answer: z.object({ recovery_codes: z.array(z.string()) }),
  }),
  dropSecondFactor: endpoint({
    method: 'POST',
    path: '/api/session/second-factor/off',
    summary: 'Sign in by password alone again',
    rule: person,
    body: z.strictObject({ password: z.string().min(1).max(256) }),
    answer: done,
  }),
  acceptInvitation: endpoint({
    method: 'POST',
    path: '/api/session/invitation',
    summary: 'Become a member by the link of an invitation, and sign in',
    rule: anyone,
    body: z.strictObject({ token, name, password }),
    answer: who,
    status: 201,
  }),
}
