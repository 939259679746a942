import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * A provider of identities that speaks OpenID Connect over real HTTP: discovery, keys, codes with PKCE, signed ID tokens. It
 * checks what comes to it as strictly as one does, and can be told to lie in its tokens.
 */

export type Claims = Readonly<Record<string, unknown>>

export type IdentityProvider = {
  readonly issuer: string
  /** Somebody signs in there, at the address the browser was sent to: gives what stands behind "?" when it comes back. */
  approve(url: string, claims: Claims): string
  /** What is wrong with the tokens from now on; nothing if left out. */
  lie(lies?: Lies): void
  /** Everything that was sent to it. */
  readonly seen: () => string
  close(): Promise<void>
}

export type Lies = {
  /** Claims in place of the true ones; undefined leaves one out. */
  readonly claims?: Claims
  readonly signedBy?: 'a stranger' | 'nobody'
  /** The address is told only to who asks a second time. */
  readonly emailAsked?: boolean
  readonly broken?: boolean
}

type Approved = {
  readonly asked: URLSearchParams
  readonly claims: Claims
}

const HOUR = 3_600
const CLIENT = { id: 'paddock', secret: 'oidc-secret-8Hq2Lx5Zt' }
export const CLIENT_SECRET = CLIENT.secret

export async function startIdentityProvider(): Promise<IdentityProvider> {
  const own = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const codes = new Map<string, Approved>()
  const emails = new Map<string, Claims>()
  const seen: string[] = []
  let lies: Lies = {}
  let issuer = ''

  const tokens = (form: URLSearchParams, authorization: string): object | null => {
    const code = form.get('code') ?? ''
    const approved = codes.get(code)
    codes.delete(code)
    const verifier = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url')
    const proof = `Basic ${Buffer.from(`${CLIENT.id}:${CLIENT.secret}`).toString('base64')}`
    const known = form.get('client_secret') === CLIENT.secret || authorization === proof
    if (!approved || !known) return null
    if (approved.asked.get('code_challenge') !== verifier) return null
    if (approved.asked.get('redirect_uri') !== form.get('redirect_uri')) return null
    const access = randomBytes(12).toString('hex')
    const others = { ...approved.claims, email: undefined, email_verified: undefined }
    emails.set(access, approved.claims)
    const now = Math.floor(Date.now() / 1000)
    const claims = {
      iss: issuer,
      aud: CLIENT.id,
      iat: now,
      exp: now + HOUR,
      nonce: approved.asked.get('nonce'),
      ...(lies.emailAsked === true ? others : approved.claims),
      ...lies.claims,
    }
    const key = lies.signedBy === 'a stranger' ? stranger.privateKey : own.privateKey
    const token = lies.signedBy === 'nobody' ? unsigned(claims) : signed(claims, key)
    return { access_token: access, token_type: 'bearer', expires_in: HOUR, id_token: token }
  }

  const answer = (request: IncomingMessage, body: string): object | null => {
    const { authorization = '' } = request.headers
    switch (new URL(request.url ?? '/', issuer).pathname) {
      case '/.well-known/openid-configuration':
        return lies.broken === true ? null : metadataOf(issuer)
      case '/keys':
        return { keys: [{ ...own.publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'RS256', use: 'sig' }] }
      case '/token':
        return tokens(new URLSearchParams(body), authorization)
      case '/userinfo':
        return emails.get(authorization.replace('Bearer ', '')) ?? null
      default:
        return null
    }
  }

  const server = createServer((request, response) => {
    void readAll(request).then((body) => {
      seen.push(`${request.method} ${request.url} ${body}`)
      reply(response, answer(request, body))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    issuer,
    approve: (url, claims) => {
      const asked = new URL(url).searchParams
      const code = randomBytes(12).toString('hex')
      codes.set(code, { asked, claims })
      return new URLSearchParams({ code, state: asked.get('state') ?? '', iss: issuer }).toString()
    },
    lie: (next = {}) => {
      lies = next
    },
    seen: () => seen.join('\n'),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => {
          resolve()
        })
      }),
  }
}

function metadataOf(issuer: string): object {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    userinfo_endpoint: `${issuer}/userinfo`,
    jwks_uri: `${issuer}/keys`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    code_challenge_methods_supported: ['S256'],
  }
}

async function readAll(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(piece as Buffer)
  return Buffer.concat(pieces).toString()
}

function reply(response: ServerResponse, body: object | null): void {
  response.writeHead(body === null ? 400 : 200, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body ?? { error: 'invalid_request' }))
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

function signed(claims: object, key: KeyObject): string {
  const text = `${encoded({ alg: 'RS256', kid: 'one', typ: 'JWT' })}.${encoded(claims)}`
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`
}

function unsigned(claims: object): string {
  return `${encoded({ alg: 'none' })}.${encoded(claims)}.`
}
