import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FAILURES_MAX } from '../../server/src/control/sign-in-limit.ts'
import { openWorkspace } from '../paddock.ts'
import { appCode } from './app-code.ts'
import { openBench, PASSWORD, tokenOf, type Bench } from './client.ts'

let bench: Bench
beforeAll(async () => {
  bench = await openBench()
})
afterAll(() => bench[Symbol.asyncDispose]())

const signIn = (email: string, password = PASSWORD, code?: string) =>
  bench.client('POST /api/session', { body: { email, password, ...(code === undefined ? {} : { code }) } })

describe('the first owner', () => {
  it('is made by a link that works once', async () => {
    const { client, server, owner } = bench
    const token = tokenOf(server.started.setupLink)
    expect((await client('GET /api/setup')).body).toEqual({ needed: false })
    const body = { token, email: 'thief@example.com', name: 'T', password: PASSWORD }
    expect((await client('POST /api/setup', { body })).code).toBe('link_invalid')
    const { body: who } = await client('GET /api/session', { as: owner })
    expect(who).toMatchObject({
      via: 'session',
      role: 'owner',
      installation: true,
      person: { email: 'owner@example.com' },
    })
  })

  it('gets another link at every start while there is none, and only the last is good', async () => {
    await using workspace = openWorkspace()
    const first = await workspace.serve()
    first.kill('SIGTERM')
    await first.exited
    const second = await workspace.serve()
    const setUp = (link: string | null) =>
      fetch(`${second.url}/api/setup`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ token: tokenOf(link), email: 'o@example.com', name: 'O', password: PASSWORD }),
      })
    expect((await setUp(first.started.setupLink)).status).toBe(400)
    expect((await setUp(second.started.setupLink)).status).toBe(201)
  })
})

describe('an invitation', () => {
  it('makes a member in the role it was given, once', async () => {
    const { client, owner } = bench
    const invited = await client('POST /api/people/invitations', {
      as: owner,
      body: { email: 'Dev@Example.com', role: 'developer' },
    })
    const body = { token: tokenOf(invited.body.link), name: 'Dev', password: PASSWORD }
    const joined = await client('POST /api/session/invitation', { body })
    expect(joined.body).toMatchObject({ role: 'developer', person: { email: 'dev@example.com', name: 'Dev' } })
    expect((await client('POST /api/session/invitation', { body })).code).toBe('link_invalid')
    const twice = await client('POST /api/people/invitations', {
      as: owner,
      body: { email: 'dev@example.com', role: 'viewer' },
    })
    expect(twice.code).toBe('already_there')
  })

  it('is good no more once it was withdrawn, or another was made', async () => {
    const { client, owner } = bench
    const invite = async () =>
      client('POST /api/people/invitations', { as: owner, body: { email: 'late@example.com', role: 'viewer' } })
    const [first, second] = [await invite(), await invite()]
    const { body: open } = await client('GET /api/people/invitations', { as: owner })
    expect(open.items.map(({ id }: { id: string }) => id)).toEqual([second.body.invitation.id])
    await client(`DELETE /api/people/invitations/${second.body.invitation.id}`, { as: owner })
    for (const { body: made } of [first, second]) {
      const body = { token: tokenOf(made.link), name: 'L', password: PASSWORD }
      expect((await client('POST /api/session/invitation', { body })).code).toBe('link_invalid')
    }
  })
})

