import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openConnection } from '../../server/src/store/sqlite.ts'
import { drained, openProviderBench, type Bench, type Client } from './client.ts'

let bench: Bench
let client: Client

beforeAll(async () => {
  bench = await openProviderBench((provider) => [
    'providers:',
    `  lab: { base_url: "${provider}", api_key: lab-key, models: [small, large], currency: CNY }`,
    'prices:',
    '  - { model: lab/small, currency: CNY, per: 1000000, input: "1", output: "2", valid_from: 2024-01-01 }',
    '  - { model: lab/large, currency: USD, per: 1000000, input: "4", output: "8", valid_from: 2024-01-01 }',
    'routes:',
    '  - { name: chat, strategy: weight, candidates: [{ model: lab/small, weight: 3 }, { model: lab/large, weight: 1 }] }',
  ])
  client = bench.client
})
afterAll(() => bench[Symbol.asyncDispose]())

const as = (): { session: string } => bench.owner
const ask = (model: string, key = bench.server.started.firstKeys?.key ?? '') =>
  bench.server.post({ model, messages: [{ role: 'user', content: 'hello' }] }, { key })

describe('requests', () => {
  it('come in pages without gaps or repeats, while new ones come in, and each says how its price was worked out', async () => {
    for (let index = 0; index < 7; index += 1)
      expect((await ask(index % 2 === 0 ? 'lab/small' : 'lab/large')).status).toBe(200)
    await drained(bench)
    const seen: string[] = []
    let after: string | null = null
    do {
      const query: string = after === null ? '' : `&after=${after}`
      const { body } = await client(`GET /api/requests?limit=3${query}`, { as: as() })
      seen.push(...body.items.map(({ id }: { id: string }) => id))
      after = body.next
      if (seen.length === 3) {
        await ask('lab/small')
        await drained(bench)
      }
    } while (after !== null)
    expect(seen).toEqual([...seen].toSorted().toReversed())
    expect(new Set(seen).size).toBe(7)

    const { body: found } = await client(`GET /api/requests/${seen[0]}`, { as: as() })
    expect(found).toMatchObject({
      agrees: true,
      request: { key_name: 'first key', team_name: 'default', provider: 'lab', model: 'small' },
      attempts: [{ provider: 'lab', outcome: 'ok', status: 200 }],
      quote: { state: 'priced', currency: 'CNY', amount: found.request.cost.amount },
    })
    const lines = found.quote.lines.reduce((sum: number, { amount }: { amount: string }) => sum + Number(amount), 0)
    expect(lines).toBeCloseTo(Number(found.request.cost.amount), 12)
  })

  it('add up to the overview, its series and its tables, to the last digit and by currency', async () => {
    await drained(bench)
    const { body: list } = await client('GET /api/requests?limit=200', { as: as() })
    const sums = new Map<string, bigint>()
    for (const { cost } of list.items) {
      const pico = BigInt(cost.amount.replace('.', ''))
      sums.set(cost.currency, (sums.get(cost.currency) ?? 0n) + pico)
    }
    const added = (amounts: { amount: string; currency: string }[]) =>
      Object.fromEntries(amounts.map(({ amount, currency }) => [currency, BigInt(amount.replace('.', ''))]))
    const { body: overview } = await client('GET /api/overview', { as: as() })
    expect(overview.now.requests).toBe(list.items.length)
    expect(added(overview.now.cost)).toEqual(Object.fromEntries(sums))

    const { body: extent } = await client('GET /api/overview/extent', { as: as() })
    const hours = list.items.map(({ at }: { at: string }) => `${at.slice(0, 13)}:00:00.000Z`).toSorted()
    expect(extent).toMatchObject({ real: { from: hours[0] }, practice: null })
    expect(Date.parse(extent.real.to) - Date.parse(hours.at(-1))).toBe(3_600_000)

    const { body: series } = await client('GET /api/overview/series?by=model&top=1', { as: as() })
    expect(series.groups.map(({ name }: { name: string }) => name)).toEqual(['lab/small', null])
    expect(series.others).toBe(1)
    expect(series.last_is_open).toBe(true)
    for (const { cost, requests } of series.groups) {
      expect(requests).toHaveLength(series.starts.length)
      for (const { currency, amounts } of cost) {
        const total = amounts.reduce((sum: bigint, each: string) => sum + BigInt(each.replace('.', '')), 0n)
        expect([currency, total]).toEqual([currency, sums.get(currency)])
      }
    }
    const { body: byKey } = await client('GET /api/overview/breakdown?by=key', { as: as() })
    expect(byKey.items[0]).toMatchObject({ label: 'first key', requests: list.items.length })
  })

  it.each(['model', 'provider', 'key', 'team', 'route', 'state'])(
    'are the rows behind every number of the table by %s',
    async (by) => {
      if (by === 'route') await ask('chat')
      await drained(bench)
      const { body: table } = await client(`GET /api/overview/breakdown?by=${by}`, { as: as() })
      expect(table.items.length).toBeGreaterThan(0)
      for (const { name, requests, cost } of table.items) {
        const query = `${by}=${encodeURIComponent(name ?? '')}&practice=false&limit=200`
        const { body: rows } = await client(`GET /api/requests?${query}`, { as: as() })
        expect([name, rows.items.length]).toEqual([name, requests])
        for (const { amount, currency } of cost) {
          const { body: one } = await client(`GET /api/requests?${query}&currency=${currency}`, { as: as() })
          const total = one.items.reduce(
            (sum: bigint, item: { cost: { amount: string } }) => sum + BigInt(item.cost.amount.replace('.', '')),
            0n,
          )
          expect(total).toBe(BigInt(amount.replace('.', '')))
        }
      }
    },
  )

  it('are found by how their id begins, by what they cost at least, and by what was sent with them', async () => {
    const { body: all } = await client('GET /api/requests?limit=200', { as: as() })
    const [{ id, cost }] = all.items
    const found = async (query: string) =>
      (await client(`GET /api/requests?limit=200&${query}`, { as: as() })).body.items.map(
        (item: { id: string }) => item.id,
      )
    expect(await found(`id=${id.slice(0, 30)}`)).toContain(id)
    expect(await found('id=ffff')).toEqual([])
    expect(await found(`min_cost=${cost.amount}&currency=${cost.currency}`)).toContain(id)
    expect(await found('min_cost=1000000')).toEqual([])
    expect(await found('kind=correction')).toEqual([])
    expect(await found('end_user=nobody')).toEqual([])
    expect(await found('error=provider_error')).toEqual([])
    expect(await found('practice=true')).toEqual([])
  })

  it('are told live as they end, to those who may see them', async () => {
    const stop = new AbortController()
    const live = await fetch(`${bench.server.url}/api/requests/live`, {
      headers: { cookie: as().session },
      signal: stop.signal,
    })
    expect(live.headers.get('content-type')).toContain('text/event-stream')
    const asked = await ask('chat')
    let text = ''
    const decoder = new TextDecoder()
    const told = (): string | undefined => /event: request\ndata: (.*)\n\n/.exec(text)?.[1]
    for await (const piece of live.body ?? []) {
      text += decoder.decode(piece as Uint8Array, { stream: true })
      if (told() !== undefined) break
    }
    expect(JSON.parse(told() ?? '')).toMatchObject({
      id: asked.headers.get('x-request-id'),
      route: 'chat',
      key_name: 'first key',
    })
    stop.abort()
  })

  it('show a read key what is of its team, and no more', async () => {
    const make = (name: string, team: string, scopes: string[]) =>
      client('POST /api/keys', { as: as(), body: { name, team, scopes } })
    const [reader, caller] = [await make('reader', 'blue', ['read']), await make('caller', 'blue', ['call'])]
    const own = (await ask('lab/small', caller.body.secret)).headers.get('x-request-id')
    await drained(bench)
    const read = { key: reader.body.secret as string }
    const { body } = await client('GET /api/requests', { as: read })
    expect(body.items.map(({ id }: { id: string }) => id)).toEqual([own])
    expect((await client('GET /api/overview', { as: read })).body.now.requests).toBe(1)
    // A filter cannot widen what may be seen.
    const { body: all } = await client('GET /api/keys', { as: as() })
    const other = all.items.find(({ name }: { name: string }) => name === 'first key')
    expect((await client(`GET /api/overview?team=${other.team_id}`, { as: read })).body.now.requests).toBe(1)
    const { body: listed } = await client('GET /api/requests?limit=200', { as: as() })
    const foreign = listed.items.find(({ key_name }: { key_name: string }) => key_name === 'first key')
    expect((await client(`GET /api/requests/${foreign.id}`, { as: read })).code).toBe('not_found')
  })
})

