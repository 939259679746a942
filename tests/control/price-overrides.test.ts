import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { drained, openProviderBench, restarted, type Bench } from './client.ts'

const MODEL = 'moonshot/moonshot-v1-8k'
const SETTING = { model: MODEL, currency: 'CNY', rates: { input: '0.5', output: '1' }, reason: 'agreed by phone' }
const MILLION = { model: MODEL, usage: { input: 1_000_000 } }

let bench: Bench

beforeAll(async () => {
  bench = await openProviderBench((provider) => [
    'providers:',
    `  moonshot: { base_url: "${provider}", api_key: lab-key, models: [moonshot-v1-8k] }`,
    `  lab: { base_url: "${provider}", api_key: lab-key, models: [small], currency: CNY }`,
    'prices:',
    '  - { model: lab/small, currency: CNY, per: 1000000, input: "1", output: "2", valid_from: 2024-01-01 }',
  ])
})
afterAll(() => bench[Symbol.asyncDispose]())

const post = (path: string, body: object, as = bench.owner) => bench.client(`POST /api/${path}`, { as, body })
const priceNow = async () => (await post('prices/quote', MILLION)).body
const listed = async (query = '') =>
  (await bench.client(`GET /api/prices/overrides${query}`, { as: bench.owner })).body.items
const ask = () => bench.server.post({ model: MODEL, messages: [{ role: 'user', content: 'hello' }] })

/** Asks until the watch over prices has seen what changed. */
async function eventAfter(known: number): Promise<{ changes: object[]; after: { row: string } | null }[]> {
  for (;;) {
    const { body } = await bench.client('GET /api/prices/events', { as: bench.owner })
    if (body.items.length > known) return body.items
  }
}

describe('[P36] a price that is set in the console', () => {
  it('is shown with what it would do, counts at once, makes an event, stays over a restart, and can be taken back', async () => {
    expect((await ask()).status).toBe(200)
    await drained(bench)
    const before = await priceNow()
    const paid = (await bench.client('GET /api/requests', { as: bench.owner })).body.items[0].cost.amount

    const { body: preview } = await post('prices/overrides/preview', SETTING)
    expect(preview.wins_over.map(({ id }: { id: string }) => id)).toContain(before.rows[0])
    expect(preview.warnings).toEqual([])
    expect(preview.models).toMatchObject([{ model: MODEL, month: { requests: 1, before: { CNY: paid } } }])
    const [effect] = preview.models
    expect(effect.changes).toContainEqual(expect.objectContaining({ component: 'input', to: '0.5', when: null }))
    expect([await priceNow(), await listed()]).toEqual([before, []])

    const { status, body: made } = await post('prices/overrides', SETTING)
    expect([status, made.row.level, made.recorded_by]).toEqual([201, 'override', 'owner@example.com'])
    expect(await priceNow()).toMatchObject({ amount: '0.500000000000', rows: [made.id] })
    const [event] = await eventAfter(0)
    expect(event?.after?.row).toBe(made.id)

    // What the preview said of the month is what the same request costs from now on, to the last digit.
    const asked = (await ask()).headers.get('x-request-id')
    await drained(bench)
    const { body: again } = await bench.client(`GET /api/requests/${asked}`, { as: bench.owner })
    expect(again).toMatchObject({ agrees: true, price_rows: [made.id] })
    expect(effect.month.after).toEqual({ CNY: again.request.cost.amount })

    bench = await restarted(bench)
    expect(await priceNow()).toMatchObject({ amount: '0.500000000000', rows: [made.id] })

    const { body: retracted } = await post(`prices/overrides/${made.id}/retract`, {})
    expect(retracted).toMatchObject({ id: made.id, row: null, retracted_by: 'owner@example.com' })
    expect(await priceNow()).toEqual(before)
    // What was booked by it stays, and is still explained.
    expect((await bench.client(`GET /api/requests/${asked}`, { as: bench.owner })).body).toMatchObject({ agrees: true })
    expect(await listed('?state=in_force')).toEqual([])
    expect(await listed('?state=retracted')).toMatchObject([{ id: made.id }])
    expect((await post(`prices/overrides/${made.id}/retract`, {})).code).toBe('not_found')
  })

  it('is refused where it contradicts another one, with both places and a way out; it may replace that one', async () => {
    const { body: first } = await post('prices/overrides', SETTING)
    const second = { ...SETTING, rates: { input: '0.25', output: '1' } }
    for (const path of ['prices/overrides/preview', 'prices/overrides']) {
      const { status, code, body } = await post(path, second)
      expect([status, code]).toEqual([400, 'price_invalid'])
      expect(body.error.message).toContain(`overlaps ${first.id}`)
      expect(body.error.message).toContain('"replaces"')
    }
    expect((await priceNow()).amount).toBe('0.500000000000')
    const { body: next } = await post('prices/overrides', { ...second, replaces: first.id })
    expect((await priceNow()).rows).toEqual([next.id])
    expect(await listed()).toMatchObject([
      { id: next.id, retracted_at: null },
      { id: first.id, retracted_at: next.recorded_at },
      { retracted_at: expect.any(String) },
    ])
    await post(`prices/overrides/${next.id}/retract`, {})
    const own = await post('prices/overrides', { ...SETTING, model: 'lab/small' })
    expect(own.body.error.message).toMatch(/overlaps .*paddock\.yaml:5:5/)
  })

  it('gives way to an override where it is a contract, and says what seems wrong', async () => {
    const contract = { ...SETTING, level: 'contract', rates: { input: '0.4', output: '0.8' } }
    const { body: agreed } = await post('prices/overrides', contract)
    const { body: preview } = await post('prices/overrides/preview', { ...SETTING, rates: { input: '50000' } })
    expect(preview.wins_over.map(({ id }: { id: string }) => id)).toContain(agreed.id)
    expect(preview.warnings).toEqual([expect.stringContaining('10,000 times')])
    const { body: own } = await post('prices/overrides', SETTING)
    expect((await priceNow()).rows).toEqual([own.id])
    for (const { id } of [own, agreed]) await post(`prices/overrides/${id}/retract`, {})
  })

  it.each([
    ['no component', { rates: { currency: '1' } }, 'field_invalid', '/rates/currency'],
    ['a float', { rates: { input: 0.5 } }, 'field_invalid', '/rates/input'],
    ['no prices', { rates: {} }, 'price_invalid', null],
    ['no provider', { model: 'moonshot-v1-8k' }, 'price_invalid', null],
    ['no reason', { reason: '' }, 'field_invalid', '/reason'],
    ['an end before its beginning', { valid_from: '2026-02-01', valid_to: '2026-01-01' }, 'price_invalid', null],
    ['nothing to replace', { replaces: 'x' }, 'not_found', null],
  ])('is refused with %s', async (_what, wrong, code, param) => {
    const { body, code: told } = await post('prices/overrides', { ...SETTING, ...wrong })
    expect([told, body.error.param]).toEqual([code, param])
  })
})
