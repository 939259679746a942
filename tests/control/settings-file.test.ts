import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { clientOf, openBench, PASSWORD, type Bench } from './client.ts'

const SECRET = 'sk-canary-file-8kR2mV5x'
const YAML = [
  '# what the lab serves; its old key was sk-canary-comment-77aa88',
  'providers:',
  `  lab: { base_url: "http://127.0.0.1:9/v1", api_key: "${SECRET}", models: [small, large] }`,
  '  far: { base_url: "https://far.example/v1", api_key: "${FAR_KEY}", models: [small] }',
  'routes:',
  '  - { name: chat, candidates: [{ model: lab/small }] }',
  'alerts: { webhook: { url: "https://hooks.example/x", secret: "canary-webhook-secret-99" } }',
  '',
].join('\n')

let bench: Bench
let path: string

beforeAll(async () => {
  bench = await openBench(YAML, { FAR_KEY: 'sk-canary-far-12345678', OTHER: 'canary-other' })
  path = join(bench.workspace.folder, 'paddock.yaml')
})
afterAll(() => bench[Symbol.asyncDispose]())

const read = async () => (await bench.client('GET /api/settings/file', { as: bench.owner })).body
const validate = async (text: string) =>
  (await bench.client('POST /api/settings/validate', { as: bench.owner, body: { text } })).body
const write = (body: { text: string; digest: string | null }) =>
  bench.client('PUT /api/settings/file', { as: bench.owner, body })
const routes = async () => (await bench.client('GET /api/routes', { as: bench.owner })).body.items

