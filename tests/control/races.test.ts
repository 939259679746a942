import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { clientOf, openProviderBench, type Bench, type Credential } from './client.ts'

/** Races by the control plane: planned, started, promoted and taken back by people; and on the practice data, in the background. */

let bench: Bench
let developer: Credential
let key = ''

beforeAll(async () => {
  bench = await openProviderBench((provider) => [
    'practice: { enabled: true }',
    'providers:',
    `  lab: { base_url: "${provider}", api_key: any, models: [large, small], currency: CNY }`,
    'prices:',
    '  - { model: lab/large, currency: CNY, per: 1000000, input: "10", output: "20", valid_from: 2024-01-01 }',
    '  - { model: lab/small, currency: CNY, per: 1000000, input: "1", output: "2", valid_from: 2024-01-01 }',
    'routes: [{ name: chat, candidates: [{ model: lab/large }, { model: lab/small, weight: 0 }] }]',
    'fx: [{ from: USD, to: CNY, rate: "7.2", valid_from: 2024-01-01 }]',
  ])
  developer = await bench.join(bench.owner, 'dev@example.com', 'developer')
  key = (await bench.client('POST /api/keys', { as: bench.owner, body: { name: 'caller' } })).body.secret
})
afterAll(() => bench[Symbol.asyncDispose]())

// What is asked of an answer differs from test to test.
// oxlint-disable-next-line typescript/no-explicit-any
async function call(request: `${string} /api/${string}`, body?: unknown, status = 200): Promise<any> {
  const sent = body === undefined ? { as: developer } : { as: developer, body }
  const answer = await bench.client(request, sent)
  expect(answer.status, answer.text).toBe(status)
  return answer.body
}

/** One request to the route, and who answered it. */
async function ask(): Promise<{ id: string; model: string }> {
  const asked = { model: 'chat', messages: [{ role: 'user', content: 'hello' }] }
  const answer = await bench.server.post(asked, { key })
  expect(answer.status).toBe(200)
  await answer.text()
  return { id: answer.headers.get('x-request-id') ?? '', model: answer.headers.get('x-paddock-model') ?? '' }
}

const WANTED = { route: 'chat', challengers: ['lab/small'], unit: 'request', ramp: [0.5] } as const

describe('a race by the control plane', () => {
  it('is planned without being started, and refused for what could not be raced', async () => {
    const plan = await call('POST /api/races/plan', { ...WANTED, margin: 0.1 })
    expect(plan).toMatchObject({ route: 'chat', champion: 'lab/large', challengers: ['lab/small'], auto: false })
    expect(plan.plan).toMatchObject({ unit: 'request', margin: 0.1, ramp: [0.5], currency: 'CNY' })
    expect(plan.plan.trials_max).toBe(4 * plan.trials_planned)
    expect((await call('GET /api/races')).items).toEqual([])
    const refused = async (body: object): Promise<string> => (await call('POST /api/races', body, 400)).error.message
    expect(await refused({})).toContain('"route" and "challengers"')
    expect(await refused({ ...WANTED, challengers: ['lab/none'] })).toContain('a provider here offers')
    expect(await refused({ ...WANTED, challengers: ['lab/large'] })).toContain('none the champion')
    expect(await refused({ ...WANTED, route: 'nowhere' })).toContain('chat')
    expect(await refused({ ...WANTED, mode: 'shadow' })).toContain('budget')
    await call('POST /api/races', { proposal: 'none' }, 404)
  })

  it('is started, stopped, promoted and rolled back by people, each with a verdict that names them', async () => {
    const first = await call('POST /api/races', WANTED, 201)
    expect((await call('POST /api/races', WANTED, 400)).error.message).toContain(first.id)
    expect(await call(`POST /api/races/${first.id}/stop`, { reason: 'wrong margin' })).toMatchObject({
      state: 'stopped',
      reason: 'wrong margin',
    })
    await call(`POST /api/races/${first.id}/stop`, {}, 400)
    const { id } = await call('POST /api/races', { ...WANTED, margin: 0.2 }, 201)
    expect((await call(`POST /api/races/${id}/promote`, {}, 400)).error.message).toContain('lab/small')
    await call(`POST /api/races/${id}/promote`, { challenger: 'lab/small' })
    const { items } = await call('GET /api/routes')
    expect(items[0].lead).toMatchObject({ model: 'lab/small', race: id })
    const explained = await call('POST /api/routes/explain', { model: 'chat' })
    expect(explained.items[0]).toMatchObject({ place: 1, model: 'lab/small', reason: `promoted by race ${id}` })
    // Units of the pacer stay with the old champion: one in twenty.
    await vi.waitFor(async () => expect((await ask()).model).toBe('small'), { timeout: 20_000 })
    expect(await call(`POST /api/races/${id}/rollback`, {})).toMatchObject({ state: 'rolled_back' })
    expect((await call('GET /api/routes')).items[0].lead).toBeNull()
    const verdicts = await call(`GET /api/races/verdicts?race=${id}`)
    expect(verdicts.items.map(({ kind, actor }: { kind: string; actor: string }) => `${kind} ${actor}`)).toEqual([
      'rollback dev@example.com',
      'promote dev@example.com',
      'start dev@example.com',
    ])
    expect(await call('GET /api/races/verdicts/verify')).toMatchObject({ ok: true, broken: null })
    const audit = await bench.client('GET /api/audit?action=races', { as: bench.owner })
    expect(audit.body.items[0]).toMatchObject({ action: 'races.rollBack', target: id, outcome: 'done' })
    expect((await call('GET /api/races?limit=1')).items.map((race: { id: string }) => race.id)).toEqual([id])
    const { next } = await call('GET /api/races?limit=1')
    expect((await call(`GET /api/races?limit=1&after=${next}`)).items[0].id).toBe(first.id)
    expect((await call('GET /api/races?state=stopped')).items).toHaveLength(1)
  })

  it('in the shadow shows both answers side by side, with what they cost and what the check said', async () => {
    const shadow = { budget: '5', grader: { kind: 'exact' } }
    const { id } = await call('POST /api/races', { ...WANTED, mode: 'shadow', shadow }, 201)
    const pairs = async (): Promise<{ answers: { arm: string }[]; signals: object[] }[]> => {
      await ask()
      const { items } = await call(`GET /api/races/${id}/duels?rated=true`)
      return items
    }
    await vi.waitFor(async () => expect((await pairs()).length).toBeGreaterThan(0), { timeout: 30_000 })
    const [pair] = await pairs()
    expect(pair?.answers.map(({ arm }) => arm)).toEqual(['lab/large', 'lab/small'])
    expect(pair?.signals).toMatchObject([{ source: 'check', reviewer: 'exact', value: 0 }])
    const found = () => call(`GET /api/races/${id}`)
    expect((await found()).plan.shadow).toMatchObject({ budget: '5', grader: { kind: 'exact' } })
    await vi.waitFor(async () => expect((await found()).mirrored.repeated).toBeGreaterThan(0), { timeout: 20_000 })
    await call(`POST /api/races/${id}/stop`, {})
  })
})

