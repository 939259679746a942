import { readFileSync } from 'node:fs'
import { API } from '@paddock/contract/control/api'
import { ROLES, type Endpoint } from '@paddock/contract/control/endpoint'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makePasskey } from './authenticator.ts'
import { openBench, PASSWORD, tokenOf, type Answered, type Bench, type Credential } from './client.ts'

/**
 * Who may do what, through HTTP: every endpoint, asked by everybody, for what is their own, somebody else's and nobody's.
 * What is expected stands in docs/reference/control-api.md: a rule that changes has to be changed there, too.
 */

type Row = {
  readonly name: string
  readonly method: string
  readonly path: string
  readonly who: string
  readonly of: string
  readonly key: string
}

const ENDPOINTS = Object.entries(API).flatMap(([subject, endpoints]) =>
  Object.entries<Endpoint>(endpoints).map(([verb, endpoint]) => [`${subject}.${verb}`, endpoint] as const),
)

function documented(): Row[] {
  const [, table = ''] = readFileSync('docs/reference/control-api.md', 'utf8').split(/<!-- \/?endpoints -->/)
  return table
    .trim()
    .split('\n')
    .slice(2)
    .map((line) => {
      const [, name = '', address = '', who = '', of = '', key = ''] = line
        .split('|')
        .map((cell) => cell.trim().replaceAll('`', ''))
      const [method = '', path = ''] = address.split(' ')
      return { name, method, path, who, of, key }
    })
}

/** Somebody who asks. `home`: of the first organisation. */
type Asker = {
  readonly who: string
  readonly as: () => Credential
  readonly role: string | null
  readonly home: boolean
  readonly scope: 'admin' | 'read' | 'call' | null
  /** The code that all of its requests are refused with, whatever they ask for. */
  readonly refused: string | null
}

let bench: Bench
const askers: Asker[] = []
/** What belongs to either organisation, and what belongs to nobody. */
const ids: Record<'home' | 'away', Record<string, string>> = { home: {}, away: {} }
const NOBODYS = '01900000-0000-7000-8000-000000000000'

beforeAll(async () => {
  bench = await openBench()
  const { client, owner } = bench
  const made = await client('POST /api/organisations', {
    as: owner,
    body: { name: 'away', owner_email: 'away@example.com' },
  })
  const body = { token: tokenOf(made.body.link), name: 'Ada', password: PASSWORD }
  const away = { session: (await client('POST /api/session/invitation', { body })).session }
  for (const [where, chief] of [
    ['home', owner],
    ['away', away],
  ] as const) {
    await fill(where, chief)
  }
  askers.push(
    { who: 'nobody', as: () => null, role: null, home: false, scope: null, refused: 'session_missing' },
    ...['paddock_session=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', await endedSession()].map((session, index) => ({
      who: index === 0 ? 'a made-up session' : 'a session that has ended',
      as: () => ({ session }),
      role: null,
      home: false,
      scope: null,
      refused: 'session_ended',
    })),
    {
      who: 'a revoked key',
      as: () => ({ key: revoked }),
      role: null,
      home: true,
      scope: null,
      refused: 'key_revoked',
    },
  )
}, 120_000)
afterAll(() => bench[Symbol.asyncDispose]())

let revoked = ''

async function fill(where: 'home' | 'away', chief: { session: string }): Promise<void> {
  const { client, join } = bench
  const home = where === 'home'
  for (const role of ROLES) {
    let { session } = role === 'owner' ? chief : await join(chief, `${role}@${where}.example.com`, role)
    askers.push({ who: `${role} ${where}`, as: () => ({ session }), role, home, scope: null, refused: null })
    // Whoever signs out in the matrix signs in again by hand.
    again.set(`${role} ${where}`, (next) => (session = next))
  }
  for (const scope of ['admin', 'read', 'call'] as const) {
    const key = await client('POST /api/keys', { as: chief, body: { name: scope, scopes: [scope] } })
    askers.push({
      who: `${scope} key ${where}`,
      as: () => ({ key: key.body.secret }),
      role: scope === 'admin' ? 'admin' : 'viewer',
      home,
      scope,
      refused: scope === 'call' ? 'scope_missing' : null,
    })
  }
  const key = await client('POST /api/keys', { as: chief, body: { name: 'spare' } })
  const member = await join(chief, `spare@${where}.example.com`, 'viewer')
  const open = await client('POST /api/people/invitations', {
    as: chief,
    body: { email: `open@${where}.example.com`, role: 'viewer' },
  })
  const budget = await client('POST /api/budgets', {
    as: chief,
    body: { scope: 'end_user', id: 'spare', amount: '1 CNY', window: 'day' },
  })
  const asked = await bench.server.post(
    { model: 'practice/gemini-1.5-flash', messages: [{ role: 'user', content: 'hello' }] },
    { key: key.body.secret },
  )
  ids[where] = {
    key: key.body.key.id,
    budget: budget.body.budget_id,
    member: member.id,
    invitation: open.body.invitation.id,
    passkey: await makePasskey(bench.server.url, chief),
    request: asked.headers.get('x-request-id') ?? '',
  }
  if (home) {
    const doomed = await client('POST /api/keys', { as: chief, body: { name: 'doomed', scopes: ['admin'] } })
    revoked = doomed.body.secret
    await client(`POST /api/keys/${doomed.body.key.id}/revoke`, { as: chief })
  }
}

const again = new Map<string, (session: string) => void>()

async function endedSession(): Promise<string> {
  const { client } = bench
  const opened = await client('POST /api/session', { body: { email: 'owner@example.com', password: PASSWORD } })
  await client('DELETE /api/session', { as: { session: opened.session } })
  return opened.session
}

