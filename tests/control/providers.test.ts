import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { drained, openProviderBench, restarted, type Bench } from './client.ts'

/** Tells a balance as the page of the provider shows it, and refuses every other key. */
const BALANCES: Readonly<Record<string, object>> = {
  '/user/balance': { is_available: true, balance_infos: [{ currency: 'CNY', total_balance: '110.00' }] },
  '/v1/users/me/balance': { code: 0, data: { available_balance: 49.58894, voucher_balance: 46.58893 }, status: true },
}
const bank = createServer((request, response) => {
  const balance = BALANCES[request.url ?? '']
  const isKnown = request.headers.authorization === 'Bearer bank-key-1234'
  response.writeHead(!isKnown ? 401 : balance ? 200 : 404, { 'content-type': 'application/json' })
  response.end(JSON.stringify(balance ?? { error: 'no' }))
})

let bench: Bench

beforeAll(async () => {
  await new Promise<void>((resolve) => bank.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(bank.address() as AddressInfo).port}/v1`
  bench = await openProviderBench(
    (provider) => [
      'providers:',
      `  lab: { base_url: "${provider}", api_key: lab-key, models: [small], currency: CNY }`,
      `  deepseek: { base_url: "${url}", api_key: bank-key-1234, models: [deepseek-flash] }`,
      `  moonshot: { base_url: "${url}", api_key: bank-key-1234, models: [moonshot-v1-8k] }`,
      `  stepfun: { base_url: "${url}", api_key: wrong-key-1234, models: [step-1-8k] }`,
      `  gone: { base_url: "http://127.0.0.1:9/v1", api_key: k, models: [small] }`,
      'prices:',
      '  - { model: lab/small, currency: CNY, per: 1000, input: "1", output: "2", valid_from: 2024-01-01 }',
    ],
    { scripts: { large: {}, broken: {} } },
  )
})
afterAll(async () => {
  await bench[Symbol.asyncDispose]()
  await new Promise((resolve) => bank.close(resolve))
})

const get = async (path: string) =>
  (await bench.client(`GET /api/providers${path}` as 'GET /api/', { as: bench.owner })).body
const test = async (id: string) =>
  (await bench.client(`POST /api/providers/${id}/test`, { as: bench.owner, body: {} })).body

describe('a provider', () => {
  it('is asked for its own models, which are told apart from those on offer and those with a price', async () => {
    expect(await get('/lab/models')).toMatchObject({
      items: [
        { name: 'broken', offered: false, priced: false },
        { name: 'large', offered: false, priced: false },
        { name: 'small', offered: true, priced: true },
      ],
      error: null,
    })
  })

  it('is asked what is left of the money, where it tells', async () => {
    expect(await get('/deepseek/balance')).toMatchObject({
      told: true,
      balances: [{ amount: '110.00', currency: 'CNY' }],
      error: null,
    })
    expect(await get('/moonshot/balance')).toMatchObject({ balances: [{ amount: '49.58894', currency: 'CNY' }] })
    expect(await get('/lab/balance')).toMatchObject({ told: false, balances: [], error: null })
    expect((await bench.client('GET /api/providers/openai/balance', { as: bench.owner })).code).toBe('field_invalid')
  })

  it('is tested for real; what fails is told with what to do about it', async () => {
    expect(await test('lab')).toMatchObject({
      ok: true,
      model: 'lab/small',
      first_byte_ms: expect.any(Number),
      error: null,
    })
    for (const [id, code, next] of [
      ['gone', 'provider_unreachable', /base_url/],
      ['stepfun', 'provider_auth', /another key/],
    ] as const) {
      expect(await test(id)).toMatchObject({ ok: false, error: { code, next: expect.stringMatching(next) } })
      expect(await get(`/${id}/models`)).toMatchObject({
        items: [],
        error: { code, next: expect.stringMatching(next) },
      })
    }
  })

  it('is shown with what it did lately, and how fast', async () => {
    await drained(bench)
    const lab = await get('/lab')
    expect(lab.last_day).toMatchObject({ requests: 1, failed: 0, cost: [{ currency: 'CNY' }] })
    expect(lab.speeds).toMatchObject([{ model: 'small', first_byte_ms: expect.any(Number) }])
    expect((await get('/gone')).last_day).toMatchObject({ requests: 1, failed: 1 })
    const { items } = await get('')
    const seen = items.map(({ id, found_in, tells_balance }: Record<string, unknown>) => [id, found_in, tells_balance])
    expect(seen).toEqual(
      expect.arrayContaining([
        ['moonshot', 'paddock.yaml', true],
        ['openai', null, false],
      ]),
    )
  })
})

describe('a provider that is made in the console', () => {
  const key = 'sk-canary-made-4242'
  const setting = { base_url: 'https://api.models.example/v1/', key, models: ['fast', 'slow'], currency: 'CNY' }
  const put = (id: string, body: object) => bench.client(`PUT /api/providers/${id}`, { as: bench.owner, body })
  const offered = async () => (await bench.client('GET /api/models', { as: bench.owner })).text

  it('is offered at once and after a restart, with its key kept to its address, until it is removed', async () => {
    const { status, body, text } = await put('mine', setting)
    expect([status, body.active, body.made_here, body.found_in]).toEqual([200, true, true, 'the console'])
    expect(body).toMatchObject({ base_url: 'https://api.models.example/v1', entered_key: { last_four: '4242' } })
    expect(text).not.toContain('canary')
    expect(await offered()).toContain('mine/fast')

    bench = await restarted(bench)
    expect(await get('/mine')).toMatchObject({ active: true, keys: 1, currency: 'CNY', models: ['fast', 'slow'] })

    // The key stays while the address does, and goes with it.
    const { key: _, ...keyless } = setting
    expect((await put('mine', { ...keyless, models: ['fast'] })).body).toMatchObject({ keys: 1, models: ['fast'] })
    expect((await put('mine', { ...keyless, base_url: 'https://evil.example/v1' })).body).toMatchObject({
      keys: 0,
      entered_key: null,
    })
    expect((await bench.client('DELETE /api/providers/mine', { as: bench.owner })).body).toEqual({ done: true })
    expect(await offered()).not.toContain('mine/')
    expect((await bench.client('DELETE /api/providers/mine', { as: bench.owner })).code).toBe('not_found')
  })

  it.each([
    ['known', 'openai', setting, 'already_there'],
    ['in paddock.yaml', 'lab', setting, 'already_there'],
    ['called in another way', 'Mine%20', setting, 'field_invalid'],
    ['in this network', 'mine', { ...setting, base_url: 'https://10.0.0.8/v1' }, 'url_forbidden'],
    ['without models', 'mine', { ...setting, models: [] }, 'field_invalid'],
  ])('is refused where it is %s', async (_what, id, body, code) => {
    expect((await put(id, body)).code).toBe(code)
    expect((await bench.client('GET /api/providers/mine', { as: bench.owner })).code).toBe('not_found')
  })

  it('gives way to one of the same name in paddock.yaml', async () => {
    await put('later', setting)
    const file = join(bench.workspace.folder, 'paddock.yaml')
    const yaml = readFileSync(file, 'utf8')
    const own = '  later: { base_url: "http://127.0.0.1:9/v1", models: [own] }'
    writeFileSync(file, yaml.replace('providers:', `providers:\n${own}`))
    for (;;) {
      const later = await get('/later')
      if (later.found_in !== 'paddock.yaml') continue
      expect(later).toMatchObject({ models: ['own'], made_here: false, keys: 0 })
      break
    }
  })
})
