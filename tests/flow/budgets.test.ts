import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import type { BudgetRecord } from '@paddock/contract/budgets'
import { describe, expect, it } from 'vitest'
import { seeded } from '../seed.ts'
import { openAlertReceiver } from '../stand-ins/alert-receiver.ts'
import { openTestbed, sharedTestbed, type Testbed } from '../testbed.ts'

/** Budgets as callers and operators meet them: nothing is spent beyond them, nothing stays held, and everybody is told why. */

const PROVIDERS = (url: string): string[] => [
  'providers:',
  `  lab: { base_url: "${url}", api_key: any, currency: CNY }`,
  `  calm: { base_url: "${url}", api_key: any, currency: CNY }`,
  `  far: { base_url: "${url}", api_key: any, currency: USD }`,
  `  bare: { base_url: "${url}", api_key: any, models: [small] }`,
  'prices:',
  '  - { model: lab/small, match: prefix, currency: CNY, per: 1, input: "0.001", output: "0.01", valid_from: 2024-01-01 }',
  '  - { model: calm/small, currency: CNY, per: 1, input: "0.001", output: "0.01", valid_from: 2024-01-01 }',
  '  - { model: far/small, match: prefix, currency: USD, per: 1, input: "0.001", output: "0.01", valid_from: 2024-01-01 }',
]

const messages = [{ role: 'user', content: 'a question' }]

type Asking = { readonly key: string; readonly path?: string; readonly signal?: AbortSignal }

function ask(
  { server }: Testbed,
  body: object,
  { key, path = '/v1/chat/completions', signal }: Asking,
): Promise<Response> {
  return fetch(server.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'lab/small', messages, ...body }),
    ...(signal ? { signal } : {}),
  })
}

async function budgetsOf({ server }: Testbed, key: string): Promise<readonly BudgetRecord[]> {
  const response = await fetch(`${server.url}/v1/usage`, { headers: { authorization: `Bearer ${key}` } })
  return ((await response.json()) as { data: { budgets: BudgetRecord[] } }).data.budgets
}

async function listed({ workspace }: Testbed): Promise<BudgetRecord[]> {
  const { out } = await workspace.run(['budgets', 'list', '--json'])
  return out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as BudgetRecord)
}

async function keyWith({ workspace }: Testbed, ...args: string[]): Promise<string> {
  return (await workspace.makeKey(...args)).key
}

const lastAsked = (testbed: Testbed): Record<string, unknown> =>
  JSON.parse(testbed.lastBody()) as Record<string, unknown>

describe('many at once', () => {
  it(
    '[B28] [B29] never spend more than there is, whatever they ask for and however they end',
    { timeout: 120_000 },
    async () => {
      const random = seeded()
      const message = `seed ${random.seed}`
      await using testbed = await openTestbed((url) => [
        ...PROVIDERS(url),
        'budgets:',
        '  - { scope: team, name: search, amount: 20 CNY, window: month, alerts: [] }',
        '  - { scope: end_user, amount: 6 CNY, window: day, alerts: [] }',
      ])
      const keys: string[] = []
      for (const name of ['a', 'b', 'c']) keys.push(await keyWith(testbed, '--name', name, '--team', 'search'))
      const statuses: number[] = []
      const client = async (name: number): Promise<void> => {
        for (let count = 0; count < 4; count += 1) {
          const chunks = random.between(1, 90)
          const body = {
            stream: random.below(2) === 0,
            user: `user-${name % 5}`,
            ...(random.below(4) === 0 ? {} : { max_tokens: chunks }),
            'x-fake': {
              chunks,
              chunkDelayMs: random.below(3),
              status: random.pick([200, 200, 200, 200, 400]),
            },
          }
          const leaves = new AbortController()
          if (random.below(8) === 0) void after(random.below(40)).then(() => leaves.abort())
          try {
            const response = await ask(testbed, body, { key: random.pick(keys), signal: leaves.signal })
            statuses.push(response.status)
            await response.text()
          } catch {
            // It has hung up, or the provider broke the answer off.
          }
        }
      }
      await Promise.all(Array.from({ length: 50 }, (_, name) => client(name)))
      await testbed.provider.idle()
      const entries = await settledEntries(testbed)
      const charged = (user: string | null): number =>
        entries
          .filter(({ end_user }) => user === null || end_user === user)
          .reduce((sum, { charge }) => sum + Number(charge.amount), 0)
      expect(charged(null), message).toBeLessThanOrEqual(20)
      expect(charged(null), message).toBeGreaterThan(6)
      for (let user = 0; user < 5; user += 1) expect(charged(`user-${user}`), message).toBeLessThanOrEqual(6)
      expect(new Set(statuses), message).toContain(200)
      expect(
        [...new Set(statuses)].filter((status) => ![200, 400, 402, 429].includes(status)),
        message,
      ).toEqual([])
      const [team] = await budgetsOf(testbed, keys[0] ?? '')
      expect(Number(team?.held), message).toBe(0)
      expect(Number(team?.spent), message).toBeCloseTo(charged(null), 9)
      const again = (await listed(testbed)).find(({ scope }) => scope === 'team')
      expect(again, message).toMatchObject(team ?? {})
    },
  )
})

