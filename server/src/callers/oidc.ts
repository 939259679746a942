import type { OidcSetting } from '@paddock/contract/sign-in'
import type * as OpenId from 'openid-client'
import type { Clock } from '../base/clock.ts'
import { excerpt, PaddockError } from '../base/errors.ts'
import type { Pending } from './pending.ts'
import { originOf, type Site } from './site.ts'

/** Whom a provider of identities has recognised. */
export type Identity = {
  readonly issuer: string
  /** Its name for this person, which stays when address and name change. */
  readonly subject: string
  readonly email: string | null
  /** It says that the address is this person's. */
  readonly emailVerified: boolean
  readonly name: string | null
}

/** The sign-in of OpenID Connect: authorization code with PKCE, state and nonce; signature, issuer and audience are checked. */
export type Oidc = {
  /** Where to send the browser, and what it has to bring back. Throws `sso_unreachable`. */
  start(setting: OidcSetting, site: Site): Promise<{ readonly url: string; readonly state: string }>
  /**
   * `answer`: what stands behind "?" where the browser came back; `state`: what it was given when it left. Throws
   * `sign_in_expired`, `sso_failed`, `sso_unreachable`.
   */
  finish(setting: OidcSetting, back: { answer: string; state: string | null }): Promise<Identity>
}

export const SSO_MS_MAX = 10 * 60_000
/** The page that the provider sends the browser back to, as it must be registered there. */
export const SSO_PAGE = '/console/sso'
const TIMEOUT_SECONDS = 10
/** How long what the provider says of itself is believed. */
const BELIEVED_MS = 10 * 60_000

/** What is remembered between leaving and coming back. */
type Begun = { readonly issuer: string; readonly nonce: string; readonly verifier: string; readonly back: string }

type Known = { readonly of: string; readonly until: number; readonly config: OpenId.Configuration }

export function openOidc({ clock, pending }: { readonly clock: Clock; readonly pending: Pending }): Oidc {
  let known: Known | null = null
  const configFor = async (setting: OidcSetting): Promise<OpenId.Configuration> => {
    const of = JSON.stringify(setting)
    if (known?.of === of && known.until > clock.elapsed()) return known.config
    const config = await discover(setting)
    known = { of, until: clock.elapsed() + BELIEVED_MS, config }
    return config
  }
  return {
    start: async (setting, site) => {
      const openId = await library()
      const config = await configFor(setting)
      const begun: Begun = {
        issuer: setting.issuer,
        nonce: openId.randomNonce(),
        verifier: openId.randomPKCECodeVerifier(),
        back: originOf(site) + SSO_PAGE,
      }
      const state = await pending.begin({ kind: 'sso', msMax: SSO_MS_MAX, kept: JSON.stringify(begun) })
      const url = openId.buildAuthorizationUrl(config, {
        redirect_uri: begun.back,
        scope: 'openid email profile',
        code_challenge: await openId.calculatePKCECodeChallenge(begun.verifier),
        code_challenge_method: 'S256',
        state,
        nonce: begun.nonce,
      })
      return { url: url.href, state }
    },
    finish: async (setting, { answer, state }) => {
      const params = new URLSearchParams(answer)
      if (state === null || params.get('state') !== state) throw expired()
      const begun = await pending.finish('sso', state)
      if (begun === null) throw expired()
      const { issuer, nonce, verifier, back } = JSON.parse(begun.kept ?? '{}') as Begun
      if (issuer !== setting.issuer) throw expired()
      const refusal = params.get('error')
      if (refusal !== null) throw failed(`it answered "${excerpt(refusal)}"`)
      const config = await configFor(setting)
      const openId = await library()
      return told(() =>
        identityOf({ openId, config }, { url: new URL(`${back}?${params.toString()}`), verifier, nonce, state }),
      )
    },
  }
}

/** Loaded when somebody signs in by it. */
function library(): Promise<typeof OpenId> {
  return import('openid-client')
}

async function discover(setting: OidcSetting): Promise<OpenId.Configuration> {
  const openId = await library()
  const { issuer, client_id, client_secret } = setting
  const isPlain = new URL(issuer).protocol === 'http:'
  const proof = client_secret === undefined ? openId.None() : undefined
  try {
    return await openId.discovery(new URL(issuer), client_id, client_secret, proof, {
      timeout: TIMEOUT_SECONDS,
      // Signatures are checked although the token comes over TLS; http is allowed by the configuration for this machine only.
      execute: [openId.enableNonRepudiationChecks, ...(isPlain ? [openId.allowInsecureRequests] : [])],
    })
  } catch (cause) {
    throw unreachable(cause)
  }
}

type Exchange = { readonly openId: typeof OpenId; readonly config: OpenId.Configuration }
type Back = { readonly url: URL; readonly verifier: string; readonly nonce: string; readonly state: string }

async function identityOf({ openId, config }: Exchange, { url, verifier, nonce, state }: Back): Promise<Identity> {
  const tokens = await openId.authorizationCodeGrant(config, url, {
    pkceCodeVerifier: verifier,
    expectedState: state,
    expectedNonce: nonce,
    idTokenExpected: true,
  })
  const signed = tokens.claims()
  if (signed === undefined) throw failed('it sent no ID token')
  // A provider may keep the address for this second question.
  const asked = signed['email'] === undefined && config.serverMetadata().userinfo_endpoint !== undefined
  const claims = asked ? await openId.fetchUserInfo(config, tokens.access_token, signed.sub) : signed
  const { email, email_verified, name } = claims as Record<string, unknown>
  return {
    issuer: signed.iss,
    subject: signed.sub,
    email: typeof email === 'string' ? email.toLowerCase() : null,
    // Some write it as a text.
    emailVerified: email_verified === true || email_verified === 'true',
    name: typeof name === 'string' ? name : null,
  }
}

/** What the library throws, as an error of ours that says what was wrong and nothing that is secret. */
async function told<Result>(act: () => Promise<Result>): Promise<Result> {
  try {
    return await act()
  } catch (cause) {
    if (cause instanceof PaddockError) throw cause
    const { code, message } = cause as { readonly code?: string; readonly message: string }
    if (cause instanceof TypeError || code === 'OAUTH_TIMEOUT') throw unreachable(cause)
    throw failed(excerpt(message), cause)
  }
}

function expired(): PaddockError {
  return new PaddockError('sign_in_expired', {
    message:
      'This sign-in was finished before, took longer than ten minutes, or was begun in another browser. Begin again.',
  })
}

function failed(what: string, cause?: unknown): PaddockError {
  return new PaddockError('sso_failed', {
    message: `What the provider of identities sent was not accepted: ${what}. Begin again, or sign in by password.`,
    cause,
  })
}

function unreachable(cause: unknown): PaddockError {
  return new PaddockError('sso_unreachable', {
    message:
      'The provider of identities does not answer, or not as one that speaks OpenID Connect: see sign_in.oidc.issuer in paddock.yaml. Try again, or sign in by password.',
    cause,
  })
}