describe('roles', () => {
  it('let an admin do everything but touch owners', async () => {
    const { client, owner, join } = bench
    const admin = await join(owner, 'admin@example.com', 'admin')
    const { body: who } = await client('GET /api/session', { as: owner })
    const ownerId = who.person.id as string
    const tries = [
      client('POST /api/people/invitations', { as: admin, body: { email: 'x@example.com', role: 'owner' } }),
      client(`PATCH /api/people/${ownerId}`, { as: admin, body: { role: 'viewer' } }),
      client(`PATCH /api/people/${ownerId}`, { as: admin, body: { disabled: true } }),
      client(`PATCH /api/people/${admin.id}`, { as: admin, body: { role: 'owner' } }),
    ]
    expect((await Promise.all(tries)).map(({ code }) => code)).toEqual(Array(4).fill('role_missing'))
    const other = await join(admin, 'viewer@example.com', 'viewer')
    const changed = await client(`PATCH /api/people/${other.id}`, { as: admin, body: { role: 'billing' } })
    expect(changed.body.role).toBe('billing')
    // A role counts from the next request on, in a session that was opened before.
    expect((await client('GET /api/session', { as: other })).body.role).toBe('billing')
  })

  it('leave an organisation its last owner', async () => {
    const { client, owner } = bench
    const { body: who } = await client('GET /api/session', { as: owner })
    for (const body of [{ role: 'viewer' }, { disabled: true }]) {
      expect((await client(`PATCH /api/people/${who.person.id}`, { as: owner, body })).code).toBe('owner_needed')
    }
    expect((await client('GET /api/session', { as: owner })).body.role).toBe('owner')
  })

  it('keep keys with the scope admin from developers, to make and to end', async () => {
    const { client, owner, join } = bench
    const developer = await join(owner, 'builder@example.com', 'developer')
    const body = { name: 'k', scopes: ['admin'] }
    expect((await client('POST /api/keys', { as: developer, body })).code).toBe('role_missing')
    const admin = await client('POST /api/keys', { as: owner, body })
    expect((await client(`POST /api/keys/${admin.body.key.id}/revoke`, { as: developer })).code).toBe('role_missing')
    const own = await client('POST /api/keys', { as: developer, body: { name: 'mine', team: 'builders' } })
    expect(own.body.key).toMatchObject({ name: 'mine', team: 'builders', scopes: ['call'], state: 'active' })
    expect((await client(`POST /api/keys/${own.body.key.id}/revoke`, { as: developer })).body.state).toBe('revoked')
  })
})

describe('a session', () => {
  it('ends with signing out, with the access, and for all others with a new password', async () => {
    const { client, owner, join } = bench
    const member = await join(owner, 'member@example.com', 'viewer')
    const [here, there] = [await signIn('member@example.com'), await signIn('member@example.com')]
    const ask = async ({ session }: { session: string }) => (await client('GET /api/session', { as: { session } })).code
    await client('DELETE /api/session', { as: there })
    expect([await ask(here), await ask(there)]).toEqual([null, 'session_ended'])
    const wrong = { current: 'not the password', password: 'another four words' }
    expect((await client('POST /api/session/password', { as: here, body: wrong })).code).toBe('sign_in_failed')
    await client('POST /api/session/password', { as: here, body: { ...wrong, current: PASSWORD } })
    expect([await ask(here), await ask(member)]).toEqual([null, 'session_ended'])
    await client(`PATCH /api/people/${member.id}`, { as: owner, body: { disabled: true } })
    expect(await ask(here)).toBe('session_ended')
    expect((await signIn('member@example.com', 'another four words')).code).toBe('sign_in_failed')
    await client(`PATCH /api/people/${member.id}`, { as: owner, body: { disabled: false } })
    expect((await signIn('member@example.com', 'another four words')).status).toBe(201)
  })

  it('counts only in its cookie, and a key only in a header', async () => {
    const { client, owner, server } = bench
    const token = owner.session.split('=')[1] ?? ''
    const admin = server.started.firstKeys?.admin ?? ''
    expect((await client('GET /api/session', { as: { key: token } })).code).toBe('key_malformed')
    expect((await client('GET /api/session', { as: { session: `paddock_session=${admin}` } })).code).toBe(
      'session_ended',
    )
    const both = { cookie: owner.session, authorization: `Bearer ${admin}` }
    expect((await client('GET /api/session', { headers: both })).code).toBe('credential_conflict')
    const twice = { cookie: `${owner.session}; paddock_session=other` }
    expect((await client('GET /api/session', { headers: twice })).code).toBe('session_missing')
  })

  it.each(['authorization', 'x-api-key', 'x-goog-api-key', 'api-key'])(
    'is not needed with a key in %s',
    async (header) => {
      const { client, server } = bench
      const key = server.started.firstKeys?.admin ?? ''
      const headers = { [header]: header === 'authorization' ? `Bearer ${key}` : key }
      expect((await client('GET /api/session', { headers })).body).toMatchObject({
        via: 'key',
        role: 'admin',
        person: null,
      })
      // A key is no browser: it changes things without the header of our own pages.
      expect((await client('POST /api/keys', { headers, body: { name: header } })).status).toBe(201)
      expect((await client('GET /api/session', { headers: { ...headers, 'x-api-key': 'sk-pdk-other' } })).code).toBe(
        header === 'x-api-key' ? 'key_malformed' : 'credential_conflict',
      )
    },
  )

  it('has a cookie that no script reads, no form sends, and behind TLS no plain connection', async () => {
    const { client } = bench
    const body = { email: 'owner@example.com', password: PASSWORD }
    const cookie = async (headers: Record<string, string>) =>
      (await client('POST /api/session', { body, headers })).headers.get('set-cookie') ?? ''
    expect(await cookie({})).toMatch(/^paddock_session=[\w-]{43}; Path=\/; Max-Age=604\d{3}; HttpOnly; SameSite=Lax$/)
    expect(await cookie({ 'x-forwarded-proto': 'https' })).toMatch(/; Secure$/)
  })

  it('is not opened by a page of another site', async () => {
    const body = { email: 'owner@example.com', password: PASSWORD }
    const foreign = await bench.client('POST /api/session', { body, headers: { origin: 'https://evil.example' } })
    expect([foreign.code, foreign.session]).toEqual(['origin_refused', ''])
  })
})

