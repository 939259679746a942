import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { openWorkspace } from '../paddock.ts'
import { clientOf, openBench, PASSWORD, type Answered, type Bench, type Client } from './client.ts'
import {
  CLIENT_SECRET,
  startIdentityProvider,
  type Claims,
  type IdentityProvider,
  type Lies,
} from './identity-provider.ts'

/** Single sign-on through HTTP, with a provider of identities that speaks OpenID Connect over real connections. */

let provider: IdentityProvider
let bench: Bench
let client: Client

const yaml = (issuer: string, more = '') => `practice: { enabled: true }
sign_in:
  oidc:
    issuer: ${issuer}
    client_id: paddock
    client_secret: "${CLIENT_SECRET}"
    name: Example
    ${more}
`
const NEW = 'domains: [example.com]\n    new_people: { role: developer }'

beforeAll(async () => {
  provider = await startIdentityProvider()
  bench = await openBench(yaml(provider.issuer, NEW))
  client = clientOf(bench.server.url)
})
afterEach(() => {
  provider.lie()
})
afterAll(async () => {
  await bench[Symbol.asyncDispose]()
  await provider.close()
})

const start = () => client('POST /api/session/sso/start', { body: {} })
const come = (answer: string, cookie: string) =>
  client('POST /api/session/sso', { body: { answer }, headers: { 'x-paddock': '1', cookie } })

/** The browser leaves, somebody signs in there, and it comes back. */
async function signIn(claims: Claims, lies: Lies = {}): Promise<Answered> {
  provider.lie(lies)
  const started = await start()
  return come(provider.approve(started.body.url, claims), started.session)
}

const sessionOf = ({ headers }: Answered): string =>
  /paddock_session=[^;]+/.exec(headers.getSetCookie().join(' '))?.[0] ?? ''

const person = (name: string, more: Claims = {}): Claims => ({
  sub: `sub-${name}`,
  email: `${name}@example.com`,
  email_verified: true,
  name: `Name of ${name}`,
  ...more,
})