describe('prices', () => {
  it('are those of a day, with their source; a quote is worked out line by line', async () => {
    const { body: rows } = await client('GET /api/prices?provider=deepseek&currency=CNY&at=2024-06-01', { as: as() })
    expect(rows.items.find(({ model }: { model: string }) => model === 'deepseek-chat')).toMatchObject({
      currency: 'CNY',
      rates: { input: { price: '1', per: 1_000_000 }, output: { price: '2', per: 1_000_000 } },
    })
    const body = { model: 'deepseek/deepseek-chat', at: '2024-06-01', usage: { input: 1_000_000, output: 500_000 } }
    const { body: quote } = await client('POST /api/prices/quote', { as: as(), body })
    expect(quote).toMatchObject({ state: 'priced', amount: '2.000000000000', currency: 'CNY' })
    const wrong = await client('POST /api/prices/quote', { as: as(), body: { ...body, usage: { inputs: 1 } } })
    expect([wrong.code, wrong.body.error.param]).toEqual(['field_invalid', '/usage/inputs'])
  })

  it('page through the whole book once', async () => {
    const ids: string[] = []
    let after: string | null = null
    do {
      const query: string = after === null ? '' : `&after=${encodeURIComponent(after)}`
      const { body } = await client(`GET /api/prices?all=true&limit=100${query}`, { as: as() })
      ids.push(...body.items.map(({ id }: { id: string }) => id))
      after = body.next
    } while (after !== null)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.length).toBeGreaterThan(200)
  })

  it('are steps of a price war from any day on', async () => {
    const { body } = await client('GET /api/prices/series?provider=deepseek&from=2024-06-01&to=2025-03-01', {
      as: as(),
    })
    const chat = body.items.find(({ model }: { model: string }) => model === 'deepseek/deepseek-chat')
    expect(chat.points).toEqual([
      {
        at: '2024-06-01T00:00:00.000Z',
        until: '2025-02-08T16:00:00.000Z',
        price: '1',
        row: expect.any(String),
        confidence: 'high',
      },
      { at: '2025-02-08T16:00:00.000Z', until: null, price: '2', row: expect.any(String), confidence: 'high' },
    ])
    const query = 'models=deepseek/deepseek-chat,openai/gpt-4o&component=output'
    const { body: two } = await client(`GET /api/prices/series?${query}`, { as: as() })
    expect(new Set(two.items.map(({ model }: { model: string }) => model))).toEqual(
      new Set(['deepseek/deepseek-chat', 'openai/gpt-4o']),
    )
    const { body: fetches } = await client('GET /api/prices?all=true&limit=200&component=fetch_call', { as: as() })
    expect(fetches.items.length).toBeGreaterThan(0)
    expect(fetches.items.every(({ rates }: { rates: object }) => 'fetch_call' in rates)).toBe(true)
  })

  it('begin with the price of before the first day that is known', async () => {
    const { body } = await client('GET /api/prices/series?provider=dashscope&from=2024-05-01&to=2024-06-01', {
      as: as(),
    })
    const max = body.items.find(({ model }: { model: string }) => model === 'dashscope/qwen-max')
    expect(max.points).toMatchObject([
      { at: '2024-05-01T00:00:00.000Z', price: '120' },
      { at: '2024-05-20T16:00:00.000Z', price: '40' },
    ])
  })
})

