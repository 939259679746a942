import type { BudgetRecord } from '@paddock/contract/budgets'
import { expect, it } from 'vitest'
import { openTestbed } from '../testbed.ts'

/** A budget in one currency, and models that are priced in another. */

it('[B33] counts another currency by the operator’s rate, in what is held as in what is spent', async () => {
  await using testbed = await openTestbed((url) => [
    'providers:',
    `  far: { base_url: "${url}", api_key: any, currency: USD }`,
    'prices:',
    '  - { model: far/small, currency: USD, per: 1, input: "0.001", output: "0.01", valid_from: 2024-01-01 }',
    'fx:',
    '  - { from: USD, to: CNY, rate: "7", valid_from: 2024-01-01 }',
    'budgets:',
    '  - { scope: key, amount: 14 CNY, window: month }',
  ])
  const { server, key, workspace, post } = testbed
  const response = await post({
    model: 'far/small',
    messages: [{ role: 'user', content: 'a question' }],
    max_tokens: 5_000,
  })
  await response.text()
  const told = Number(response.headers.get('x-paddock-max-tokens'))
  // Two dollars are left, less the prompt, at a cent for each token.
  expect(told).toBeGreaterThan(190)
  expect(told).toBeLessThan(200)
  const usage = await fetch(`${server.url}/v1/usage`, { headers: { authorization: `Bearer ${key}` } })
  const { data } = (await usage.json()) as { data: { budgets: BudgetRecord[] } }
  expect(data.budgets).toMatchObject([{ currency: 'CNY', spent: '0.434000000000', held: '0.000000000000' }])
  const { out } = await workspace.run(['budgets', '--json'])
  expect(out).toContain('"spent":"0.434000000000"')
})
