import { describe, expect, it, vi } from 'vitest'
import type { EntryRecord } from '@paddock/contract/entry'
import type { RaceStatus } from '../../server/src/races/live/status.ts'
import { openTestbed, type Testbed } from '../testbed.ts'

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
      for (const { path, stream } of SURFACES)
        expect(repeated.filter((entry) => entry.endpoint === path && entry.stream === stream).length).toBeGreaterThan(1)
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
      const invoices = await bed.workspace.run(['invoices', 'make', '--json'])
      expect(invoices.out).not.toContain('"races"')
    },
  )
})
