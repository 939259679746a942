import { describe, expect, it, vi } from 'vitest'
import type { EntryRecord } from '@paddock/contract/entry'
import type { RaceStatus } from '../../server/src/races/live/status.ts'
import { openWorkspace } from '../paddock.ts'
import { openTestbed, sharedTestbed, type Testbed } from '../testbed.ts'

/** Races on the traffic of a running server, as an operator and its callers see them. */

const yaml = (url: string): string[] => [
  'providers:',
  `  lab: { dialect: openai-chat, base_url: "${url}", api_key: k, models: [large, small, judge] }`,
  `  other: { dialect: anthropic-messages, base_url: "${url}", api_key: k, models: [small] }`,
  'prices:',
  '  - { model: lab/large, currency: CNY, per: 1000000, input: "10", output: "20", valid_from: 2024-01-01 }',
  '  - { model: lab/small, currency: CNY, per: 1000000, input: "1", output: "2", valid_from: 2024-01-01 }',
  '  - { model: other/small, currency: CNY, per: 1000000, input: "1", output: "2", valid_from: 2024-01-01 }',
  'routes: [{ name: chat, candidates: [{ model: lab/large }] }]',
  'cache: { seconds: 3600 }',
]

const QUICK = ['--unit', 'request', '--ramp', '50', '--ramp-hours', '0', '--min-hours', '0', '--margin', '0.2']

async function statusOf(bed: Testbed): Promise<RaceStatus> {
  const { out } = await bed.workspace.run(['race', 'status', 'chat', '--json'])
  return JSON.parse(out) as RaceStatus
}

/** So many requests, eight at a time, each rated as its model deserves. */
async function traffic(bed: Testbed, requests: number, thumbs: (model: string) => 'up' | 'down'): Promise<void> {
  let left = requests
  const caller = async (): Promise<void> => {
    while (left > 0) {
      left -= 1
      const answer = await bed.post({ model: 'chat', messages: [{ role: 'user', content: 'x' }] })
      await answer.text()
      const model = answer.headers.get('x-paddock-model') ?? ''
      const rated = await bed.post(
        { request_id: answer.headers.get('x-request-id'), thumbs: thumbs(model) },
        { path: '/v1/feedback' },
      )
      expect([answer.status, rated.status]).toEqual([200, 200])
    }
  }
  await Promise.all(Array.from({ length: 8 }, caller))
}

const SLOW = { timeout: 120_000 }

describe('a race on a route of a running server', () => {
  it(
    '[H29] [H36] promotes a cheaper model that is liked as much, past the cache, and keeps it after a restart',
    SLOW,
    async () => {
      await using bed = await openTestbed(yaml)
      const started = await bed.workspace.run([
        'race',
        'start',
        'chat',
        '--challenger',
        'lab/small',
        '--auto',
        ...QUICK,
        '--json',
      ])
      expect([started.code, started.err]).toEqual([0, ''])
      await vi.waitFor(async () => {
        const answer = await bed.post({ model: 'chat', messages: [{ role: 'user', content: 'x' }] })
        await answer.text()
        expect((await bed.entry(answer)).trial?.race).toBe((JSON.parse(started.out) as RaceStatus).id)
        expect(answer.headers.get('x-paddock-cache')).toBeNull()
      }, 10_000)
      await vi.waitFor(async () => {
        await traffic(bed, 200, () => 'up')
        expect((await statusOf(bed)).state).toBe('watching')
      }, 100_000)
      const { code } = await bed.workspace.run(['race', 'verdicts'])
      expect(code).toBe(0)
      bed.server.kill('SIGKILL')
      await bed.server.exited
      const again = await bed.workspace.serve()
      const answers: EntryRecord[] = []
      for (let request = 0; request < 20; request += 1) {
        const answer = await again.post({ model: 'chat', messages: [{ role: 'user', content: 'y' }] }, { key: bed.key })
        await answer.text()
        answers.push(
          await (
            await fetch(`${again.url}/v1/generation?id=${answer.headers.get('x-request-id')}`, {
              headers: { authorization: `Bearer ${bed.key}` },
            })
          )
            .json()
            .then((body) => (body as { data: EntryRecord }).data),
        )
      }
      expect(answers.filter(({ model }) => model === 'small').length).toBeGreaterThan(12)
      const saving = (await statusOf(bed)).saving
      expect(saving?.counterfactual).toBeGreaterThan((saving?.paid ?? 0) * 5)
    },
  )
})