describe('routes and providers', () => {
  it('are shown with weights, shares and health, explained, and asked for real', async () => {
    const { body: routes } = await client('GET /api/routes', { as: as() })
    expect(routes.items[0]).toMatchObject({
      name: 'chat',
      strategy: 'weight',
      candidates: [
        { model: 'lab/small', weight: 3, share: 0.75, health: 'good' },
        { model: 'lab/large', weight: 1, share: 0.25, health: 'good' },
      ],
      lead: null,
    })
    // What a route did is what its candidates did, request by request.
    const [route] = routes.items
    const { body: rows } = await client('GET /api/requests?route=chat&limit=200', { as: as() })
    expect(route.last_day.requests).toBe(rows.items.length)
    const parts = route.candidates.map(({ last_day }: { last_day: { requests: number } }) => last_day.requests)
    expect(parts[0] + parts[1]).toBe(rows.items.length)
    const { body: explained } = await client('POST /api/routes/explain', { as: as(), body: { model: 'chat' } })
    expect(explained.items).toHaveLength(2)
    const { body: test } = await client('POST /api/routes/test', { as: as(), body: { model: 'lab/small' } })
    expect(test).toMatchObject({ ok: true, provider: 'lab', model: 'small', cost: { currency: 'CNY' }, error: null })
    const { body: booked } = await client(`GET /api/requests/${test.request_id}`, { as: as() })
    expect(booked.request.key_name).toMatch(/^test calls /)
    const { body: none } = await client('POST /api/routes/test', { as: as(), body: { model: 'lab/none' } })
    expect(none).toMatchObject({ ok: false, request_id: null, error: { code: 'model_unknown' } })
    const { body: lab } = await client('POST /api/providers/lab/test', { as: as(), body: {} })
    expect(lab).toMatchObject({ ok: true, model: 'lab/small' })
  })

  it('take a key at once, and never give it back', async () => {
    const key = 'sk-canary-entered-4242'
    const models = async () => (await client('GET /api/models', { as: as() })).text
    expect(await models()).not.toContain('deepseek/')
    const entered = await client('PUT /api/providers/deepseek/key', { as: as(), body: { key } })
    expect(entered.body).toMatchObject({
      active: true,
      found_in: 'the console',
      entered_key: { last_four: '4242', base_url: 'https://api.deepseek.com/v1' },
    })
    expect(await models()).toContain('deepseek/')
    expect(entered.text + (await client('GET /api/providers', { as: as() })).text).not.toContain('canary')
    expect((await client('DELETE /api/providers/deepseek/key', { as: as() })).body.active).toBe(false)
    expect(await models()).not.toContain('deepseek/')
    expect((await client('DELETE /api/providers/deepseek/key', { as: as() })).code).toBe('not_found')
  })

  it.each([
    'http://api.example.com/v1',
    'https://127.0.0.1/v1',
    'https://[::1]/v1',
    'https://10.0.0.8/v1',
    'https://0x7f000001/v1',
    'https://2130706433/v1',
    'https://localhost/v1',
    'https://paddock.internal/v1',
    'https://printer.local/v1',
    'https://intranet/v1',
    'https://user:pass@api.example.com/v1',
    'https://api.example.com/v1?key=1',
    'file:///etc/passwd',
  ])('take no key for %s', async (base_url) => {
    const body = { key: 'sk-canary-entered-4242', base_url }
    const { code } = await client('PUT /api/providers/deepseek/key', { as: as(), body })
    expect(['url_forbidden', 'field_invalid']).toContain(code)
    expect((await client('GET /api/providers/deepseek', { as: as() })).body.entered_key).toBeNull()
  })

  it('send no entered key anywhere but where it was entered for', async () => {
    await client('PUT /api/providers/deepseek/key', { as: as(), body: { key: 'sk-canary-entered-4242' } })
    const database = openConnection(join(bench.workspace.data, 'paddock.db'), 5_000)
    database.exec("UPDATE entered_keys SET base_url = 'https://evil.example/v1' WHERE provider = 'deepseek'")
    database.close()
    // Any change of the keys builds routing anew, from what opens.
    await client('PUT /api/providers/moonshot/key', { as: as(), body: { key: 'sk-canary-entered-7777' } })
    const { body } = await client('GET /api/providers', { as: as() })
    const of = (wanted: string) => body.items.find(({ id }: { id: string }) => id === wanted)
    expect([of('deepseek').active, of('moonshot').active]).toEqual([false, true])
    expect(bench.server.log()).toContain('providers.key_unusable')
    for (const id of ['deepseek', 'moonshot']) await client(`DELETE /api/providers/${id}/key`, { as: as() })
  })

  it('keep entered keys through a rotation of the master key, without a restart', async () => {
    await client('PUT /api/providers/deepseek/key', { as: as(), body: { key: 'sk-canary-entered-4242' } })
    const rotated = await bench.workspace.run(['secrets', 'rotate', '--json'])
    expect(JSON.parse(rotated.out)).toEqual({ resealed: 1 })
    await client('PUT /api/providers/moonshot/key', { as: as(), body: { key: 'sk-canary-entered-7777' } })
    const { body } = await client('GET /api/providers', { as: as() })
    const active = body.items.filter(({ active: is }: { active: boolean }) => is).map(({ id }: { id: string }) => id)
    expect(active).toEqual(['lab', 'deepseek', 'moonshot'])
  })
})

