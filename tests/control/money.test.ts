import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { openProviderBench, PASSWORD, tokenOf, type Bench, type Client, type Credential } from './client.ts'

/** What is about money: budgets, what-if, invoices, proposals; each organisation's own. */

let bench: Bench
let client: Client
let away: { session: string }

beforeAll(async () => {
  bench = await openProviderBench((provider) => [
    'providers:',
    `  lab: { base_url: "${provider}", api_key: any, models: [small], currency: CNY }`,
    `  openai: { base_url: "${provider}", api_key: any, models: [late] }`,
    'prices:',
    '  - { model: lab/small, currency: CNY, per: 1000000, input: "1", output: "2", valid_from: 2024-01-01 }',
    '  - { model: lab/dear, currency: CNY, per: 1000000, input: "10", output: "20", valid_from: 2024-01-01 }',
    'budgets:',
    '  - { scope: team, amount: 100 CNY, window: month }',
    '  - { scope: end_user, amount: 5 CNY, window: day }',
    '  - { scope: model, name: lab/small, amount: 50 CNY, window: month, hard: false }',
  ])
  client = bench.client
  const made = await client('POST /api/organisations', {
    as: bench.owner,
    body: { name: 'away', owner_email: 'a@away.example' },
  })
  const body = { token: tokenOf(made.body.link), name: 'Ada', password: PASSWORD }
  away = { session: (await client('POST /api/session/invitation', { body })).session }
})
afterAll(() => bench[Symbol.asyncDispose]())

async function ask(as: Credential, user: string): Promise<string> {
  const { body } = await client('POST /api/keys', {
    as,
    body: { name: user, team: 'red', budget: { amount: '7 CNY', window: 'month' } },
  })
  const answer = await bench.server.post(
    { model: 'lab/small', user, messages: [{ role: 'user', content: 'hello' }] },
    { key: body.secret },
  )
  expect(answer.status).toBe(200)
  return answer.headers.get('x-request-id') ?? ''
}

/** Asks until the ledger has caught up with what was settled. */
async function drained(): Promise<void> {
  for (;;) {
    const { body } = await client('GET /api/overview', { as: bench.owner })
    if (body.health.undrained === 0 && body.health.open_requests === 0) return
  }
}

describe('budgets', () => {
  it('are shown with what is spent and left; each organisation sees its own', async () => {
    const id = await ask(bench.owner, 'ann')
    await ask(away, 'bob')
    await drained()
    const { charge } = (await client(`GET /api/requests/${id}`, { as: bench.owner })).body.request
    const { body: own } = await client('GET /api/budgets', { as: bench.owner })
    const of = (list: { items: { scope: string; name: string }[] }, scope: string) =>
      list.items.filter((each) => each.scope === scope)
    expect(of(own, 'key')).toMatchObject([
      { limit: { amount: '7.000000000000', currency: 'CNY' }, spent: charge, hard: true },
    ])
    expect(of(own, 'team').find(({ name }) => name === 'red')).toMatchObject({ spent: charge, window: 'month' })
    expect(of(own, 'end_user')).toMatchObject([{ id: 'ann', spent: charge }])
    // Both asked the same of the same model, and only those who run the installation see the sum.
    const both = (2n * BigInt(charge.amount.replace('.', ''))).toString()
    expect(of(own, 'model')).toMatchObject([
      { hard: false, spent: { amount: expect.stringMatching(new RegExp(`${both}$`)) } },
    ])
    const { body: theirs } = await client('GET /api/budgets', { as: away })
    expect(of(theirs, 'end_user')).toMatchObject([{ id: 'bob' }])
    expect([of(theirs, 'model'), of(theirs, 'key').map(({ name }) => name)]).toEqual([[], ['bob']])
    expect((await client('GET /api/budgets?scope=team', { as: away })).body.items.length).toBe(
      of(theirs, 'team').length,
    )
  })

  it('and limits of a key are changed in place: what is left out stays, null takes it away', async () => {
    const body = { name: 'tuned', limits: { rpm: 60, tpm: 1000 }, budget: { amount: '10 CNY', window: 'day' } }
    const { body: made } = await client('POST /api/keys', { as: bench.owner, body })
    const change = async (changes: object) =>
      (await client(`PATCH /api/keys/${made.key.id}`, { as: bench.owner, body: changes })).body
    expect(await change({ limits: { rpm: 30 } })).toMatchObject({
      limits: { rpm: 30, tpm: 1000 },
      budget: { amount: '10 CNY' },
    })
    expect((await change({ limits: { rpm: null, concurrent: 4 } })).limits).toEqual({ tpm: 1000, concurrent: 4 })
    expect(await change({ budget: null })).toMatchObject({ limits: { tpm: 1000, concurrent: 4 }, budget: null })
    expect(await change({ limits: null, budget: { amount: '1 USD', window: '5h' } })).toMatchObject({
      limits: null,
      budget: { window: '5h' },
    })
    const wrong = await client(`PATCH /api/keys/${made.key.id}`, { as: bench.owner, body: { limits: { rpm: -1 } } })
    expect([wrong.code, wrong.body.error.param]).toEqual(['field_invalid', '/limits/rpm'])
  })
})

