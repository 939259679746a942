import type { BudgetRecord } from '@paddock/contract/budgets'
import { expect, it } from 'vitest'
import { sharedTaskBed } from './task-lab.ts'

/** Budgets of what is no conversation. */

const { testbed } = sharedTaskBed()

it('[B28] keep embeddings within what there is, too', async () => {
  const { server, workspace } = testbed()
  const { key } = await workspace.makeKey('--budget', '0.000001USD/day')
  const statuses: number[] = []
  for (let count = 0; count < 8; count += 1) {
    const response = await server.post(
      { model: 'lab/embed', input: 'a text of more than a few words, as is usual' },
      { key, path: '/v1/embeddings' },
    )
    statuses.push(response.status)
    await response.text()
  }
  expect(statuses[0]).toBe(200)
  expect(statuses.at(-1)).toBe(402)
  const usage = await fetch(`${server.url}/v1/usage`, { headers: { authorization: `Bearer ${key}` } })
  const [budget] = ((await usage.json()) as { data: { budgets: BudgetRecord[] } }).data.budgets
  const answered = statuses.filter((status) => status === 200).length
  expect(budget).toMatchObject({ scope: 'key', held: '0.000000000000' })
  expect(Number(budget?.spent)).toBeCloseTo(answered * 0.00000024, 12)
  expect(Number(budget?.spent)).toBeLessThanOrEqual(0.000001)
})
