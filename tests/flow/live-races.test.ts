import { describe, expect, it, vi } from 'vitest'
import type { EntryRecord } from '@paddock/contract/entry'
import type { RaceStatus } from '../../server/src/races/live/status.ts'
import { openTestbed, type Testbed } from '../testbed.ts'

/** Races on the traffic of a running server, as an operator and its callers see them. */

const yaml = (url: string): string[] => [
  'providers:',
  `  lab: { dialect: openai-chat, base_url: "${url}", api_key: k, models: [large, small] }`,
  'prices:',
  '  - { model: lab/large, currency: CNY, per: 1000000, input: "10", output: "20", valid_from: 2024-01-01 }',
  '  - { model: lab/small, currency: CNY, per: 1000000, input: "1", output: "2", valid_from: 2024-01-01 }',
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