/** Likes every answer but each so-manieth of a model. */
function liking(dislikeEvery: Readonly<Record<string, number>>): (model: string) => 'up' | 'down' {
  const seen = new Map<string, number>()
  return (model) => {
    const count = (seen.get(model) ?? 0) + 1
    seen.set(model, count)
    return count % (dislikeEvery[model] ?? Infinity) === 0 ? 'down' : 'up'
  }
}

describe('challengers on scripted traffic', () => {
  it(
    '[H29] [H30] reject a worse one, promote an equal one, and roll it back when it gets 15 points worse',
    { timeout: 240_000 },
    async () => {
      await using bed = await openTestbed(yaml)
      const start = async (...args: string[]): Promise<void> => {
        const { code, err } = await bed.workspace.run(['race', 'start', 'chat', '--auto', ...args])
        expect([code, err]).toEqual([0, expect.stringContaining('race status')])
      }
      const until = (state: string, thumbs: ReturnType<typeof liking>): Promise<void> =>
        vi.waitFor(async () => {
          await traffic(bed, 200, thumbs)
          expect((await statusOf(bed)).state).toBe(state)
        }, 110_000)
      // Nine of ten are liked, and what is known of the champion beforehand makes races short.
      await traffic(bed, 200, liking({ large: 10 }))
      const quick = ['--challenger', 'lab/small', ...QUICK, '--margin', '0.05', '--pacer', '20']
      await start(...quick)
      await until('rejected', liking({ large: 10, small: 2 }))
      await start(...quick)
      await until('watching', liking({ large: 10, small: 10 }))
      await until('rolled_back', liking({ large: 10, small: 4 }))
      expect((await statusOf(bed)).reason).toContain('worse than the old champion by more than 0.05')
      const answer = await bed.post({ model: 'chat', messages: MESSAGES })
      expect(answer.headers.get('x-paddock-model')).toBe('large')
    },
  )
})

const MESSAGES = [{ role: 'user', content: 'x' }]
const SURFACES = [
  { path: '/v1/chat/completions', body: { messages: MESSAGES } },
  { path: '/v1/responses', body: { input: 'x' } },
  { path: '/v1/messages', body: { messages: MESSAGES, max_tokens: 100 } },
].flatMap((surface) => [false, true].map((stream) => ({ ...surface, stream })))

describe('a race in the shadow', () => {
  it(
    '[H37] asks the challenger the same on every surface, books it to nobody, and promotes it unseen',
    SLOW,
    async () => {
      await using bed = await openTestbed(yaml)
      const args = [
        '--challenger',
        'other/small',
        '--mode',
        'shadow',
        '--budget',
        '20CNY',
        '--concurrency',
        '100',
        '--auto',
      ]
      const started = await bed.workspace.run(['race', 'start', 'chat', ...args, ...QUICK, '--json'])
      expect([started.code, started.err]).toEqual([0, ''])
      const { id } = JSON.parse(started.out) as RaceStatus
      await vi.waitFor(async () => {
        const answer = await bed.post({ model: 'chat', messages: MESSAGES })
        await answer.text()
        expect((await bed.entry(answer)).trial?.race).toBe(id)
      }, 10_000)
      const told: string[] = []
      for (const { path, body, stream } of [...SURFACES, ...SURFACES]) {
        const answer = await bed.post({ model: 'chat', stream, ...body }, { path })
        told.push(await answer.text())
        expect((await bed.entry(answer)).model).toBe('large')
      }
      expect(told.every((text) => text.includes('w4'))).toBe(true)
      const repeated = await vi.waitFor(async () => {
        const entries = (await bed.workspace.entries('--limit', '1000')).filter(({ trial }) => trial?.mirror_of)
        expect(entries).toHaveLength(2 * SURFACES.length + 1)
        return entries
      }, 10_000)
      // The one beside them showed that the race had begun.
      const extra = { path: '/v1/chat/completions', stream: false }
      for (const { path, stream } of SURFACES)
        expect(repeated.filter((entry) => entry.endpoint === path && entry.stream === stream)).toHaveLength(
          path === extra.path && stream === extra.stream ? 3 : 2,
        )
      for (const entry of repeated)
        expect(entry).toMatchObject({
          state: 'ok',
          provider: 'other',
          team_id: 'races',
          key_id: `race:${id}`,
          charge: { amount: '0.000000000000', currency: 'CNY' },
          trial: { arm: 'other/small' },
        })
      expect(Number(repeated[0]?.cost.amount)).toBeGreaterThan(0)
      await vi.waitFor(async () => {
        await traffic(bed, 100, () => 'up')
        expect((await statusOf(bed)).state).toBe('watching')
      }, 100_000)
      const { mirrored, race_cost } = await statusOf(bed)
      expect(mirrored).toMatchObject({ busy: 0, budget: 0, tools: 0 })
      expect(mirrored.repeated).toBeGreaterThan(200)
      expect(race_cost).toBeGreaterThan(0)
      const month = repeated[0]?.at.slice(0, 7) ?? ''
      const invoices = await bed.workspace.run(['invoices', '--month', month, '--by', 'key', '--json'])
      expect(invoices.out).toContain('"CNY"')
      expect(invoices.out).not.toContain('race')
      await bed.workspace.run(['leagues', 'rebuild'])
      const league = await bed.workspace.run(['leagues', 'table', '--by', 'provider', '--json'])
      expect(league.out).toContain('"lab"')
      // Once it leads, its answers are its own; what was asked in the shadow is in no league.
      const led = (await bed.workspace.entries('--limit', '1000')).filter(
        ({ provider, trial }) => provider === 'other' && !trial?.mirror_of,
      )
      const other = /"value":"other","calls":(\d+)/.exec(league.out)?.[1] ?? '0'
      expect(Number(other)).toBe(led.length)
    },
  )
})