describe('single sign-on', () => {
  it('is one of the ways that the page for signing in is told of', async () => {
    expect((await client('GET /api/session/ways')).body.sso).toEqual({ name: 'Example' })
  })

  it('asks with PKCE, state and nonce, and to be sent back to our page', async () => {
    const { body, headers } = await start()
    const asked = new URL(body.url).searchParams
    expect(Object.fromEntries(asked)).toMatchObject({
      response_type: 'code',
      client_id: 'paddock',
      scope: 'openid email profile',
      code_challenge_method: 'S256',
      redirect_uri: `${bench.server.url}/console/sso`,
    })
    for (const name of ['state', 'nonce', 'code_challenge']) expect(asked.get(name)?.length).toBeGreaterThan(40)
    expect(headers.get('set-cookie')).toMatch(
      /^paddock_sign_in=[\w-]{43}; Path=\/; Max-Age=(?:600|59\d); HttpOnly; SameSite=Lax$/,
    )
  })

  it('makes somebody new a member in the role that was set, and knows them again by their subject', async () => {
    const first = await signIn(person('ada'))
    expect(first.body).toMatchObject({
      via: 'session',
      role: 'developer',
      person: { email: 'ada@example.com', name: 'Name of ada' },
    })
    const as = { session: sessionOf(first) }
    expect((await client('GET /api/session', { as })).body.person.id).toBe(first.body.person.id)
    // Another address, not even verified: who it is says the subject.
    const again = await signIn(person('ada', { email: 'new@example.com', email_verified: false }))
    expect(again.body.person).toEqual(first.body.person)
  })

  it('has no password for who was made by it', async () => {
    const made = await signIn(person('nopass'))
    for (const password of ['', ' ', 'null', PASSWORD]) {
      const tried = await client('POST /api/session', { body: { email: 'nopass@example.com', password } })
      expect(tried.status).toBeGreaterThanOrEqual(400)
    }
    const as = { session: sessionOf(made) }
    const body = { password: PASSWORD }
    expect((await client('POST /api/session/second-factor', { as, body })).code).toBe('sign_in_failed')
    // Who has just signed in may make a passkey without one.
    const atName = clientOf(bench.server.url.replace('127.0.0.1', 'localhost'))
    expect((await atName('POST /api/session/passkeys/registration', { as, body: {} })).status).toBe(201)
  })

  it('lets a member in who has a password, where the address is verified', async () => {
    const member = await bench.join(bench.owner, 'member@example.com', 'billing')
    const refused = await signIn(person('member', { email_verified: false }))
    expect([refused.status, refused.code]).toEqual([403, 'sso_not_allowed'])
    expect((await signIn(person('member', { email_verified: undefined }))).code).toBe('sso_not_allowed')
    const entered = await signIn(person('member'))
    expect(entered.body).toMatchObject({ role: 'billing', person: { id: member.id } })
    const body = { email: 'member@example.com', password: PASSWORD }
    expect((await client('POST /api/session', { body })).status).toBe(201)
  })

  it('takes an invitation for what it is', async () => {
    const body = { email: 'invited@example.com', role: 'auditor' }
    await client('POST /api/people/invitations', { as: bench.owner, body })
    expect((await signIn(person('invited'))).body.role).toBe('auditor')
    expect((await client('GET /api/people/invitations', { as: bench.owner })).body.items).toEqual([])
  })

  it('asks a second time for an address that the token does not hold', async () => {
    expect((await signIn(person('asked'), { emailAsked: true })).body.person.email).toBe('asked@example.com')
  })

  it.each([
    ['of another domain', { email: 'x@evil.example' }],
    ['of a domain that ends alike', { email: 'x@notexample.com' }],
    ['without an address', { email: undefined }],
    ['with an address that is none', { email: 'nobody' }],
    ['with two addresses in one', { email: 'x@evil.example x@example.com' }],
  ])('lets nobody in %s', async (what, more) => {
    expect((await signIn(person(`wrong-${what.length}`, more))).code).toBe('sso_not_allowed')
  })

  it('lets nobody in whose access has ended', async () => {
    const made = await signIn(person('gone'))
    await client(`PATCH /api/people/${made.body.person.id}`, { as: bench.owner, body: { disabled: true } })
    expect((await signIn(person('gone'))).code).toBe('sso_not_allowed')
    expect((await signIn(person('gone', { sub: 'another' }))).code).toBe('sso_not_allowed')
  })
})

describe('what the provider sends', () => {
  const now = () => Math.floor(Date.now() / 1000)
  it.each<[string, () => Lies]>([
    ['signed by a stranger', () => ({ signedBy: 'a stranger' })],
    ['signed by nobody', () => ({ signedBy: 'nobody' })],
    ['with another nonce', () => ({ claims: { nonce: 'another' } })],
    ['without a nonce', () => ({ claims: { nonce: undefined } })],
    ['that is no longer valid', () => ({ claims: { exp: now() - 3_600 } })],
    ['for somebody else', () => ({ claims: { aud: 'another client' } })],
    ['for several, and made for another', () => ({ claims: { aud: ['paddock', 'other'], azp: 'other' } })],
    ['from another issuer', () => ({ claims: { iss: 'https://evil.example' } })],
    ['without a subject', () => ({ claims: { sub: undefined } })],
  ])('is refused %s', async (_what, lies) => {
    const refused = await signIn(person('liar'), lies())
    expect([refused.status, refused.code, sessionOf(refused)]).toEqual([401, 'sso_failed', ''])
    const { body: people } = await client('GET /api/people', { as: bench.owner })
    expect(people.items.some(({ email }: { email: string }) => email === 'liar@example.com')).toBe(false)
  })

  it('counts once', async () => {
    const started = await start()
    const answer = provider.approve(started.body.url, person('once'))
    expect((await come(answer, started.session)).status).toBe(201)
    expect((await come(answer, started.session)).code).toBe('sign_in_expired')
  })

  it('counts for the browser that left, and no other', async () => {
    const [mine, theirs] = [await start(), await start()]
    const answer = provider.approve(theirs.body.url, person('thief'))
    expect((await come(answer, mine.session)).code).toBe('sign_in_expired')
    expect((await come(answer, '')).code).toBe('sign_in_expired')
    const made = answer.replace(/state=[^&]+/, `state=${mine.session.split('=')[1]}`)
    // The state is right now, and the code is not of this sign-in: its verifier does not fit.
    expect((await come(made, mine.session)).code).toBe('sso_failed')
  })

  it('is told where it is a refusal, and does not reach the code with it', async () => {
    const started = await start()
    const state = new URL(started.body.url).searchParams.get('state')
    const refused = await come(`error=access_denied&state=${state}`, started.session)
    expect([refused.code, refused.text]).toEqual(['sso_failed', expect.stringContaining('access_denied')])
  })

  it('reaches nobody who comes from a page of another site', async () => {
    const started = await start()
    const answer = provider.approve(started.body.url, person('cross'))
    const headers = { 'x-paddock': '1', cookie: started.session, origin: 'https://evil.example' }
    expect((await client('POST /api/session/sso', { body: { answer }, headers })).code).toBe('origin_refused')
  })
})

