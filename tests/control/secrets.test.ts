import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { API } from '@paddock/contract/control/api'
import type { Endpoint } from '@paddock/contract/control/endpoint'
import { expect, it } from 'vitest'
import { startFakeProvider } from '../fake-provider/start.ts'
import { startIdentityProvider, CLIENT_SECRET, type IdentityProvider } from './identity-provider.ts'
import { openAuthenticator } from './authenticator.ts'
import { clientOf, openBench, tokenOf, type Answered } from './client.ts'

/**
 * Secrets stay inside: what was typed in or made is looked for in every answer, in the log at its most talkative, and in every
 * byte of the data folder, in each spelling that a mistake would leave it in.
 */

const CANARY = {
  enteredKey: 'sk-canary-entered-3fQ9zL7w',
  fileKey: 'sk-canary-file-8kR2mV5x',
  password: 'canary password Xy7 pQ2',
  nextPassword: 'canary password Zw4 bN8',
  wrongPassword: 'canary wrong password Jt6',
  prompt: 'canary prompt Lm3 vC9',
  // What the provider of identities knows as the secret of this client.
  clientSecret: CLIENT_SECRET,
}

/** A secret as it is, and as encodings would have it. */
function spellings(secret: string): Buffer[] {
  const bytes = Buffer.from(secret)
  const json = JSON.stringify(secret).slice(1, -1)
  return [
    secret,
    json,
    encodeURIComponent(secret),
    bytes.toString('hex'),
    bytes.toString('base64').replaceAll('=', '').slice(0, -2),
  ].map((text) => Buffer.from(text))
}

function filesIn(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? filesIn(path) : [path]
  })
}