describe('the limits of a shadow', () => {
  it('[H37] leaves out requests with tools, books its judge, and ends when its budget is used up', SLOW, async () => {
    await using bed = await openTestbed((url) =>
      yaml(url).map((line) =>
        line.startsWith('routes:')
          ? `  - { model: lab/judge, currency: CNY, per: 1000000, input: "10", output: "20", valid_from: 2024-01-01 }\n${line}`
          : line,
      ),
    )
    const args = [
      '--challenger',
      'lab/small',
      '--mode',
      'shadow',
      '--grader',
      'judge:lab/judge',
      '--budget',
      '0.0001CNY',
    ]
    const started = await bed.workspace.run(['race', 'start', 'chat', ...args, ...QUICK, '--json'])
    expect([started.code, started.err]).toEqual([0, expect.stringContaining('prefer their own kind')])
    const tools = [{ type: 'function', function: { name: 'look', parameters: { type: 'object', properties: {} } } }]
    await vi.waitFor(async () => {
      const answer = await bed.post({ model: 'chat', messages: MESSAGES, tools })
      await answer.text()
      expect((await bed.entry(answer)).trial).toBeDefined()
    }, 10_000)
    await vi.waitFor(async () => {
      await (await bed.post({ model: 'chat', messages: MESSAGES })).text()
      expect(await statusOf(bed)).toMatchObject({ state: 'aborted', reason: 'its budget is used up' })
    }, 30_000)
    const { mirrored, race_cost } = await statusOf(bed)
    expect(mirrored.tools).toBeGreaterThan(0)
    expect(mirrored.repeated).toBeGreaterThan(0)
    expect(race_cost).toBeGreaterThan(0)
    const judge = (await bed.workspace.entries('--limit', '1000')).filter(({ trial }) => trial?.arm === 'judge')
    // Both orders, and each once more, because this judge says nothing that can be read.
    expect(judge.length).toBeGreaterThan(3)
    for (const entry of judge) expect(entry).toMatchObject({ model: 'judge', charge: { amount: '0.000000000000' } })
  })
})