it('is in the audit log: who came in and how, and who did not', async () => {
  const { body } = await client('GET /api/audit?limit=200&action=sso.signIn', { as: bench.owner })
  const items = body.items as { outcome: string; code: string | null; actor: { name: string } }[]
  expect(items).toContainEqual(
    expect.objectContaining({ outcome: 'done', actor: expect.objectContaining({ name: 'ada@example.com' }) }),
  )
  expect(items.map(({ code }) => code)).toEqual(
    expect.arrayContaining(['sso_failed', 'sso_not_allowed', 'sign_in_expired']),
  )
})

describe('the configuration', () => {
  it('makes no new people unless it says so, and may say it while the server runs', async () => {
    await using own = await openBench(yaml(provider.issuer))
    const ask = clientOf(own.server.url)
    const enter = async () => {
      const started = await ask('POST /api/session/sso/start', { body: {} })
      const answer = provider.approve(started.body.url, person('later'))
      const headers = { 'x-paddock': '1', cookie: started.session }
      return ask('POST /api/session/sso', { body: { answer }, headers })
    }
    expect((await enter()).code).toBe('sso_not_allowed')
    writeFileSync(join(own.workspace.folder, 'paddock.yaml'), yaml(provider.issuer, NEW))
    await expect.poll(async () => (await enter()).status, { timeout: 20_000, interval: 200 }).toBe(201)
  })

  it('is off without it, and says so', async () => {
    await using own = await openBench()
    expect((await own.client('POST /api/session/sso/start', { body: {} })).code).toBe('sso_off')
  })

  it('names a provider that answers, or signing in says that it does not', async () => {
    await using own = await openBench(yaml('http://127.0.0.1:9'))
    const refused = await own.client('POST /api/session/sso/start', { body: {} })
    expect([refused.status, refused.code]).toEqual([502, 'sso_unreachable'])
  })

  it.each([
    ['http elsewhere', yaml('http://login.example.com'), /must be https/],
    ['new people of anywhere', yaml('https://login.example.com', 'new_people: { role: viewer }'), /domains/],
    ['new owners', yaml('https://login.example.com', 'domains: [a.com]\n    new_people: { role: owner }'), /role/],
  ])('is refused with its place: %s', async (_what, text, complaint) => {
    await using workspace = openWorkspace(text)
    const { code, err } = await workspace.run(['keys', 'list'])
    expect(code).not.toBe(0)
    expect(err).toMatch(complaint)
    expect(err).toContain('paddock.yaml:')
    expect(err).not.toContain(CLIENT_SECRET)
  })
})