describe('paddock.yaml', () => {
  beforeEach(() => {
    writeFileSync(path, YAML)
  })

  it('is shown without its secrets, and comes back with them', async () => {
    const { text, digest, exists, writable, faults, path: shownPath } = await read()
    expect([exists, writable, faults, shownPath]).toEqual([true, true, [], path])
    expect(text).not.toContain('canary')
    expect(text).toContain('api_key: "${FAR_KEY}"')
    expect(text).toContain('secret: <kept-secret-')
    const changed = text.replace('candidates: [{ model: lab/small }]', 'candidates: [{ model: lab/large }]')
    expect(await validate(changed)).toEqual({ ok: true, faults: [], warnings: [] })
    const { status, body } = await write({ text: changed, digest })
    expect([status, body.path, body.needs_restart]).toEqual([200, path, []])
    expect(readFileSync(path, 'utf8')).toBe(YAML.replace('{ model: lab/small }', '{ model: lab/large }'))
    // In force when the answer is there.
    expect((await routes())[0].candidates).toMatchObject([{ model: 'lab/large' }])
    expect((await read()).digest).toBe(body.digest)
  })

  it('is not written over what somebody else has written meanwhile', async () => {
    const { text, digest } = await read()
    writeFileSync(path, `${YAML}# by hand\n`)
    const { status, code } = await write({ text, digest })
    expect([status, code]).toEqual([409, 'changed_meanwhile'])
    expect(readFileSync(path, 'utf8')).toBe(`${YAML}# by hand\n`)
  })

  it('is told everything that is wrong with a text, at its place in what was sent, and nothing is changed', async () => {
    const { text } = await read()
    const bad = text
      .replace('models: [small, large]', 'models: [small, large], colour: red')
      .replace('routes:', 'routs: []\nroutes:')
      .replace('candidates: [', 'strategy: best, candidates: [')
    const { ok, faults } = await validate(bad)
    expect(ok).toBe(false)
    const placed = (sign: string) => {
      const line = bad.split('\n').findIndex((each: string) => each.includes(sign))
      return { line: line + 1 }
    }
    expect(faults).toMatchObject([
      {
        ...placed('colour'),
        where: 'providers.lab',
        what: expect.stringContaining('colour'),
        fix: expect.stringContaining('Take it out'),
      },
      { ...placed('strategy: best'), where: 'routes.0.strategy' },
      { ...placed('routs: '), what: expect.stringContaining('routs') },
    ])
    expect(bad.split('\n')[faults[1].line - 1].slice(faults[1].column - 1)).toMatch(/^best/)

    // Parts that are built one behind the other hide no fault of the next.
    const price = '  - { model: lab/small, currency: CNY, per: 7, input: "1" }\n'
    const both = `${text.replace('lab/small', 'nowhere')}prices:\n${price}budgets:\n  - { scope: team, amount: 5, window: day }\n`
    expect((await validate(both)).faults).toMatchObject([{ where: 'budgets.0.amount', fix: null }])
    const built = `${text.replace('lab/small', 'nobody/none')}prices:\n${price}`
    expect((await validate(built)).faults).toMatchObject([
      { line: 9, what: expect.stringContaining('divisor of a million') },
      { line: 6, what: expect.stringContaining('no provider offers') },
    ])
    expect((await validate('a: [1')).faults[0]).toMatchObject({ line: 1, fix: expect.any(String) })
    expect((await validate('')).ok).toBe(false)
    const { status, body } = await write({ text: bad, digest: (await read()).digest })
    expect([status, body.error.code]).toEqual([400, 'config_invalid'])
    expect(body.error.message).toContain('routes.0.strategy')
    expect(readFileSync(path, 'utf8')).toBe(YAML)
  })

  it.each<[string, (text: string) => string, string]>([
    [
      'a secret to another address',
      (text) => text.replace('http://127.0.0.1:9/v1', 'https://evil.example/v1'),
      'providers.lab.api_key',
    ],
    ['a secret into a name', (text) => text.replace('name: chat', 'name: <kept-secret-2>'), 'routes.*.name'],
    ['the secret of a hook', (text) => text.replace('hooks.example', 'evil.example'), 'alerts.webhook.secret'],
    ['an environment variable', (text) => text.replace('name: chat', 'name: "${OTHER}"'), 'routes.*.name'],
    ['a variable to another address', (text) => text.replace('far.example', 'evil.example'), 'providers.far.api_key'],
    [
      'a secret by way of an anchor',
      (text) => text.replace('api_key: <', 'api_key: &key <').replace('name: chat', 'name: *key'),
      'routes.*.name',
    ],
    ['requests into this network', (text) => text.replace('far.example', '169.254.169.254'), 'providers.far.base_url'],
    ['files anywhere', (text) => `${text}books: { archive: /etc }\n`, 'books.archive'],
    [
      'who may sign in',
      (text) => `${text}sign_in: { oidc: { issuer: "https://id.example.com", client_id: paddock } }\n`,
      'sign_in.oidc.issuer',
    ],
    ['the server elsewhere', (text) => `${text}server: { host: 0.0.0.0 }\n`, 'server.host'],
    ['a mark that stands for nothing', (text) => text.replace('${FAR_KEY}', '<kept-secret-99>'), '<kept-secret-99>'],
  ])('cannot be made to send %s', async (_what, change, where) => {
    const { text, digest } = await read()
    const { ok, faults } = await validate(change(text))
    expect(ok).toBe(false)
    expect(JSON.stringify(faults)).toContain(where)
    expect((await write({ text: change(text), digest })).code).toBe('config_invalid')
    expect(readFileSync(path, 'utf8')).toBe(YAML)
  })

  it('takes new secrets and public addresses as they are typed, and keeps the rights of the file', async () => {
    const { text, digest } = await read()
    const mode = statSync(path).mode
    const typed = `${text.replace('<kept-secret-2>', 'sk-typed-anew-1234')}`.replace('far.example', 'near.example')
    const done = await write({ text: typed.replace('${FAR_KEY}', 'sk-typed-too-1234'), digest })
    expect(done.status).toBe(200)
    expect(readFileSync(path, 'utf8')).toContain('api_key: sk-typed-anew-1234')
    expect(statSync(path).mode).toBe(mode)
    expect((await read()).text).not.toContain('sk-typed')
  })

  it('is for owners and admins; each change is in the audit log', async () => {
    const developer = await bench.join(bench.owner, 'dev@example.com', 'developer')
    expect((await bench.client('GET /api/settings/file', { as: developer })).code).toBe('role_missing')
    const { text, digest } = await read()
    await write({ text: `${text}# more\n`, digest })
    const { body } = await bench.client('GET /api/audit?action=settings.write&limit=1', { as: bench.owner })
    expect(body.items).toMatchObject([{ outcome: 'done', target: path, actor: { name: 'owner@example.com' } }])
    expect(body.items[0].before).not.toBe(body.items[0].after)
  })
})

it('is made where it would be looked for, where there was none, and watched from then on', async () => {
  await using own = await openBench()
  const place = join(own.workspace.folder, 'paddock.yaml')
  own.server.kill('SIGTERM')
  await own.server.exited
  rmSync(place)
  const server = await own.workspace.serve({ environment: { PADDOCK_PRACTICE_SPEED: '0' } })
  const client = clientOf(server.url)
  const { session } = await client('POST /api/session', { body: { email: 'owner@example.com', password: PASSWORD } })
  const as = { session }
  const { body: none } = await client('GET /api/settings/file', { as })
  expect(none).toEqual({ path: place, exists: false, text: '', digest: null, writable: true, faults: [] })
  const text = 'routes:\n  - { name: chat, candidates: [{ model: practice/yi-large }] }\n'
  expect((await client('PUT /api/settings/file', { as, body: { text, digest: null } })).status).toBe(200)
  expect(statSync(place).mode & 0o077).toBe(0)
  expect((await client('GET /api/routes', { as })).body.items).toMatchObject([{ name: 'chat' }])
  writeFileSync(place, text.replace('chat', 'talk'))
  for (;;) {
    const { body } = await client('GET /api/routes', { as })
    if (body.items[0].name === 'talk') break
  }
  expect((await client('GET /api/settings', { as })).body.config_file).toBe(place)
})
