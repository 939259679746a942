import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openTestbed } from '../testbed.ts'

describe('paddock books reconcile', () => {
  it("compares a provider's bill with what was asked of it", async () => {
    await using testbed = await openTestbed((url) => [
      'providers:',
      `  lab: { base_url: "${url}", api_key: any, models: [small, large], currency: CNY, zone: UTC }`,
      'prices:',
      '  - { model: lab/small, currency: CNY, per: 1, input: "1", output: "2", valid_from: 2024-01-01 }',
      '  - { model: lab/large, currency: CNY, per: 1, input: "3", output: "4", valid_from: 2024-01-01 }',
    ])
    const { post, entry, workspace, server } = testbed
    const costs: string[] = []
    for (const model of ['lab/small', 'lab/large']) {
      const answer = await post({ model, messages: [{ role: 'user', content: 'hello' }] })
      await answer.text()
      costs.push((await entry(answer)).cost.amount ?? '')
    }
    server.kill('SIGTERM')
    await server.exited
    const [{ at } = { at: '' }] = await workspace.entries()
    const day = at.slice(0, 10)
    const bill = join(workspace.folder, 'bill.csv')
    const columns = ['--columns', 'day=Day,model=Model,amount=Cost', '--currency', 'CNY']
    const reconcile = async (...lines: string[]): Promise<{ code: number; out: string; err: string }> => {
      writeFileSync(bill, ['Day,Model,Cost', ...lines].join('\n'))
      return await workspace.run(['books', 'reconcile', bill, '--provider', 'lab', ...columns, '--json'])
    }

    const same = await reconcile(`${day},small,${costs[0]}`, `${day},large,${costs[1]}`)
    expect(same.code).toBe(0)
    expect(JSON.parse(same.out)).toMatchObject({
      provider: 'lab',
      from: day,
      zone: 'UTC',
      lines: [{ kind: 'none' }, { kind: 'none' }],
      totals: [{ currency: 'CNY', difference: '0.000000000000', capture_percent: '100.00' }],
    })
    const more = await reconcile(`${day},small,${costs[0]}`, `${day},large,${costs[1]}`, `${day},huge,7.5`)
    expect(more.code).toBe(0)
    expect(JSON.parse(more.out)).toMatchObject({
      totals: [{ difference: '7.500000000000', by_kind: { outside: '7.500000000000' } }],
    })
    const missing = await reconcile(`${day},small,${costs[0]}`)
    expect(missing.code).toBe(1)
    expect(JSON.parse(missing.out)).toMatchObject({ lines: [{ model: 'large', kind: 'missing' }, { kind: 'none' }] })
    const told = await workspace.run(['books', 'reconcile', bill, '--provider', 'lab', ...columns])
    expect(told.out).toMatch(/large +0\.000000000000 .* missing/)

    const unknown = await workspace.run(['books', 'reconcile', bill, '--provider', 'lab'])
    expect(unknown).toMatchObject({ code: 2 })
    expect(unknown.err).toContain('No shape of a bill is known of lab. Name its columns')
  })
})
