import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { appCode } from './app-code.ts'
import { openAuthenticator, type Authenticator } from './authenticator.ts'
import { clientOf, openBench, PASSWORD, type Answered, type Bench, type Client } from './client.ts'

/** Passkeys through HTTP, with a device in software. Browsers know the server as localhost, which the socket is bound to. */

let bench: Bench
let client: Client
let origin = ''
beforeAll(async () => {
  bench = await openBench()
  origin = bench.server.url.replace('127.0.0.1', 'localhost')
  client = clientOf(origin)
})
afterAll(() => bench[Symbol.asyncDispose]())

type As = { readonly session: string }

async function make(as: As, device: Authenticator, name = 'laptop'): Promise<Answered> {
  const options = await client('POST /api/session/passkeys/registration', { as, body: { password: PASSWORD } })
  return client('POST /api/session/passkeys', { as, body: { name, credential: device.create(options.body) } })
}

const optionsToSignIn = async () => (await client('POST /api/session/passkey/options', { body: {} })).body
const show = (credential: object) => client('POST /api/session/passkey', { body: { credential } })

/** A new member with a passkey, on a device of their own. */
async function memberWithPasskey(email: string, counts = true) {
  const member = await bench.join(bench.owner, email, 'developer')
  const device = openAuthenticator(origin, counts)
  const made = await make(member, device)
  return { member, device, made }
}

describe('a passkey', () => {
  it('is made by who has signed in, and signs in without address, password or code', async () => {
    const { member, device, made } = await memberWithPasskey('ada@example.com')
    expect(made.body).toMatchObject({ name: 'laptop', host: 'localhost', backed_up: false, used_at: null })
    const { body: app } = await client('POST /api/session/second-factor', { as: member, body: { password: PASSWORD } })
    const body = { code: appCode(app.secret, Date.now()) }
    expect((await client('POST /api/session/second-factor/confirm', { as: member, body })).status).toBe(200)
    const byPassword = { email: 'ada@example.com', password: PASSWORD }
    expect((await client('POST /api/session', { body: byPassword })).code).toBe('second_factor_missing')
    const entered = await show(device.get(await optionsToSignIn()))
    expect(entered.body).toMatchObject({ via: 'session', role: 'developer', person: { email: 'ada@example.com' } })
    const as = { session: entered.session }
    expect((await client('GET /api/session', { as })).body.person.id).toBe(member.id)
    const [listed] = (await client('GET /api/session/passkeys', { as })).body.items
    expect(listed).toMatchObject({ id: made.body.id })
    expect(listed.used_at).not.toBeNull()
  })

  it('asks for the password before one is made', async () => {
    const { member } = await memberWithPasskey('eve@example.com')
    const start = (body: object) => client('POST /api/session/passkeys/registration', { as: member, body })
    expect((await start({})).code).toBe('sign_in_again')
    expect((await start({ password: 'another one entirely' })).code).toBe('sign_in_failed')
  })

  it('is renamed and removed by its owner, and signs in no more', async () => {
    const { member, device, made } = await memberWithPasskey('bob@example.com')
    const path = `/api/session/passkeys/${made.body.id}` as const
    const renamed = await client(`PATCH ${path}`, { as: member, body: { name: 'phone' } })
    expect(renamed.body.name).toBe('phone')
    // To everybody else, even in the same organisation, it is one that never was.
    const stranger = await bench.join(bench.owner, 'stranger@example.com', 'admin')
    const foreign = await client(`DELETE ${path}`, { as: stranger })
    const missing = await client(`DELETE ${path.replace(made.body.id, NOBODYS) as '/api/'}`, { as: stranger })
    expect(foreign.text.replace(made.body.id, NOBODYS)).toBe(missing.text)
    expect(foreign.status).toBe(404)
    expect((await client(`PATCH ${path}`, { as: stranger, body: { name: 'mine' } })).status).toBe(404)
    expect((await client(`DELETE ${path}`, { as: member })).body).toEqual({ done: true })
    expect((await show(device.get(await optionsToSignIn()))).code).toBe('passkey_refused')
  })

  it('is not asked for a second one where it is kept already', async () => {
    const { member, made, device } = await memberWithPasskey('two@example.com')
    const options = await client('POST /api/session/passkeys/registration', {
      as: member,
      body: { password: PASSWORD },
    })
    expect(options.body.excludeCredentials).toMatchObject([{ id: device.ids()[0] }])
    expect(made.status).toBe(201)
  })

  it('signs in nobody whose access has ended', async () => {
    const { member, device } = await memberWithPasskey('gone@example.com')
    await client(`PATCH /api/people/${member.id}`, { as: bench.owner, body: { disabled: true } })
    expect((await show(device.get(await optionsToSignIn()))).code).toBe('passkey_refused')
  })
})