describe('a second factor', () => {
  it('is asked for once it was confirmed; each code and each recovery code counts once', async () => {
    const { client, owner, join } = bench
    const email = 'careful@example.com'
    const as = await join(owner, email, 'auditor')
    const started = await client('POST /api/session/second-factor', { as, body: { password: PASSWORD } })
    expect((await signIn(email)).status).toBe(201)
    const { secret } = started.body as { secret: string }
    const confirmed = await client('POST /api/session/second-factor/confirm', {
      as,
      body: { code: appCode(secret, Date.now()) },
    })
    const recovery = confirmed.body.recovery_codes as string[]
    expect(recovery).toHaveLength(10)

    const missing = await signIn(email)
    expect([missing.code, missing.session]).toEqual(['second_factor_missing', ''])
    expect((await signIn(email, 'wrong password here')).code).toBe('sign_in_failed')
    // The code that confirmed it was used; the one of the next half minute was not.
    expect((await signIn(email, PASSWORD, appCode(secret, Date.now()))).code).toBe('second_factor_wrong')
    const next = appCode(secret, Date.now() + 30_000)
    expect((await signIn(email, PASSWORD, next)).status).toBe(201)
    expect((await signIn(email, PASSWORD, next)).code).toBe('second_factor_wrong')
    expect((await signIn(email, PASSWORD, recovery[3])).status).toBe(201)
    expect((await signIn(email, PASSWORD, recovery[3])).code).toBe('second_factor_wrong')
    expect((await client('GET /api/session', { as })).body.person.second_factor).toBe(true)

    await client('POST /api/session/second-factor/off', { as, body: { password: PASSWORD } })
    expect((await signIn(email)).status).toBe(201)
  })
})

describe('guessing', () => {
  it('gets no further by asking many times at once', async () => {
    const { client } = bench
    const guesses = Array.from({ length: 30 }, (_, index) =>
      client('POST /api/session', { body: { email: 'target@example.com', password: `guess number ${index}` } }),
    )
    const codes = (await Promise.all(guesses)).map(({ code }) => code)
    expect(codes.filter((code) => code === 'sign_in_failed')).toHaveLength(FAILURES_MAX.email)
    expect(codes.filter((code) => code === 'sign_in_limited')).toHaveLength(30 - FAILURES_MAX.email)
  })

  it('tells an unknown address and a wrong password in the same words, and is slowed down', async () => {
    const { client } = bench
    const guess = (email: string) => client('POST /api/session', { body: { email, password: 'not this one, no' } })
    const [unknown, wrong] = [await guess('nobody@example.com'), await guess('owner@example.com')]
    expect(unknown.text).toBe(wrong.text)
    let last = wrong
    for (let index = 0; index < FAILURES_MAX.email && last.status === 401; index += 1)
      last = await guess('owner@example.com')
    expect([last.status, last.code]).toEqual([429, 'sign_in_limited'])
    expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(0)
    // The right password is not looked at either.
    expect((await signIn('owner@example.com')).code).toBe('sign_in_limited')
  })
})