describe('invoices', () => {
  it('are of the own organisation, and come to its charges', async () => {
    await drained()
    const month = new Date().toISOString().slice(0, 7)
    const exact = async (as: Credential) => {
      const { body } = await client(`GET /api/invoices?month=${month}&by=key`, { as })
      return body.items.map(({ key_name, exact: { amount, currency } }: never) => [key_name, amount, currency])
    }
    const { body: list } = await client('GET /api/requests', { as: away })
    expect(await exact(away)).toEqual([['bob', list.items[0].charge.amount, 'CNY']])
    expect(((await exact(bench.owner)) as string[][]).map(([name]) => name)).toEqual(['ann'])
  })
})

describe('what-if', () => {
  it('reprices the real traffic: its baseline is what was booked', async () => {
    await drained()
    const today = new Date()
    const from = new Date(today.getTime() - 86_400_000).toISOString()
    const to = new Date(today.getTime() + 86_400_000).toISOString()
    const { body: found } = await client('POST /api/what-if', {
      as: bench.owner,
      body: { from, to, model: 'lab/dear', group_by: 'model' },
    })
    const costs = await Promise.all(
      [bench.owner, away].map(
        async (as) => (await client('GET /api/requests', { as })).body.items as { cost: { amount: string } }[],
      ),
    )
    const booked = costs.flat().reduce((sum, { cost }) => sum + BigInt(cost.amount.replace('.', '')), 0n)
    expect(BigInt(found.total.before.CNY.replace('.', ''))).toBe(booked)
    expect(BigInt(found.total.after.CNY.replace('.', ''))).toBe(10n * booked)
    expect(found).toMatchObject({ as: 'lab/dear', retry_loss: [], groups: [{ group: 'lab/small', percent: '900.0' }] })
    const wrong = await client('POST /api/what-if', { as: bench.owner, body: { from, to, model: 'dear' } })
    expect([wrong.code, wrong.body.error.param]).toEqual(['field_invalid', '/model'])
    const backwards = await client('POST /api/what-if', { as: bench.owner, body: { from: to, to: from } })
    expect(backwards.code).toBe('field_invalid')
    expect((await client('POST /api/what-if', { as: away, body: { from, to } })).code).toBe('role_missing')
  })
})

describe('price proposals', () => {
  it('are accepted at once by whoever may, or rejected, and both stand in the audit log', async () => {
    const propose = async (input: number) => {
      const file = join(bench.workspace.folder, 'feed.json')
      const models = [
        {
          id: 'late',
          prices: [{ constraint: { start_date: '2024-01-01' }, prices: { input_mtok: input, output_mtok: 8 } }],
        },
      ]
      writeFileSync(file, JSON.stringify([{ id: 'openai', models }]))
      const { code, err } = await bench.workspace.run(['prices', 'propose', file])
      expect([code, err]).toEqual([0, ''])
      const { body } = await client('GET /api/prices/proposals?status=open', { as: bench.owner })
      return body.items[0] as { id: string; model: string }
    }
    const quote = async () => {
      const body = { model: 'openai/late', usage: { input: 1_000_000 } }
      const quoted = (await client('POST /api/prices/quote', { as: bench.owner, body })).body
      return [quoted.state, quoted.amount]
    }
    const first = await propose(2)
    expect([first.model, await quote()]).toEqual(['openai/late', ['unpriced', null]])
    const accepted = await client(`POST /api/prices/proposals/${first.id}/accept`, { as: bench.owner, body: {} })
    expect(accepted.body).toMatchObject({ status: 'accepted', decided_by: 'owner@example.com' })
    expect(await quote()).toEqual(['priced', '2.000000000000'])
    expect((await client(`POST /api/prices/proposals/${first.id}/reject`, { as: bench.owner })).code).toBe('not_found')

    const steep = await propose(20)
    const doubted = await client(`POST /api/prices/proposals/${steep.id}/accept`, { as: bench.owner, body: {} })
    expect([doubted.code, await quote()]).toEqual(['field_invalid', ['priced', '2.000000000000']])
    expect((await client(`POST /api/prices/proposals/${steep.id}/reject`, { as: bench.owner })).body.status).toBe(
      'rejected',
    )
    const { body: audit } = await client('GET /api/audit?action=price_proposals', { as: bench.owner })
    expect(
      audit.items.map(({ action, outcome }: { action: string; outcome: string }) => `${action} ${outcome}`),
    ).toEqual([
      'price_proposals.reject done',
      'price_proposals.accept refused',
      'price_proposals.reject refused',
      'price_proposals.accept done',
    ])
    // Whoever watches prices sees the new price book by itself.
    const events = async () => (await client('GET /api/prices/events', { as: bench.owner })).body.items
    await vi.waitFor(async () => expect(await events()).toHaveLength(1), { timeout: 30_000 })
    expect(await events()).toMatchObject([
      { model: 'openai/late', cause: 'book', before: null, after: { currency: 'USD' } },
    ])
  })
})
