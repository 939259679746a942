import type { BudgetRecord } from '@paddock/contract/budgets'
import { setTimeout as after } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { seeded } from '../seed.ts'
import { openTestbed, type Testbed } from '../testbed.ts'

/** Budgets under more requests at once than there is money for, and under more of all kinds than anybody looks at. */

const YAML = (url: string, amount: number): string[] => [
  'providers:',
  `  lab: { base_url: "${url}", api_key: any, models: [small], currency: CNY }`,
  `  bad: { base_url: "${url}", api_key: any, models: [small], currency: CNY }`,
  'prices:',
  '  - { model: lab/small, currency: CNY, per: 1, input: "0", output: "0.1", valid_from: 2024-01-01 }',
  '  - { model: bad/small, currency: CNY, per: 1, input: "0", output: "0.1", valid_from: 2024-01-01 }',
  'budgets:',
  `  - { scope: team, name: search, amount: ${amount} CNY, window: month, alerts: [] }`,
]

/** Ten tokens at a tenth each: a request costs one. */
const body = (more: object = {}): object => ({
  model: 'lab/small',
  messages: [{ role: 'user', content: 'a question' }],
  max_tokens: 10,
  'x-fake': { chunks: 10 },
  ...more,
})

async function teamOf({ server }: Testbed, key: string): Promise<BudgetRecord> {
  const response = await fetch(`${server.url}/v1/usage`, { headers: { authorization: `Bearer ${key}` } })
  const { data } = (await response.json()) as { data: { budgets: BudgetRecord[] } }
  return data.budgets.find(({ scope }) => scope === 'team') as BudgetRecord
}

async function ofTeam({ workspace }: Testbed, count: number): Promise<string[]> {
  const keys: string[] = []
  for (let each = 0; each < count; each += 1) keys.push((await workspace.makeKey('--team', 'search')).key)
  return keys
}

describe('a budget worth ten requests', () => {
  it(
    '[B28] pays for ten of eight hundred that four clients send at once, and is never beyond its amount meanwhile',
    { timeout: 120_000 },
    async () => {
      await using testbed = await openTestbed((url) => YAML(url, 10))
      const keys = await ofTeam(testbed, 4)
      const samples: BudgetRecord[] = []
      const slow = { 'x-fake': { chunks: 10, chunkDelayMs: 50 } }
      const statuses = await Promise.all(
        keys.flatMap((key) =>
          Array.from({ length: 200 }, async (_, each) => {
            const response = await testbed.post(body({ stream: each % 2 === 0, ...slow }), { key })
            await response.text()
            // Who is refused looks at once how it stands.
            if (response.status !== 200 && each % 3 === 0) samples.push(await teamOf(testbed, key))
            return response.status
          }),
        ),
      )

      expect(statuses.filter((status) => status === 200)).toHaveLength(10)
      expect([...new Set(statuses)].filter((status) => ![200, 402, 429].includes(status))).toEqual([])
      const asked = testbed.provider.requests().length
      expect(asked).toBe(10)
      expect(samples.length).toBeGreaterThan(200)
      expect(samples.filter(({ spent, held }) => Number(spent) + Number(held) > 10)).toEqual([])
      const entries = await testbed.workspace.entries('--state', 'ok')
      expect(entries.reduce((sum, { charge }) => sum + Number(charge.amount), 0)).toBe(10)
      expect(await teamOf(testbed, keys[0] ?? '')).toMatchObject({ spent: '10.000000000000', held: '0.000000000000' })
    },
  )

  it(
    '[B28] flags what a provider counts beyond the tokens it was asked for, and counts it',
    { timeout: 60_000 },
    async () => {
      await using testbed = await openTestbed((url) => YAML(url, 10))
      const [key = ''] = await ofTeam(testbed, 1)
      const answer = await testbed.post(body({ 'x-fake': { chunks: 10, completionTokens: 40 } }), { key })
      expect(answer.status).toBe(200)
      await answer.text()
      const [entry] = await testbed.workspace.entries('--state', 'ok')
      expect(entry?.charge.amount).toBe('4.000000000000')
      expect(await teamOf(testbed, key)).toMatchObject({ spent: '4.000000000000', held: '0.000000000000' })
      expect(testbed.server.log()).toContain('books.budget_over_hold')
    },
  )
})

const REQUESTS = 10_000
const AT_ONCE = 64
const FAILING = [
  { status: 500 },
  { status: 429 },
  { status: 400 },
  { fault: 'reset_headers' },
  { fault: 'reset_stream', faultAt: 4 },
  { fault: 'error_in_stream', faultAt: 4 },
  { fault: 'no_done' },
]

describe(`${REQUESTS} requests`, () => {
  it(
    '[B29] of every ending leave nothing held, and none is refused while there is money',
    { timeout: 300_000 },
    async () => {
      const random = seeded()
      const message = `seed ${random.seed}`
      // Twice what all of them may cost: whoever is refused is refused wrongly.
      await using testbed = await openTestbed((url) => YAML(url, 2 * REQUESTS))
      const keys = await ofTeam(testbed, 2)
      const seen = new Map<string, number>()
      const count = (what: string): void => void seen.set(what, (seen.get(what) ?? 0) + 1)
      let left = REQUESTS
      const client = async (): Promise<void> => {
        while (left > 0) {
          left -= 1
          const leaves = new AbortController()
          const ending = random.below(20)
          // Failures are another provider's: it is passed over after some, and the rest goes on.
          const failing = FAILING[ending]
          const leaving = ending === FAILING.length
          if (leaving) void after(random.below(12)).then(() => leaves.abort())
          const fake = { chunks: 10, chunkDelayMs: leaving ? 1 : 0, ...failing }
          const model = failing === undefined ? 'lab/small' : 'bad/small'
          const isWrong = ending === FAILING.length + 1
          const sent = { model, stream: random.below(2) === 0, 'x-fake': fake, ...(isWrong ? { max_tokens: -1 } : {}) }
          try {
            const response = await fetch(`${testbed.server.url}/v1/chat/completions`, {
              method: 'POST',
              headers: { authorization: `Bearer ${random.pick(keys)}`, 'content-type': 'application/json' },
              body: JSON.stringify(body(sent)),
              signal: leaves.signal,
            })
            const text = await response.text()
            count(/budget_\w+/.exec(text)?.[0] ?? String(response.status))
          } catch {
            count('broken off')
          }
        }
      }
      await Promise.all(Array.from({ length: AT_ONCE }, client))
      await testbed.provider.idle()
      let team = await teamOf(testbed, keys[0] ?? '')
      for (let tries = 0; Number(team.held) > 0 && tries < 200; tries += 1) {
        await after(20)
        team = await teamOf(testbed, keys[0] ?? '')
      }
      expect(team.held, message).toBe('0.000000000000')
      expect(
        [...seen.keys()].filter((each) => each.startsWith('budget_') || each === '402'),
        message,
      ).toEqual([])
      expect(seen.get('200') ?? 0, message).toBeGreaterThan(REQUESTS / 4)
      expect(seen.get('broken off') ?? 0, message).toBeGreaterThan(10)
    },
  )
})
