import { setTimeout as after } from 'node:timers/promises'
import type { BudgetRecord } from '@paddock/contract/budgets'
import { expect, it } from 'vitest'
import { startFakeProvider } from '../fake-provider/start.ts'
import { openWorkspace, type RunningPaddock } from '../paddock.ts'
import { seeded, type Seeded } from '../seed.ts'

/** Killed at any instant, a budget is neither forgotten nor pinned: what was in flight is spent, and nothing stays held. */

const KILLS = 8
const CLIENTS = 12

it(
  `[B29] [B30] what is spent is what the books say after each of ${KILLS} kills with -9`,
  { timeout: 200_000 },
  async () => {
    const random = seeded()
    const message = `seed ${random.seed}`
    await using provider = await startFakeProvider()
    await using workspace = openWorkspace(
      [
        'providers:',
        `  lab: { base_url: "${provider.url}", api_key: any, models: [small], currency: CNY }`,
        'prices:',
        '  - { model: lab/small, currency: CNY, per: 1, input: "0.001", output: "0.01", valid_from: 2024-01-01 }',
        'budgets:',
        '  - { scope: team, amount: 1000000 CNY, window: month, alerts: [] }',
        '  - { scope: end_user, amount: 1000000 CNY, window: 30d, alerts: [] }',
      ].join('\n'),
    )
    const { key } = await workspace.makeKey('--budget', '200CNY/month')
    for (let kill = 0; kill < KILLS; kill += 1) {
      const server = await workspace.serve()
      const first = { model: 'lab/small', messages: [{ role: 'user', content: 'a question' }], max_tokens: 5 }
      expect((await server.post(first, { key })).status, message).toBe(200)
      const load = Array.from({ length: CLIENTS }, () => callUntilKilled({ server, key, random }))
      await after(random.between(100, 500))
      server.kill('SIGKILL')
      await Promise.all([server.exited, ...load])

      const back = await workspace.serve()
      const budgets = await usageOf(back, key)
      back.kill('SIGTERM')
      expect(await back.exited, message).toBe(0)
      const entries = await workspace.entries()
      const spent = entries.reduce((sum, { charge }) => sum + BigInt((charge.amount ?? '0').replace('.', '')), 0n)
      expect(budgets.map(({ scope }) => scope)).toEqual(['team', 'key'])
      for (const budget of budgets) {
        expect(BigInt(budget.spent.replace('.', '')), message).toBe(spent)
        expect(budget.held, message).toBe('0.000000000000')
      }
      expect(Number(budgets[1]?.spent), message).toBeLessThanOrEqual(200)
    }
    const states = new Set((await workspace.entries()).map(({ state }) => state))
    expect([...states], message).toEqual(expect.arrayContaining(['ok', 'orphan']))
  },
)

async function usageOf({ url }: RunningPaddock, key: string): Promise<BudgetRecord[]> {
  const response = await fetch(`${url}/v1/usage`, { headers: { authorization: `Bearer ${key}` } })
  return ((await response.json()) as { data: { budgets: BudgetRecord[] } }).data.budgets
}

async function callUntilKilled({
  server,
  key,
  random,
}: {
  server: RunningPaddock
  key: string
  random: Seeded
}): Promise<void> {
  for (;;) {
    const chunks = random.between(1, 40)
    const body = {
      model: 'lab/small',
      messages: [{ role: 'user', content: 'a question' }],
      max_tokens: chunks,
      stream: random.below(2) === 0,
      user: `user-${random.below(3)}`,
      'x-fake': { chunks, chunkDelayMs: random.below(8) },
    }
    try {
      await (await server.post(body, { key })).text()
      await after(1)
    } catch {
      return
    }
  }
}