const NOBODYS = '01900000-0000-7000-8000-000000000000'

describe('an answer of a device', () => {
  it('counts once, and only for what it was asked', async () => {
    const { device } = await memberWithPasskey('once@example.com')
    const credential = device.get(await optionsToSignIn())
    expect((await show(credential)).status).toBe(201)
    expect((await show(credential)).code).toBe('passkey_refused')
    const own = { ...(await optionsToSignIn()), challenge: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' }
    expect((await show(device.get(own))).code).toBe('passkey_refused')
  })

  it('counts once though two bring it at the same moment', async () => {
    const { device } = await memberWithPasskey('race@example.com', false)
    const credential = device.get(await optionsToSignIn())
    const both = await Promise.all([show(credential), show(credential)])
    expect(new Set(both.map(({ status }) => status))).toEqual(new Set([201, 401]))
  })

  it('for signing in makes no passkey, nor one of somebody else', async () => {
    const { member, device } = await memberWithPasskey('mix@example.com')
    const options = await client('POST /api/session/passkeys/registration', {
      as: member,
      body: { password: PASSWORD },
    })
    const other = await bench.join(bench.owner, 'other@example.com', 'viewer')
    const body = { name: 'stolen', credential: device.create(options.body) }
    expect((await client('POST /api/session/passkeys', { as: other, body })).code).toBe('passkey_refused')
    const { challenge } = await optionsToSignIn()
    const mixed = { name: 'mixed', credential: device.create({ ...options.body, challenge }) }
    expect((await client('POST /api/session/passkeys', { as: member, body: mixed })).code).toBe('passkey_refused')
  })

  it.each([
    ['for a page of another origin', { origin: 'https://evil.example' }],
    ['for the same name over https, which is not where the server is', { origin: 'https://localhost' }],
    ['for another host', { host: 'evil.example' }],
    ['without knowing who was there', { flags: 0b001 }],
    ['without anybody there', { flags: 0b100 }],
    ['for somebody else', { userHandle: Buffer.from(NOBODYS).toString('base64url') }],
    ['for nobody', { userHandle: null }],
  ])('is refused %s', async (_what, lies) => {
    const { device } = await memberWithPasskey(`${randomUUID()}@example.com`)
    expect((await show(device.get(await optionsToSignIn(), lies))).code).toBe('passkey_refused')
    expect((await show(device.get(await optionsToSignIn()))).status).toBe(201)
  })

  it('is refused with a count that was there before: a copy of the key', async () => {
    const { device } = await memberWithPasskey('copy@example.com')
    for (let round = 0; round < 3; round += 1)
      expect((await show(device.get(await optionsToSignIn()))).status).toBe(201)
    for (const counter of [0, 1, 3])
      expect((await show(device.get(await optionsToSignIn(), { counter }))).code).toBe('passkey_refused')
    expect((await show(device.get(await optionsToSignIn(), { counter: 9 }))).status).toBe(201)
  })

  it('may have no count at all, as keys that are copied on purpose', async () => {
    const { device } = await memberWithPasskey('cloud@example.com', false)
    for (let round = 0; round < 3; round += 1)
      expect((await show(device.get(await optionsToSignIn()))).status).toBe(201)
  })

  it('with another signature is refused', async () => {
    const { device } = await memberWithPasskey('sign@example.com')
    const { device: other } = await memberWithPasskey('forge@example.com')
    const options = await optionsToSignIn()
    const forged = { ...(other.get(options) as object), id: device.ids()[0], rawId: device.ids()[0] }
    expect((await show(forged)).code).toBe('passkey_refused')
  })
})

it('are only for addresses with a name', async () => {
  const atNumbers = bench.client
  expect((await atNumbers('POST /api/session/passkey/options', { body: {} })).code).toBe('passkey_host')
  expect((await atNumbers('GET /api/session/ways')).body).toEqual({ password: true, passkeys: false, sso: null })
  expect((await client('GET /api/session/ways')).body).toEqual({ password: true, passkeys: true, sso: null })
})

it('are in the audit log: made, renamed, removed, used and refused', async () => {
  const { body } = await client('GET /api/audit?limit=200', { as: bench.owner })
  const seen = new Set(body.items.map(({ action, outcome }: Record<string, string>) => `${action} ${outcome}`))
  for (const action of ['register', 'rename', 'remove', 'signIn']) expect(seen).toContain(`passkeys.${action} done`)
  expect(seen).toContain('passkeys.signIn refused')
})