describe('a race that people run', () => {
  it('[H28] [H29] [H36] is promoted and rolled back by hand, and leads no key where it may not go', SLOW, async () => {
    await using bed = await openTestbed(yaml)
    const run = async (...args: string[]): Promise<{ code: number; status: RaceStatus | null; err: string }> => {
      const { code, out, err } = await bed.workspace.run(['race', ...args, '--json'])
      return { code, err, status: out === '' ? null : (JSON.parse(out) as RaceStatus) }
    }
    const ask = async (key = bed.key): Promise<EntryRecord> => {
      const answer = await bed.post({ model: 'chat', messages: MESSAGES, max_tokens: 7 }, { key })
      await answer.text()
      return await bed.entry(answer)
    }
    const bare = await bed.workspace.makeKey('--models', 'lab/large')
    expect((await run('start', 'chat', '--challenger', 'lab/small', ...QUICK)).code).toBe(0)
    expect((await run('promote', 'chat')).err).toMatch(/proposes nobody/)
    expect((await run('promote', 'chat', '--challenger', 'lab/small')).status).toMatchObject({ state: 'watching' })
    await vi.waitFor(async () => {
      expect(await ask()).toMatchObject({ model: 'small', trial: { arm: 'lab/small' } })
    }, 10_000)
    const answer = await bed.post({ model: 'chat', messages: MESSAGES }, { key: bare.key })
    expect(answer.headers.get('x-paddock-model')).toBe('large')
    expect((await run('rollback', 'chat')).status).toMatchObject({ state: 'rolled_back' })
    await vi.waitFor(async () => {
      const entry = await ask()
      expect([entry.model, entry.trial]).toEqual(['large', undefined])
    }, 10_000)
    expect((await run('stop', 'chat')).err).toMatch(/has ended: it is rolled_back/)
    const { out } = await bed.workspace.run(['race', 'verdicts', '--json'])
    const rulings = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { kind: string; actor: string })
    expect(rulings.map(({ kind, actor }) => [kind, actor])).toEqual(
      ['start', 'promote', 'rollback'].map((kind) => [kind, 'command line']),
    )
    const exported = await bed.workspace.run(['race', 'export', 'chat'])
    expect(
      new Set(
        exported.out
          .trim()
          .split('\n')
          .map((line) => (JSON.parse(line) as { kind: string }).kind),
      ),
    ).toEqual(new Set(['race', 'trial', 'verdict']))
  })

  it.each([
    [['none', '--challenger', 'lab/small'], /takes a route of paddock.yaml: chat/],
    [['chat', '--challenger', 'lab/large'], /none the champion \(lab\/large\)/],
    [['chat', '--challenger', 'lab/small', '--ramp', '5,80'], /--ramp takes percents/],
    [['chat', '--challenger', 'nobody/small'], /takes a model that a provider here offers/],
    [['chat', '--challenger', 'lab/judge'], /lab\/judge has no price now/],
    [['chat', '--challenger', 'lab/small', '--mode', 'shadow'], /needs a --budget for shadow/],
    [['chat', '--challenger', 'lab/small', '--mode', 'shadow', '--budget', '1USD'], /takes CNY/],
    [
      ['chat', '--challenger', 'lab/small', '--mode', 'shadow', '--budget', '1CNY', '--grader', 'judge:lab/small'],
      /none of the raced/,
    ],
  ])('[H27] is refused before it begins: %j', async (args, says) => {
    await using workspace = openWorkspace(yaml('http://127.0.0.1:1').join('\n'))
    const { code, err } = await workspace.run(['race', 'start', ...args])
    expect([code, err]).toEqual([2, expect.stringMatching(says)])
  })
})

describe('POST /v1/feedback', () => {
  const bed = sharedTestbed(yaml)
  const rate = (body: object, key = bed().key): Promise<Response> => bed().post(body, { path: '/v1/feedback', key })
  const codeOf = async (answer: Response): Promise<[number, string]> => {
    const { error } = (await answer.json()) as { error: { code: string } }
    return [answer.status, error.code]
  }

  it('[H35] takes a thumb or a score for an answer of the same key, and says what it took', async () => {
    const answer = await bed().post({ model: 'lab/large', messages: MESSAGES })
    await answer.text()
    const request_id = answer.headers.get('x-request-id') ?? ''
    for (const [said, score] of [
      [{ thumbs: 'up' }, 1],
      [{ thumbs: 'down' }, 0],
      [{ score: 0.25, comment: 'short' }, 0.25],
    ] as const) {
      const taken = await rate({ request_id, ...said })
      expect([taken.status, await taken.json()]).toEqual([
        200,
        expect.objectContaining({ object: 'feedback', request_id, score }),
      ])
    }
    const other = await bed().workspace.makeKey()
    expect(await codeOf(await rate({ request_id, thumbs: 'up' }, other.key))).toEqual([404, 'generation_unknown'])
    const admin = bed().server.started.firstKeys?.admin ?? ''
    expect((await rate({ request_id, thumbs: 'up' }, admin)).status).toBe(200)
  })

  it.each([
    [{ thumbs: 'up' }, 400, 'field_missing'],
    [{ request_id: 'x' }, 400, 'field_missing'],
    [{ request_id: 'x', thumbs: 'up', score: 1 }, 400, 'value_unknown'],
    [{ request_id: 'x', thumbs: 'sideways' }, 400, 'value_unknown'],
    [{ request_id: 'x', score: 1.5 }, 400, 'out_of_range'],
    [{ request_id: 'x', score: '1' }, 400, 'type'],
    [{ request_id: 'x', score: 1, comment: 'x'.repeat(2_001) }, 400, 'too_long'],
    [{ request_id: 'x', score: 1 }, 404, 'generation_unknown'],
    [[], 400, 'type'],
  ])('[H35] refuses %j', async (body, status, code) => {
    expect(await codeOf(await rate(body))).toEqual([status, code])
  })
})
