import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import Big from 'big.js'
import { describe, expect, it } from 'vitest'
import { openWorkspace } from '../paddock.ts'
import { openTestbed } from '../testbed.ts'

const WITH_A_QUARTER_MORE = (url: string): string[] => [
  'charges:',
  '  - { organisation: default, add_percent: "25" }',
  'providers:',
  `  lab: { base_url: "${url}", api_key: any, models: [small], currency: CNY }`,
  'prices:',
  '  - { model: lab/small, currency: CNY, per: 1, input: "0.1", output: "0.3", valid_from: 2024-01-01 }',
]

describe('paddock invoices', () => {
  it('[B17] charges what a crash left open by the rule of the organisation, too', async () => {
    await using testbed = await openTestbed(WITH_A_QUARTER_MORE)
    const body = { model: 'lab/small', stream: true, messages: [{ role: 'user', content: 'hello' }] }
    const answer = await testbed.post({ ...body, max_tokens: 40, 'x-fake': { fault: 'hang_stream', faultAt: 2 } })
    await answer.body?.getReader().read()
    testbed.server.kill('SIGKILL')
    await testbed.server.exited
    const [orphan] = await testbed.workspace.entries()
    expect(orphan?.state).toBe('orphan')
    expect(new Big(orphan?.cost.amount ?? 0).gt(0)).toBe(true)
    expect(new Big(orphan?.charge.amount ?? 0).eq(new Big(orphan?.cost.amount ?? 1).times('1.25'))).toBe(true)
  })

  it('charges by the rule of the organisation and writes what each team owes', async () => {
    await using testbed = await openTestbed(WITH_A_QUARTER_MORE)
    const { post, workspace, server } = testbed
    const search = await workspace.makeKey('--team', 'search')
    for (const key of [testbed.key, search.key]) {
      const answer = await post({ model: 'lab/small', messages: [{ role: 'user', content: 'hello' }] }, { key })
      expect(answer.status).toBe(200)
      await answer.text()
    }
    server.kill('SIGTERM')
    await server.exited
    const entries = await workspace.entries()
    expect(entries).toHaveLength(2)
    for (const { cost, charge } of entries)
      expect(new Big(charge.amount ?? 0).eq(new Big(cost.amount ?? 1).times('1.25'))).toBe(true)

    const month = entries[0]?.at.slice(0, 7) ?? ''
    const listed = await workspace.run(['invoices', '--month', month, '--json'])
    const invoices = listed.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Listed)
    expect(invoices.map(({ recipient }) => recipient.team).toSorted()).toEqual(['default', 'search'])
    const exact = invoices.reduce((sum, invoice) => sum.plus(invoice.exact), new Big(0))
    const charged = entries.reduce((sum, { charge }) => sum.plus(charge.amount ?? 0), new Big(0))
    expect(exact.toFixed(12)).toBe(charged.toFixed(12))

    const out = join(workspace.folder, 'bills')
    const written = await workspace.run([
      'invoices',
      '--month',
      month,
      '--team',
      'search',
      '--language',
      'zh',
      '--out',
      out,
    ])
    expect(written).toMatchObject({ code: 0 })
    const [file = '', ...more] = readdirSync(out)
    expect(more).toEqual([])
    expect(readFileSync(join(out, file), 'utf8')).toContain('账单')
  })

  it.each([
    [['--month', '2024-13'], /--month takes a month such as 2024-05; got "2024-13"/],
    [['--zone', 'Mars/Base'], /--zone takes an IANA zone/],
    [['--by', 'planet'], /--by takes one of team, key/],
    [['--team', 'nobody'], /There is no team nobody/],
  ])('%j says what is wrong with it', async (args, says) => {
    await using workspace = openWorkspace()
    const { code, err } = await workspace.run(['invoices', ...args])
    expect(code).toBe(2)
    expect(err).toMatch(says)
  })
})

type Listed = { readonly exact: string; readonly recipient: { readonly team: string } }