it('lets no secret out: not into an answer, not into the log, not onto the disk', async () => {
  const provider = await startFakeProvider()
  const identities = await startIdentityProvider()
  await using bench = await openBench(
    `providers:
  lab: { base_url: "${provider.url}", api_key: "${CANARY.fileKey}", models: [small] }
sign_in:
  oidc: { issuer: "${identities.issuer}", client_id: paddock, client_secret: "${CANARY.clientSecret}" }
`,
    { PADDOCK_LOG_LEVEL: 'debug' },
  )
  const { client, server, owner, workspace } = bench
  const answers: Answered[] = []
  const ask = async (...asked: Parameters<typeof client>): Promise<Answered> => {
    const answered = await client(...asked)
    answers.push(answered)
    return answered
  }

  // What may be shown is shown in the one answer that made it; from there on it is a canary, too.
  const invited = await client('POST /api/people/invitations', {
    as: owner,
    body: { email: 'c@example.com', role: 'admin' },
  })
  const link = tokenOf(invited.body.link)
  const joined = await ask('POST /api/session/invitation', {
    body: { token: link, name: 'C', password: CANARY.password },
  })
  const as = { session: joined.session }
  const made = await client('POST /api/keys', { as, body: { name: 'canary' } })
  const factor = await client('POST /api/session/second-factor', { as, body: { password: CANARY.password } })
  const elsewhere = await signInElsewhere(server.url, identities)
  const secrets = [
    ...Object.values(CANARY),
    ...elsewhere.secrets,
    link,
    tokenOf(server.started.setupLink),
    owner.session.split('=')[1] ?? '',
    joined.session.split('=')[1] ?? '',
    made.body.secret as string,
    made.body.secret.slice(20) as string,
    factor.body.secret as string,
    server.started.firstKeys?.admin ?? '',
  ]
  expect(secrets.every((secret) => secret.length >= 12)).toBe(true)

  answers.push(...elsewhere.answers)
  await ask('PUT /api/providers/deepseek/key', { as: owner, body: { key: CANARY.enteredKey } })
  await ask('PUT /api/providers/moonshot/key', { as: owner, body: { key: CANARY.enteredKey, base_url: 'http://x' } })
  await ask('POST /api/session/password', { as, body: { current: CANARY.password, password: CANARY.nextPassword } })
  await ask('POST /api/session', { body: { email: 'c@example.com', password: CANARY.wrongPassword } })
  await ask('POST /api/session', { body: { email: 'c@example.com', password: CANARY.wrongPassword, extra: 1 } })
  await ask('POST /api/keys', { as, body: { name: CANARY.enteredKey.length, note: CANARY.enteredKey } })
  await ask('POST /api/routes/test', { as, body: { model: 'lab/small', message: CANARY.prompt } })
  const call = await server.post(
    { model: 'lab/small', messages: [{ role: 'user', content: CANARY.prompt }] },
    { key: made.body.secret },
  )
  const request = call.headers.get('x-request-id') ?? ''
  for (const endpoints of Object.values(API)) {
    for (const { method, path } of Object.values<Endpoint>(endpoints)) {
      if (method !== 'GET') continue
      const id = path.startsWith('/api/keys')
        ? made.body.key.id
        : path.startsWith('/api/providers')
          ? 'deepseek'
          : request
      const query = path === '/api/overview/breakdown' ? '?by=key' : path === '/api/invoices' ? '?month=2026-11' : ''
      await ask(`GET ${path.replace('{id}', id) as '/api/'}${query}`, { as: owner })
    }
  }
  await ask('GET /api/openapi.json', {})
  expect(answers.filter(({ status }) => status < 300).length).toBeGreaterThan(25)
  server.kill('SIGTERM')
  await server.exited

  const commands = ['books entries', 'books export', 'audit list', 'doctor']
  const written = await Promise.all(
    commands.map(async (command): Promise<[string, Buffer]> => {
      const { out, err } = await workspace.run([
        ...command.split(' '),
        ...(command === 'books export' ? [] : ['--json']),
      ])
      return [`paddock ${command}`, Buffer.from(out + err)]
    }),
  )
  // The export has the entry of the call above.
  expect(written.find(([name]) => name.endsWith('export'))?.[1].toString()).toContain(request)

  const places: [string, Buffer][] = [
    ...written,
    ...answers.map(({ text, status }, index): [string, Buffer] => [`answer ${index} (${status})`, Buffer.from(text)]),
    ['log', Buffer.from(server.log())],
    ...filesIn(workspace.data).map((path): [string, Buffer] => [path, readFileSync(path)]),
  ]
  expect(places.map(([name]) => name).some((name) => name.endsWith('paddock.db'))).toBe(true)
  const search = (wanted: string): string[] =>
    places.flatMap(([name, bytes]) =>
      spellings(wanted).some((spelling) => bytes.includes(spelling)) ? [`${wanted} in ${name}`] : [],
    )
  expect(secrets.flatMap(search)).toEqual([])
  // What is no secret is found by the same search: in answers, and on the disk.
  expect(search('c@example.com').join()).toMatch(/answer.*paddock\.db/)
  await provider.close()
  await identities.close()
}, 120_000)

/** What stands for a sign-in that is under way: shown to the browser that is under way, and to nobody else. */
async function signInElsewhere(url: string, identities: IdentityProvider) {
  const origin = url.replace('127.0.0.1', 'localhost')
  const client = clientOf(origin)
  const begin = async () => (await client('POST /api/session/passkey/options', { body: {} })).body
  const open = await begin()
  const device = openAuthenticator(origin)
  device.create({ ...open, rp: { id: 'localhost' }, user: { id: 'bm9ib2R5' } })
  const used = await begin()
  const refused = await client('POST /api/session/passkey', { body: { credential: device.get(used) } })
  const answers = [refused]
  const secrets: string[] = [open.challenge, used.challenge]
  // One that comes back and is refused, and one that does not come back.
  for (const comesBack of [true, false]) {
    const started = await client('POST /api/session/sso/start', { body: {} })
    const asked = new URL(started.body.url).searchParams
    for (const name of ['state', 'nonce', 'code_challenge']) secrets.push(asked.get(name) ?? '')
    if (!comesBack) continue
    const answer = identities.approve(started.body.url, {
      sub: 's',
      email: 'stranger@example.com',
      email_verified: true,
    })
    secrets.push(new URLSearchParams(answer).get('code') ?? '')
    const headers = { 'x-paddock': '1', cookie: started.session }
    answers.push(await client('POST /api/session/sso', { body: { answer }, headers }))
    // The verifier went to the provider alone.
    secrets.push(/code_verifier=([\w-]{43,})/.exec(identities.seen())?.[1] ?? '')
  }
  return { secrets, answers }
}
