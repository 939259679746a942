import type { EntryRecord } from '@paddock/contract/entry'
import { describe, expect, it, vi } from 'vitest'
import { sharedTestbed } from '../testbed.ts'

/** Attempts that broke off while their provider was at work: what they cost is owed, told and added up, and not charged. */

const testbed = sharedTestbed((url) =>
  [
    'providers:',
    `  first: { base_url: "${url}", currency: USD, abort_bills: produced }`,
    `  whole: { base_url: "${url}", currency: USD, abort_bills: full }`,
    `  second: { base_url: "${url}", currency: CNY }`,
    'prices:',
    ...['first', 'whole'].map(
      (id) =>
        `  - { model: ${id}/small, match: prefix, currency: USD, per: 1000, input: "3", output: "5", valid_from: 2024-01-01 }`,
    ),
    '  - { model: second/small, currency: CNY, per: 1000000, input: "1", output: "2", valid_from: 2024-01-01 }',
    'charges: [{ add_percent: "10" }]',
    'routes:',
    ...['close_stream', 'truncated_json', '503', 'error_in_stream', 'reset_headers'].flatMap((fault) =>
      ['first', 'whole'].map(
        (id) =>
          `  - { name: ${id}-${fault}, candidates: [{ model: "${id}/small+${fault}" }, { model: second/small }] }`,
      ),
    ),
  ].map((line) => line),
)

async function ask(route: string): Promise<EntryRecord> {
  const { post, entry } = testbed()
  const answer = await post({ model: route, max_tokens: 100, messages: [{ role: 'user', content: 'a question' }] })
  expect(answer.status).toBe(200)
  // What was lost is ours to pay for: the caller is told of the answer's cost.
  expect([answer.headers.get('x-paddock-cost'), answer.headers.get('x-paddock-attempts')]).toEqual([
    '0.000022000000',
    '2',
  ])
  return await entry(answer)
}

describe('[G56] an attempt that breaks off while its provider is at work', () => {
  it.each(['close_stream', 'truncated_json'])('is owed its prompt: %s', async (fault) => {
    const entry = await ask(`first-${fault}`)
    const [lost, answered] = entry.attempts
    expect(lost).toMatchObject({ provider: 'first', outcome: 'error', usage: { output: 0 } })
    expect(lost?.usage?.input).toBeGreaterThan(0)
    expect(answered).not.toHaveProperty('cost')
    expect(entry.retry_loss).toEqual([{ amount: (Number(lost?.usage?.input) * 0.003).toFixed(12), currency: 'USD' }])
    expect(entry).toMatchObject({
      cost: { amount: '0.000022000000', currency: 'CNY' },
      charge: { amount: '0.000024200000', currency: 'CNY' },
    })
  })

  it('is owed all that the request may use where the provider bills that', async () => {
    const entry = await ask('whole-close_stream')
    expect(entry.attempts[0]).toMatchObject({ provider: 'whole', usage: { output: 100 } })
    expect(Number(entry.retry_loss?.[0]?.amount)).toBeGreaterThanOrEqual(0.5)
  })

  it.each(['503', 'error_in_stream', 'reset_headers'])(
    'is owed nothing where the provider says so, or had not begun: %s',
    async (fault) => {
      expect(await ask(`whole-${fault}`)).not.toHaveProperty('retry_loss')
    },
  )

  it('[B65] counts in the books: entries, rollups and verify agree', async () => {
    const { workspace } = testbed()
    const entries = await vi.waitFor(
      async () => {
        const found = await workspace.entries()
        expect(found).toHaveLength(6)
        return found
      },
      { timeout: 20_000, interval: 50 },
    )
    const owed = entries.flatMap(({ retry_loss = [] }) =>
      retry_loss.map(({ amount }) => BigInt((amount ?? '').replace('.', ''))),
    )
    const { code, out } = await workspace.run(['books', 'verify', '--json'])
    const { totals } = JSON.parse(out) as { totals: Record<string, string> }
    expect(code).toBe(0)
    expect(BigInt((totals['USD'] ?? '').replace('.', ''))).toBe(owed.reduce((sum, each) => sum + each, 0n))
    expect(totals['CNY']).toBe('0.000132000000')
  })
})
