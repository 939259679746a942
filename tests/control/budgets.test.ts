import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { drained, openProviderBench, PASSWORD, restarted, tokenOf, type Bench } from './client.ts'

let bench: Bench

beforeAll(async () => {
  bench = await openProviderBench((provider) => [
    'providers:',
    `  lab: { base_url: "${provider}", api_key: lab-key, models: [small], currency: CNY }`,
    'prices:',
    '  - { model: lab/small, currency: CNY, per: 1, input: "1", output: "1", valid_from: 2024-01-01 }',
    'budgets:',
    '  - { scope: team, name: default, amount: 900000 CNY, window: month, hard: false }',
  ])
})
afterAll(() => bench[Symbol.asyncDispose]())

const ask = (user?: string) =>
  bench.server.post(
    { model: 'lab/small', max_tokens: 64, messages: [{ role: 'user', content: 'hello' }], user },
    { key },
  )
let key = ''
const call = (request: `${string} /api/${string}`, body?: object, as: { session: string } = bench.owner) =>
  bench.client(request, { as, ...(body === undefined ? {} : { body }) })
const listed = async (query = '') => (await call(`GET /api/budgets${query}`)).body.items

describe('[B66] a budget made in the console', () => {
  it('counts at once beside the others, is changed and ended, and stays over a restart', async () => {
    key = bench.server.started.firstKeys?.key ?? ''
    expect((await ask()).status).toBe(200)
    await drained(bench)
    const [team] = (await call('GET /api/teams')).body.items
    const body = { scope: 'team', id: team.id, amount: '0.5 CNY', window: 'day' }
    const { status, body: made } = await call('POST /api/budgets', body)
    expect([status, made.set_in, made.name, made.hard]).toEqual([201, 'console', 'default', true])
    // What was spent before it was made is spent of it.
    expect(Number(made.spent.amount)).toBeGreaterThan(0)
    expect((await ask()).status).toBe(402)
    expect((await listed('?scope=team')).map(({ set_in }: { set_in: string }) => set_in)).toEqual([
      'paddock.yaml',
      'console',
    ])
    expect(
      JSON.parse(`[${(await bench.workspace.run(['budgets', '--json'])).out.trim().replaceAll('\n', ',')}]`),
    ).toContainEqual(expect.objectContaining({ entered_id: made.budget_id, amount: '0.500000000000' }))

    bench = await restarted(bench)
    expect((await ask()).status).toBe(402)

    const { body: raised } = await call(`PATCH /api/budgets/${made.budget_id}`, { amount: '5000000 CNY' })
    expect(raised).toMatchObject({
      limit: { amount: '5000000.000000000000' },
      window: 'day',
      budget_id: made.budget_id,
    })
    expect((await ask()).status).toBe(200)
    await call(`PATCH /api/budgets/${made.budget_id}`, { amount: '0.5 CNY' })
    expect((await ask()).status).toBe(402)
    expect((await call(`POST /api/budgets/${made.budget_id}/end`)).body).toEqual({ done: true })
    expect((await ask()).status).toBe(200)
    expect(await listed('?set_in=console')).toEqual([])
    expect((await call(`POST /api/budgets/${made.budget_id}/end`)).code).toBe('not_found')
    expect((await call(`PATCH /api/budgets/${made.budget_id}`, { hard: false })).code).toBe('not_found')
  })

  it.each(['organisation', 'key', 'end_user', 'model'] as const)('is for one %s and nobody else', async (scope) => {
    const [own] = (await call('GET /api/keys')).body.items.filter(({ name }: { name: string }) => name === 'first key')
    const id = { organisation: undefined, key: own.id, end_user: 'alice', model: 'lab/small' }[scope]
    const { body: made } = await call('POST /api/budgets', { scope, id, amount: '0.5 CNY', window: '5h' })
    expect((await ask('alice')).status).toBe(402)
    expect((await ask('bob')).status).toBe(scope === 'end_user' ? 200 : 402)
    await call(`POST /api/budgets/${made.budget_id}/end`)
    expect((await ask('alice')).status).toBe(200)
  })

  it('is of one organisation: others neither see it, nor touch it, nor are under it, and set none for a model', async () => {
    const { client } = bench
    const opened = await call('POST /api/organisations', { name: 'away', owner_email: 'away@example.com' })
    const joined = await client('POST /api/session/invitation', {
      body: { token: tokenOf(opened.body.link), name: 'Ada', password: PASSWORD },
    })
    const away = { session: joined.session }
    const theirs = await call(
      'POST /api/budgets',
      { scope: 'end_user', id: 'carol', amount: '0.5 CNY', window: 'day' },
      away,
    )
    expect((await ask('carol')).status).toBe(200)
    expect(await listed('?scope=end_user')).toEqual([])
    const id = theirs.body.budget_id
    expect((await call(`PATCH /api/budgets/${id}`, { hard: false })).code).toBe('not_found')
    expect((await call('GET /api/budgets', undefined, away)).body.items).toMatchObject([{ budget_id: id, id: 'carol' }])
    const [team] = (await call('GET /api/teams')).body.items
    const terms = { amount: '1 CNY', window: 'day' }
    expect((await call('POST /api/budgets', { scope: 'team', id: team.id, ...terms }, away)).code).toBe('not_found')
    expect((await call('POST /api/budgets', { scope: 'model', id: 'lab/small', ...terms }, away)).code).toBe(
      'role_missing',
    )
  })

  it.each([
    ['no amount', { scope: 'team', id: 'x', amount: '5', window: 'day' }, '/amount'],
    ['no window', { scope: 'team', id: 'x', amount: '5 CNY', window: 'year' }, '/window'],
    ['nobody', { scope: 'team', amount: '5 CNY', window: 'day' }, '/id'],
  ])('is refused with %s', async (_what, body, param) => {
    const told = await call('POST /api/budgets', body)
    expect([told.code, told.body.error.param]).toEqual(['field_invalid', param])
  })
})