describe('the audit log', () => {
  it('has every change and sign-in in order, and is whole; the command line says the same', async () => {
    const { body: made } = await client('POST /api/keys', { as: as(), body: { name: 'watched' } })
    await client(`POST /api/keys/${made.key.id}/revoke`, { as: as() })
    await client('POST /api/session', { body: { email: 'stranger@example.com', password: 'no idea at all' } })
    const { body } = await client('GET /api/audit?limit=3', { as: as() })
    expect(body.items).toMatchObject([
      {
        action: 'session.signIn',
        actor: { kind: 'nobody', name: 'stranger@example.com' },
        outcome: 'refused',
        code: 'sign_in_failed',
      },
      {
        action: 'keys.revoke',
        target: made.key.id,
        outcome: 'done',
        actor: { kind: 'person', name: 'owner@example.com' },
      },
      { action: 'keys.create', target: made.key.id, outcome: 'done', before: null },
    ])
    // What it was before the second change is what it was after the first.
    expect(body.items[1].before).toBe(body.items[2].after)
    const { body: verified } = await client('GET /api/audit/verify', { as: as() })
    const told = await bench.workspace.run(['audit', 'verify', '--json'])
    expect([told.code, JSON.parse(told.out)]).toEqual([0, verified])
    expect(verified).toMatchObject({ ok: true, head: body.items[0].hash, problem: null })
    const listed = await bench.workspace.run(['audit', 'list', '--limit', '1', '--json'])
    expect(JSON.parse(listed.out)).toMatchObject({ action: 'session.signIn' })
  })
})

describe('a refusal', () => {
  it('stands in the audit log under the name of who tried', async () => {
    const viewer = await bench.join(as(), 'curious@example.com', 'viewer')
    await client('POST /api/keys', { as: viewer, body: { name: 'mine' } })
    await client('POST /api/keys', {
      as: as(),
      body: { name: 'forged' },
      headers: { 'x-paddock': '1', origin: 'https://evil.example' },
    })
    const { body } = await client('GET /api/audit?action=keys.create&limit=2', { as: as() })
    expect(body.items).toMatchObject([
      { actor: { name: 'owner@example.com' }, outcome: 'refused', code: 'origin_refused' },
      { actor: { name: 'curious@example.com' }, outcome: 'refused', code: 'role_missing' },
    ])
  })
})