const DATASET = {
  champion: 'practice/gpt-4o-2024-05-13',
  challengers: ['practice/yi-large'],
  margin: 0.05,
  saving: null,
  seed: 'control',
} as const

describe('a race on the practice data', { timeout: 120_000 }, () => {
  it('runs in the background, is stopped and goes on, also after the server was stopped, and leaves its report', async () => {
    const refused = await call('POST /api/races/datasets', { ...DATASET, champion: 'lab/large' }, 400)
    expect(refused.error.message).toContain('no recorded answers')
    const { id } = await call('POST /api/races/datasets', DATASET, 201)
    const job = async () => (await call(`GET /api/races/datasets/${id}`)).job
    await vi.waitFor(async () => expect((await job()).done).toBeGreaterThan(5), { timeout: 30_000 })
    const stopped = await call(`POST /api/races/datasets/${id}/stop`)
    expect(stopped).toMatchObject({ state: 'stopped', verdict: null, problem: null })
    expect(stopped.bars[0]).toMatchObject({ model: 'practice/yi-large', fate: 'running' })
    await call('POST /api/races/datasets', DATASET, 201)
    await vi.waitFor(async () => expect((await job()).done).toBeGreaterThan(stopped.done), { timeout: 30_000 })

    bench.server.kill('SIGTERM')
    expect(await bench.server.exited).toBe(0)
    const again = await bench.workspace.serve({ environment: { PADDOCK_PRACTICE_SPEED: '0' } })
    const client = clientOf(again.url)
    const found = async () => (await client(`GET /api/races/datasets/${id}`, { as: developer })).body
    expect((await found()).job).toMatchObject({ state: 'stopped', problem: null })
    const resumed = await client('POST /api/races/datasets', { as: developer, body: DATASET })
    expect(resumed.body).toMatchObject({ id, state: 'running' })
    await vi.waitFor(async () => expect((await found()).job.state).toBe('finished'), { timeout: 60_000, interval: 250 })
    const { job: done, report } = await found()
    // As on the command line: Yi-Large is far worse at these problems, and rejected.
    expect(done).toMatchObject({ verdict: { kind: 'reject' }, bars: [{ fate: 'inferior' }] })
    expect(report).toMatchObject({ race: id, verdict: { kind: 'reject' } })
    // Neither stop has lost an answer, and none was asked for twice: calls that ran at the end are paid for and not counted.
    expect(report.items.lost).toBe(0)
    expect(report.champion.calls).toBeGreaterThanOrEqual(report.items.counted)
    expect(report.champion.calls).toBeLessThanOrEqual(report.items.counted + 4)
    const { items } = (await client('GET /api/races/datasets', { as: developer })).body
    expect(items.map((each: { id: string }) => each.id)).toEqual([id])
  })
})
