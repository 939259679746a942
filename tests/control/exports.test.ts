import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseCsv } from '../stand-ins/parse-csv.ts'
import { drained, openProviderBench, type Bench } from './client.ts'

let bench: Bench
const MONTH = new Date().toISOString().slice(0, 7)

beforeAll(async () => {
  bench = await openProviderBench((provider) => [
    'providers:',
    `  lab: { base_url: "${provider}", api_key: lab-key, models: [small], currency: CNY }`,
    'prices:',
    '  - { model: lab/small, currency: CNY, per: 1000, input: "1", output: "2", valid_from: 2024-01-01 }',
    'charges:',
    '  - { add_percent: "10" }',
  ])
})
afterAll(() => bench[Symbol.asyncDispose]())

/** As a link in a browser asks: with the cookie and nothing else. */
const open = (path: string, headers: Record<string, string> = { cookie: bench.owner.session }) =>
  fetch(bench.server.url + path, { headers })

async function table(path: string, headers?: Record<string, string>): Promise<Record<string, string>[]> {
  const answer = await open(path, headers)
  expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8')
  const [head = [], ...rows] = parseCsv(await answer.text())
  return rows.map((row) => Object.fromEntries(head.map((name, index) => [name, row[index] ?? ''])))
}

describe('a list as a table', () => {
  it('has every row that the filters let through, in the numbers of the list', async () => {
    const key = bench.server.started.firstKeys?.key ?? ''
    for (let index = 0; index < 5; index += 1)
      await bench.server.post({ model: 'lab/small', messages: [{ role: 'user', content: 'hello' }] }, { key })
    await drained(bench)
    const { body } = await bench.client('GET /api/requests', { as: bench.owner })
    const rows = await table('/api/requests?format=csv&limit=2')
    expect(rows.map((row) => [row['id'], row['cost.amount'], row['cost.currency'], row['usage.input']])).toEqual(
      body.items.map(
        ({ id, cost, usage }: { id: string; cost: { amount: string; currency: string }; usage: { input: number } }) => [
          id,
          cost.amount,
          cost.currency,
          String(usage.input),
        ],
      ),
    )
    expect(await table(`/api/requests?format=csv&from=2020-01-01&to=2020-02-01`)).toEqual([])
    // More than a page.
    const prices = await table('/api/prices?all=true', { cookie: bench.owner.session, accept: 'text/csv' })
    expect(new Set(prices.map((row) => row['id'])).size).toBe(prices.length)
    expect(prices.length).toBeGreaterThan(250)
    expect(prices.find((row) => row['id']?.startsWith('lab/small'))).toMatchObject({
      rates: '{"input":{"price":"1","per":1000},"output":{"price":"2","per":1000}}',
      level: 'override',
    })
  })

  it.each(['=HYPERLINK("http://evil.example")', '+1+2', '-1+2', '@SUM(A1)'])(
    'is no program for a spreadsheet: %s',
    async (name) => {
      await bench.client('POST /api/keys', { as: bench.owner, body: { name } })
      const [key] = await table('/api/keys?format=csv')
      expect(key?.['name']).toBe(`'${name}`)
    },
  )

  it.each(['audit', 'leagues/standings', `invoices?month=${MONTH}`, 'overview/breakdown?by=key', 'budgets', 'people'])(
    'is there for %s, and says what it is called and how much it may hold',
    async (path) => {
      const answer = await open(`/api/${path}${path.includes('?') ? '&' : '?'}format=csv`)
      expect(answer.status).toBe(200)
      const [name = ''] = path.replace('/', '-').split('?')
      const expected =
        { audit: 'audit', budgets: 'budgets', people: 'people' }[name] ?? name.replace(/^invoices$/, 'bills-invoices')
      expect(answer.headers.get('content-disposition')).toBe(`attachment; filename="${expected}.csv"`)
      expect(answer.headers.get('x-rows-max')).toBe('100000')
    },
  )

  it('is as guarded as the list, and refuses what it does not know', async () => {
    const made = await bench.client('POST /api/keys', {
      as: bench.owner,
      body: { name: 'reader', team: 'blue', scopes: ['read'] },
    })
    expect(await table('/api/requests?format=csv', { authorization: `Bearer ${made.body.secret}` })).toEqual([])
    const code = async (path: string, headers?: Record<string, string>) =>
      ((await (await open(path, headers)).json()) as { error: { code: string } }).error.code
    expect(await code('/api/keys?format=csv', { authorization: `Bearer ${made.body.secret}` })).toBe('scope_missing')
    expect(await code('/api/keys?format=csv', {})).toBe('session_missing')
    expect(await code('/api/keys?format=xml')).toBe('field_invalid')
    expect(await code('/api/requests?format=csv&limits=1')).toBe('field_unknown')
    expect((await open('/api/settings?format=csv')).headers.get('content-type')).toContain('json')
  })
})

describe('an invoice', () => {
  it('opens from a link as a page to print, and is saved as a table or JSON, in the amounts of the list', async () => {
    const { body } = await bench.client(`GET /api/invoices?month=${MONTH}`, { as: bench.owner })
    const [invoice] = body.items
    const page = await open(`/api/invoices/download?month=${MONTH}&language=zh`)
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(page.headers.get('content-security-policy')).toBe(
      "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    )
    expect(page.headers.get('content-disposition')).toBe(`inline; filename="${invoice.number}.html"`)
    const text = await page.text()
    expect(text).toContain(invoice.number)
    expect(text).toContain('default · default')
    expect(text).toContain(invoice.exact.amount)

    const rows = await table(`/api/invoices/download?month=${MONTH}&format=csv`)
    expect(rows).toMatchObject([{ number: invoice.number, model: 'small', amount: invoice.lines[0].amount.amount }])
    const saved = await open(`/api/invoices/download?month=${MONTH}&format=json&by=key`)
    expect(await saved.json()).toMatchObject([{ total: invoice.total.amount, recipient: { key: 'first key' } }])
    expect((await open(`/api/invoices/download?month=2020-01`)).status).toBe(404)
    expect((await open(`/api/invoices/download?month=${MONTH}&number=none`)).status).toBe(404)
  })

  it('is for the months there are, by the rules there are', async () => {
    const { body: months } = await bench.client('GET /api/invoices/months', { as: bench.owner })
    expect(months.items).toEqual([{ month: MONTH, requests: 5, open: true }])
    const { body: charges } = await bench.client('GET /api/charges', { as: bench.owner })
    expect(charges.items).toEqual([{ organisation: null, add_percent: '10', price_of: null, free: false }])
    const { body: shapes } = await bench.client('GET /api/reconciliation/shapes', { as: bench.owner })
    expect(shapes.items).toContainEqual(
      expect.objectContaining({ id: 'deepseek-cost', provider: 'deepseek', confidence: 'high' }),
    )
  })
})