/** The entries once no request is open any more. */
async function settledEntries(testbed: Testbed) {
  for (;;) {
    const metrics = await (await fetch(`${testbed.server.url}/metrics`)).text()
    const idle = ['paddock_open_requests', 'paddock_journal_undrained_bytes'].map((name) => `\n${name} 0\n`)
    if (idle.every((line) => metrics.includes(line))) return testbed.workspace.entries()
    await after(20)
  }
}

describe('a budget', () => {
  const shared = sharedTestbed((url) => [
    ...PROVIDERS(url),
    'routes:',
    '  - { name: cheap, candidates: [{ model: bare/small }, { model: far/small }, { model: lab/small }] }',
    'budgets:',
    '  - { scope: key, name: laptop, amount: 2 CNY, window: day, zone: Asia/Shanghai }',
    '  - { scope: team, name: soft, amount: 0.01 CNY, window: day, hard: false }',
    '  - { scope: model, name: lab/small+tight, amount: 0.5 CNY, window: 5h }',
  ])

  it.each([
    ['/v1/chat/completions', 'max_tokens', {}],
    ['/v1/chat/completions', 'max_completion_tokens', { max_completion_tokens: 5_000 }],
    ['/v1/responses', 'max_output_tokens', { messages: undefined, input: 'a question', max_output_tokens: 5_000 }],
    ['/v1/messages', 'max_tokens', { max_tokens: 5_000 }],
  ])('[B36] asks %s for no longer an answer than can be paid for, in %s', async (path, name, body) => {
    const testbed = shared()
    const key = await keyWith(testbed, '--budget', '2CNY/day')
    const response = await ask(testbed, body, { key, path })
    expect(response.status).toBe(200)
    const told = Number(response.headers.get('x-paddock-max-tokens'))
    expect(told).toBeGreaterThan(180)
    expect(told).toBeLessThan(200)
    const asked = lastAsked(testbed)
    expect(asked[path === '/v1/chat/completions' ? name : 'max_tokens']).toBe(told)
  })

  it('[B34] that is spent is refused with 402, and one that is held with 429, in the spelling of the caller', async () => {
    const testbed = shared()
    const key = await keyWith(testbed, '--name', 'laptop')
    const running = ask(
      testbed,
      { max_tokens: 190, 'x-fake': { chunks: 190, firstDelayMs: 1_500, promptTokens: 20 } },
      { key },
    )
    while (Number((await budgetsOf(testbed, key))[0]?.held) === 0) await after(10)
    const held = await ask(testbed, {}, { key })
    expect(held.status).toBe(429)
    expect(Number(held.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await held.json()).toMatchObject({
      error: { type: 'rate_limit_error', code: 'budget_held', limit_source: 'key' },
    })
    const message = await ask(testbed, { max_tokens: 64 }, { key, path: '/v1/messages' })
    expect(await message.json()).toMatchObject({
      type: 'error',
      error: { type: 'rate_limit_error', code: 'budget_held' },
    })
    await (await running).text()

    const before = testbed.provider.requests().length
    const spent = await ask(testbed, {}, { key })
    expect(spent.status).toBe(402)
    const { error } = (await spent.json()) as { error: Record<string, unknown> }
    expect(error).toMatchObject({ type: 'billing_error', code: 'budget_exhausted', limit_source: 'key' })
    expect(error['message']).toMatch(
      /^Budget of key laptop: 2 CNY for day \(Asia\/Shanghai\), spent 1\.92 CNY, .* It begins anew at .*T16:00:00\.000Z/,
    )
    const told = await ask(testbed, { max_tokens: 64 }, { key, path: '/v1/messages' })
    expect(told.status).toBe(402)
    expect(await told.json()).toMatchObject({
      type: 'error',
      error: { type: 'billing_error', code: 'budget_exhausted', limit_source: 'key' },
    })
    expect(testbed.provider.requests().length).toBe(before)
  })

  it('[B33] refuses what nobody knows the price of, and what is priced in another currency', async () => {
    const testbed = shared()
    const key = await keyWith(testbed, '--budget', '2CNY/day')
    for (const [model, why] of [
      ['bare/small', 'has no price'],
      ['far/small', 'is priced in USD'],
    ]) {
      const response = await ask(testbed, { model }, { key })
      expect(response.status).toBe(422)
      const { error } = (await response.json()) as { error: Record<string, unknown> }
      expect(error).toMatchObject({ code: 'price_unknown', type: 'invalid_request_error', param: '/model' })
      expect(error['message']).toContain(why)
    }
  })

  it('[B37] sends a request past the candidates that it cannot judge', async () => {
    const testbed = shared()
    const response = await ask(
      testbed,
      { model: 'cheap', max_tokens: 10 },
      { key: await keyWith(testbed, '--budget', '2CNY/day') },
    )
    expect(response.headers.get('x-paddock-provider')).toBe('lab')
    const unlimited = await ask(testbed, { model: 'cheap', max_tokens: 10 }, { key: testbed.key })
    expect(unlimited.headers.get('x-paddock-provider')).toBe('bare')
  })

  it('[B33] that is soft refuses nothing', async () => {
    const testbed = shared()
    const key = await keyWith(testbed, '--team', 'soft')
    for (const model of ['lab/small', 'lab/small', 'far/small', 'bare/small'])
      expect((await ask(testbed, { model, max_tokens: 20 }, { key })).status).toBe(200)
    const [budget] = await budgetsOf(testbed, key)
    expect(budget).toMatchObject({ scope: 'team', hard: false, left: '0.000000000000', held: '0.000000000000' })
    expect(Number(budget?.spent)).toBeCloseTo(2 * 0.062, 9)
  })

  it('[B34] of a model is for all who call it, and names itself', async () => {
    const testbed = shared()
    const { workspace } = testbed
    const model = 'lab/small+tight'
    const refused = await ask(
      testbed,
      { model, max_tokens: 64, messages: [{ role: 'user', content: 'long '.repeat(300) }] },
      { key: testbed.key },
    )
    expect(await refused.json()).toMatchObject({ error: { code: 'budget_exhausted', limit_source: 'model' } })
    const { out } = await workspace.run(['budgets'])
    expect(out).toMatch(/model +lab\/small\+tight +0\.5 CNY +5h/)
  })

  it('[B29] holds nothing for requests that were refused, failed or given up', async () => {
    const testbed = shared()
    const key = await keyWith(testbed, '--budget', '2CNY/day')
    const statuses = []
    for (const fake of [{ status: 500 }, { status: 400 }, { fault: 'reset_headers' }, { fault: 'html' }]) {
      const response = await ask(testbed, { max_tokens: 100, 'x-fake': fake }, { key })
      statuses.push(response.status)
      await response.text()
    }
    expect(statuses.filter((status) => status === 200)).toEqual([])
    const leaves = new AbortController()
    const given = ask(
      testbed,
      { model: 'calm/small', max_tokens: 100, 'x-fake': { fault: 'hang_headers' } },
      { key, signal: leaves.signal },
    )
    while (Number((await budgetsOf(testbed, key))[0]?.held) === 0) await after(10)
    leaves.abort()
    await expect(given).rejects.toThrow()
    while (Number((await budgetsOf(testbed, key))[0]?.held) > 0) await after(10)
    expect((await budgetsOf(testbed, key))[0]).toMatchObject({ held: '0.000000000000' })
  })
})

describe('an operator', () => {
  it('[B32] changes budgets while the server runs, and what was spent stays spent', { timeout: 60_000 }, async () => {
    await using testbed = await openTestbed((url) => [...PROVIDERS(url), 'budgets: []'])
    const { workspace } = testbed
    const { id, key } = await workspace.makeKey('--name', 'laptop')
    await (await ask(testbed, { max_tokens: 50 }, { key })).text()
    expect(await budgetsOf(testbed, key)).toEqual([])

    expect((await workspace.run(['keys', 'set', id, '--budget', '0.07CNY/month'])).code).toBe(0)
    while ((await budgetsOf(testbed, key)).length === 0) await after(50)
    expect((await budgetsOf(testbed, key))[0]).toMatchObject({ amount: '0.070000000000', spent: '0.062000000000' })
    expect((await ask(testbed, { max_tokens: 50 }, { key })).status).toBe(402)

    const file = join(workspace.folder, 'paddock.yaml')
    const yaml = readFileSync(file, 'utf8')
    writeFileSync(file, yaml.replace('budgets: []', 'budgets: [{ scope: team, amount: 0.08 CNY, window: week }]'))
    while ((await budgetsOf(testbed, key)).length === 1) await after(50)
    expect((await budgetsOf(testbed, key)).map(({ scope, spent }) => [scope, spent])).toEqual([
      ['team', '0.062000000000'],
      ['key', '0.062000000000'],
    ])
    expect((await listed(testbed)).map(({ scope, name, spent }) => [scope, name, spent])).toEqual([
      ['team', 'default', '0.062000000000'],
      ['key', 'laptop', '0.062000000000'],
    ])
  })

  it('[B28] holds and spends what callers are charged, where that is not the cost', async () => {
    await using testbed = await openTestbed((url) => [
      ...PROVIDERS(url),
      'charges: [{ add_percent: "100" }]',
      'budgets: [{ scope: key, amount: 2 CNY, window: day }]',
    ])
    const response = await ask(testbed, { max_tokens: 1_000 }, { key: testbed.key })
    await response.text()
    const told = Number(response.headers.get('x-paddock-max-tokens'))
    expect(told).toBeGreaterThan(90)
    expect(told).toBeLessThan(100)
    expect((await budgetsOf(testbed, testbed.key))[0]).toMatchObject({
      spent: '0.124000000000',
      held: '0.000000000000',
    })
  })

  it.each([
    [
      'amount: 500, window: day',
      /paddock\.yaml:11:36: budgets\.0\.amount: write an amount with its currency, such as 500 CNY/,
    ],
    ['amount: 5 CNY, window: year', /budgets\.0\.window: write day, week or month, or a rolling window/],
    ['amount: 5 CNY, window: day, zone: Moon', /budgets\.0\.zone: write a time zone by its IANA name/],
    ['amount: 5 CNY, window: day, alerts: [0.5]', /budgets\.0\.alerts\.0/],
  ])('is told where a budget of "%s" is wrong', async (written, complaint) => {
    const opening = openTestbed((url) => [...PROVIDERS(url), 'budgets: ', `  - { scope: key, name: k, ${written} }`])
    await expect(opening).rejects.toThrow(complaint)
  })

  it('[B35] hears of thresholds by webhook, signed, and again until it is taken', { timeout: 60_000 }, async () => {
    await using receiver = await openAlertReceiver()
    const { heard } = receiver
    await using testbed = await openTestbed((url) => [
      ...PROVIDERS(url),
      'budgets:',
      '  - { scope: team, amount: 0.1 CNY, window: day, hard: false, alerts: [60] }',
      ...receiver.yaml,
    ])
    for (let count = 0; count < 3; count += 1)
      await (await ask(testbed, { max_tokens: 5 }, { key: testbed.key })).text()
    while (heard.length < 2) await after(50)
    expect(new Set(heard.map(({ id }) => id)).size).toBe(1)
    expect(heard.map(({ isSigned }) => isSigned)).toEqual([true, true])
    expect(heard[1]).toMatchObject({
      type: 'budget.threshold',
      data: { percent: 60, budget: { scope: 'team', amount: '0.100000000000', spent: '0.062000000000' } },
    })
    expect(testbed.server.log().match(/books\.budget_threshold/g)).toHaveLength(1)
  })
})
