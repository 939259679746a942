import { setTimeout as after } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { sharedTestbed } from '../testbed.ts'

/** What is stored with a key: limits and a budget of its own, given when it is made or changed while servers run. */

const testbed = sharedTestbed((url) => [
  'providers:',
  `  lab: { base_url: "${url}", api_key: any }`,
  'limits:',
  '  keys:',
  '    default: { rpm: 1000, output_tokens_max: 500 }',
])

type Usage = { readonly limits: Record<string, number | null>; readonly budgets: readonly object[] }

async function usageOf(key: string): Promise<Usage> {
  const response = await fetch(`${testbed().server.url}/v1/usage`, { headers: { authorization: `Bearer ${key}` } })
  return ((await response.json()) as { data: Usage }).data
}

const ask = (key: string, body: object = {}): Promise<Response> =>
  testbed().post({ model: 'lab/small', messages: [{ role: 'user', content: 'x' }], ...body }, { key })

describe('a key', () => {
  it('[L15] has limits of its own, and those of everybody where it has none', async () => {
    const { workspace } = testbed()
    const { id, key } = await workspace.makeKey(
      '--rpm',
      '2',
      '--tpm',
      '100000',
      '--concurrency',
      '3',
      '--max-images',
      '0',
    )
    expect((await usageOf(key)).limits).toMatchObject({
      rpm: 2,
      tpm: 100_000,
      concurrent: 3,
      images_max: 0,
      output_tokens_max: 500,
    })
    const statuses = []
    for (let count = 0; count < 3; count += 1) statuses.push((await ask(key)).status)
    expect(statuses).toEqual([200, 200, 429])
    const { out } = await workspace.run(['keys', 'list', '--json'])
    const rows = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: string; limits: object; budget: object | null })
    expect(rows.find((row) => row.id === id)).toMatchObject({
      limits: { rpm: 2, tpm: 100_000, concurrent: 3, images_max: 0 },
      budget: null,
    })
  })

  it('[L15] is changed while the server runs: one limit raised, one lifted, one left to the configuration again', async () => {
    const { workspace } = testbed()
    const { id, key } = await workspace.makeKey(
      '--rpm',
      '1',
      '--max-tokens',
      '10',
      '--tpm',
      '900',
      '--budget',
      '5CNY/5h',
    )
    expect((await ask(key, { max_tokens: 11 })).status).toBe(400)
    const changed = await workspace.run([
      'keys',
      'set',
      id,
      '--rpm',
      'default',
      '--max-tokens',
      '20',
      '--tpm',
      'none',
      '--json',
    ])
    expect(JSON.parse(changed.out)).toMatchObject({
      limits: { output_tokens_max: 20, tpm: 'none' },
      budget: { amount: '5 CNY', window: '5h' },
    })
    while ((await usageOf(key)).limits['rpm'] !== 1_000) await after(50)
    expect(await usageOf(key)).toMatchObject({
      limits: { rpm: 1_000, tpm: null, output_tokens_max: 20 },
      budgets: [{ amount: '5.000000000000', currency: 'CNY', window: '5h', until: null }],
    })
    expect((await workspace.run(['keys', 'set', id, '--budget', 'none'])).out).toMatch(/^Changed test /)
    while ((await usageOf(key)).budgets.length > 0) await after(50)
    expect((await ask(key, { max_tokens: 20 })).status).toBe(200)
  })

  it.each([
    [['--budget', '10'], /--budget takes an amount, its currency and a window/],
    [['--budget', '10CNY/year'], /--budget takes an amount, its currency and a window/],
    [['--budget', '10CNY/month@Moon'], /--budget takes a time zone by its IANA name/],
    [['--rpm', '0'], /--rpm takes a whole number from one upwards/],
    [['--weight', '101'], /--weight takes a whole number from 1 to 100/],
  ])('is not made with %j', async (args, complaint) => {
    const { code, err } = await testbed().workspace.run(['keys', 'create', '--name', 'k', ...args])
    expect([code, err]).toEqual([2, expect.stringMatching(complaint)])
  })
})