/** What the id of a path is an id of. Providers belong to all. */
const SUBJECTS: Readonly<Record<string, string>> = {
  '/api/requests/{id}': 'request',
  '/api/keys/{id}': 'key',
  '/api/keys/{id}/revoke': 'key',
  '/api/budgets/{id}': 'budget',
  '/api/budgets/{id}/end': 'budget',
  '/api/people/{id}': 'member',
  '/api/session/passkeys/{id}': 'passkey',
  '/api/people/invitations/{id}': 'invitation',
}

/** The code a request must be refused with; null where it must not be refused. */
function refusalOf({ who, of, key }: Row, asker: Asker): string | null {
  if (who === 'anyone') return null
  if (asker.refused !== null) return asker.refused
  if (who === 'whoever has signed in') return asker.scope === null ? null : 'scope_missing'
  if (who !== 'every role' && !who.split(', ').includes(asker.role ?? '')) return 'role_missing'
  if (of === 'installation' && !asker.home) return 'role_missing'
  return asker.scope === 'read' && key !== 'read' ? 'scope_missing' : null
}

const REFUSALS: ReadonlySet<string> = new Set([
  'session_missing',
  'session_ended',
  'key_revoked',
  'scope_missing',
  'role_missing',
  'origin_refused',
])

async function send(
  row: Row,
  asker: Asker,
  { id, headers }: { id: string; headers?: Record<string, string> },
): Promise<Answered> {
  const { client } = bench
  const path = row.path.replace('{id}', id) as '/api/'
  const endpoint = ENDPOINTS.find(([name]) => name === row.name)?.[1]
  const answered = await client(`${row.method} ${path}`, {
    as: asker.as(),
    ...(endpoint?.body === undefined ? {} : { body: {} }),
    ...(headers === undefined ? {} : { headers }),
  })
  const renew = again.get(asker.who)
  if (row.name === 'session.signOut' && answered.status === 200 && renew) {
    const email =
      asker.who === 'owner home'
        ? 'owner@example.com'
        : asker.who === 'owner away'
          ? 'away@example.com'
          : `${asker.who.replace(' ', '@')}.example.com`
    renew((await client('POST /api/session', { body: { email, password: PASSWORD } })).session)
  }
  return answered
}

describe('the control plane', () => {
  it('has the rules that are documented, for every endpoint and no other', () => {
    const rules = ENDPOINTS.map(([name, { method, path, rule }]) => {
      const open = rule.who === 'anyone' || rule.who === 'person'
      const roles = open || rule.who.length === ROLES.length ? 'every role' : rule.who.join(', ')
      return {
        name,
        method,
        path,
        who: rule.who === 'anyone' ? 'anyone' : rule.who === 'person' ? 'whoever has signed in' : roles,
        of: open ? '' : rule.of,
        key: open ? '' : rule.readKey === true ? 'read' : rule.who.includes('admin') ? 'admin' : '',
      }
    })
    expect(documented()).toEqual(rules)
  })

  let cases = 0
  it.each(documented().map((row) => [row.name, row] as const))(
    'lets nobody but those who may use %s',
    async (_name, row) => {
      const wrong: object[] = []
      const subject = SUBJECTS[row.path]
      for (const asker of askers) {
        const expected = refusalOf(row, asker)
        const own = ids[asker.home ? 'home' : 'away']
        const foreign = ids[asker.home ? 'away' : 'home']
        // Revoking, withdrawing and the like really happen: the last id is what is asker's own, so the foreign is seen first.
        const targets = !row.path.includes('{id}')
          ? ['']
          : subject === undefined
            ? [NOBODYS, 'practice']
            : [NOBODYS, foreign[subject] ?? '', own[subject] ?? '']
        const texts: string[] = []
        for (const id of targets) {
          const answered = await send(row, asker, { id })
          cases += 1
          const refused = answered.code !== null && REFUSALS.has(answered.code) ? answered.code : null
          if (refused !== expected)
            wrong.push({ who: asker.who, id, expected, got: answered.code, status: answered.status })
          if (answered.status >= 500) wrong.push({ who: asker.who, id, text: answered.text })
          texts.push(`${answered.status} ${answered.text.replaceAll(id === '' ? '-' : id, 'ID')}`)
        }
        if (subject !== undefined && texts[0] !== texts[1])
          wrong.push({ who: asker.who, foreign: texts[1], nobodys: texts[0] })
        if (subject !== undefined && expected === null && !texts[0]?.startsWith('40'))
          wrong.push({ who: asker.who, nobodys: texts[0] })
      }
      expect(wrong).toEqual([])
    },
  )

  const CHANGES = documented().filter(({ method, who }) => method !== 'GET' && who !== 'anyone')
  it.each([
    ['without the header of our own pages', {}],
    ['from a page of another site', { 'x-paddock': '1', origin: 'https://evil.example' }],
    ['from a page without an origin', { 'x-paddock': '1', origin: 'null' }],
    ['that the browser says another site made', { 'x-paddock': '1', 'sec-fetch-site': 'cross-site' }],
    ['from a neighbour of the site', { 'x-paddock': '1', 'sec-fetch-site': 'same-site' }],
  ])('refuses every change with a session %s', async (_what, headers) => {
    const wrong: object[] = []
    for (const row of CHANGES) {
      for (const asker of askers.filter(({ scope, refused }) => scope === null && refused === null)) {
        const { code } = await send(row, asker, { id: 'practice', headers })
        cases += 1
        if (code !== 'origin_refused') wrong.push({ who: asker.who, name: row.name, got: code })
      }
    }
    expect(wrong).toEqual([])
  })

  it('has been asked at least two thousand times', () => {
    expect(cases).toBeGreaterThanOrEqual(2_000)
  })
})
